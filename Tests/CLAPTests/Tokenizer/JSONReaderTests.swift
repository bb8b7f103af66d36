// The pull parser on good and hostile text.
import Testing

@testable import CLAP

@Suite struct JSONReaderTests {
    static let strings: [(String, String)] = [
        (#""""#, ""), (#""abc""#, "abc"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"), (#""\u0120a""#, "Ġa"),
        (#""\ud83d\ude00!""#, "😀!"), (#" "é轴" "#, "é轴"),
    ]

    @Test(arguments: strings)
    func readsStrings(json: String, text: String) throws {
        var reader = JSONReader(Array(json.utf8), path: "x")
        #expect(String(decoding: try reader.string(), as: UTF8.self) == text)
        try reader.end()
    }

    @Test(arguments: [
        #""abc"#, #""\x""#, #""\u12"#, #""\u12g4""#, #""\ud83d""#, #""\ud83d\u0041""#, #""\ude00""#, "\"a\nb\"", "abc",
        "",
        #""\"#, #""\u+123""#,
    ])
    func refusesStrings(json: String) {
        var reader = JSONReader(Array(json.utf8), path: "x.json")
        #expect(throws: TokenizerError.self) { try reader.string() }
    }

    @Test func walksObjectsAndArrays() throws {
        var reader = JSONReader(Array(#" { "a" : [1, -2 ,3], "b":{}, "c" : [ ] , "d": 7 } "#.utf8), path: "x")
        var seen: [String] = []
        var numbers: [Int] = []
        try reader.object { (reader, key) throws(TokenizerError) in
            seen.append(String(decoding: key, as: UTF8.self))
            if seen.last == "a" {
                try reader.array { (reader) throws(TokenizerError) in numbers.append(try reader.integer()) }
            } else {
                try reader.skipValue()
            }
        }
        try reader.end()
        #expect(seen == ["a", "b", "c", "d"])
        #expect(numbers == [1, -2, 3])
    }

    @Test(arguments: [#"{"a": [1, {"b": "]}"}], "c": null}"#, "null", "-1.5e3", #""x\"y""#, "[]", "true"])
    func takesAnyValueWhole(json: String) throws {
        var reader = JSONReader(Array(("  " + json + " ,").utf8), path: "x")
        #expect(String(decoding: try reader.rawValue(), as: UTF8.self) == json)
        #expect(reader.peek() == UInt8(ascii: ","))
    }

    @Test(arguments: ["", "[1", #"{"a": "#, "]", ",", #"["a"#, ":"])
    func refusesValuesWithoutAnEnd(json: String) {
        var reader = JSONReader(Array(json.utf8), path: "x")
        #expect(throws: TokenizerError.self) { try reader.skipValue() }
    }
}
