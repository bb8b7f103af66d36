// Forms as browsers and curl send them, and everything that only looks like one.
import Foundation
import Testing

@testable import Dashboard

@Suite struct MultipartFormTests {
    private static func form(_ lines: [String], boundary: String = "xyz") -> Data {
        Data(lines.joined(separator: "\r\n").utf8)
    }

    private static func body(_ parts: [(header: String, content: String)], boundary: String = "xyz") -> Data {
        Data(
            (parts.map { "--\(boundary)\r\n\($0.header)\r\n\r\n\($0.content)\r\n" }.joined() + "--\(boundary)--\r\n")
                .utf8
        )
    }

    @Test func aBrowsersFormIsRead() throws {
        var data = Data(
            "--xyz\r\nContent-Disposition: form-data; name=\"audio\"; filename=\"泵 1.wav\"\r\nContent-Type: audio/wav\r\n\r\n"
                .utf8
        )
        // Content with line ends and almost-boundaries in it.
        let sound = Data([0, 13, 10, 45, 45, 120, 121, 13, 10, 45, 45, 120, 255, 13])
        data += sound
        data += Data("\r\n--xyz\r\nContent-Disposition: form-data; name=\"labels\"\r\n\r\n正常,其他\r\n--xyz--\r\n".utf8)
        let form = try MultipartForm(data, boundary: "xyz")
        try #require(form.parts.count == 2)
        #expect(form.parts[0].name == "audio")
        #expect(form.parts[0].filename == "泵 1.wav")
        #expect(form.parts[0].contentType == "audio/wav")
        #expect(form.parts[0].content == sound)
        #expect(form.parts[1].name == "labels")
        #expect(form.parts[1].filename == nil)
        #expect(String(decoding: form.parts[1].content, as: UTF8.self) == "正常,其他")
    }

    @Test(arguments: [
        ("form-data; name=\"a\"; filename=\"x.wav\"", "x.wav"),
        ("form-data; name=\"a\"; filename=\"say \\\"hi\\\".wav\"", "say \"hi\".wav"),
        ("form-data; name=\"a\"; filename=\"say %22hi%22.wav\"", "say \"hi\".wav"),
        ("form-data; name=\"a\"; filename=\"C:\\sounds\\x.wav\"", "C:\\sounds\\x.wav"),
        ("form-data; name=\"a\"; filename=\"semi;colon, comma.wav\"", "semi;colon, comma.wav"),
        ("form-data; name=a; filename=x.wav", "x.wav"),
        ("form-data; name=\"a\"; filename*=UTF-8''%E6%B3%B5%201.wav", "泵 1.wav"),
        ("form-data; name=\"a\"; filename=\"pump.wav\"; filename*=utf-8'en'%E6%B3%B5.wav", "泵.wav"),
        ("FORM-DATA ; NAME=\"a\" ; FILENAME=\"x.wav\";", "x.wav"),
        ("form-data; name=\"a\"; filename=\"\"", ""),
    ])
    func filenamesComeInManyForms(disposition: String, filename: String) throws {
        let body = Self.body([("Content-Disposition: \(disposition)", "x")])
        let form = try MultipartForm(body, boundary: "xyz")
        #expect(form.parts.first?.name == "a")
        #expect(form.parts.first?.filename == filename)
    }

    @Test func emptyPartsAndLooseEndsAreFine() throws {
        let disposition = "Content-Disposition: form-data; name=\"a\""
        let empty = try MultipartForm(Self.body([(disposition, "")]), boundary: "xyz")
        #expect(empty.parts.first?.content.isEmpty == true)
        let padded = Data("\r\n--xyz \t\r\n\(disposition)\r\n\r\nx\r\n--xyz--".utf8)
        #expect(try MultipartForm(padded, boundary: "xyz").parts.count == 1)
        // A slice does not begin at zero.
        let slice = (Data("junk".utf8) + Self.body([(disposition, "abc")])).dropFirst(4)
        #expect(try MultipartForm(slice, boundary: "xyz").parts.first?.content == Data("abc".utf8))
    }

    private static let good = "Content-Disposition: form-data; name=\"a\""

    private static let malformed: [(String, String)] = [
        ("", "does not begin"), ("--", "does not begin"), ("hello", "does not begin"), ("--xy\r\n", "does not begin"),
        ("--xyz", "does not end its line"), ("--xyz--", "no parts"), ("--xyz--\r\n", "no parts"),
        ("--xyzz\r\n\(good)\r\n\r\nx\r\n--xyz--", "does not end its line"),
        ("--xyz\r\n", "ends inside the header"), ("--xyz\r\n\(good)", "ends inside the header"),
        ("--xyz\r\n\(good)\r\n\r\n", "ends inside part 1"), ("--xyz\r\n\(good)\r\n\r\nabc", "ends inside part 1"),
        ("--xyz\r\n\(good)\r\n\r\nabc\r\n--xy", "ends inside part 1"),
        ("--xyz\r\n\(good)\r\n\r\nabc\n--xyz--", "ends inside part 1"),
        ("--xyz\r\n\(good)\r\n\r\nabc\r\n--xyz", "does not end its line"),
        ("--xyz\r\n\(good)\r\n\r\nabc\r\n--xyz\r\n", "header of part 2"),
        ("--xyz\r\n\(good)\r\n\r\nabc\r\n--xyz--more", "behind the form's closing boundary"),
        ("--xyz\n\(good)\r\n\r\nabc\r\n--xyz--", "does not end its line"),
        ("--xyz\r\n\(good)\nX: y\r\n\r\nabc\r\n--xyz--", "CR LF"),
        ("--xyz\r\nContent-Type: text/plain\r\n\r\nx\r\n--xyz--", "no Content-Disposition"),
        ("--xyz\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\nx\r\n--xyz--", "expected form-data"),
        ("--xyz\r\nContent-Disposition: form-data\r\n\r\nx\r\n--xyz--", "no name"),
        ("--xyz\r\nContent-Disposition: form-data; name=\"\"\r\n\r\nx\r\n--xyz--", "no name"),
        ("--xyz\r\nContent-Disposition: form-data; name\r\n\r\nx\r\n--xyz--", "NAME=VALUE"),
        ("--xyz\r\nContent-Disposition: form-data; name=\"a\r\n\r\nx\r\n--xyz--", "has no end"),
        ("--xyz\r\nContent-Disposition: form-data; name=\"a\"b\r\n\r\nx\r\n--xyz--", "no parameter"),
        ("--xyz\r\nContent-Disposition: form-data; name=\"a\"; name=\"b\"\r\n\r\nx\r\n--xyz--", "twice"),
        ("--xyz\r\nContent-Disposition: form-data; name=a; filename*=latin1''x\r\n\r\nx\r\n--xyz--", "UTF-8''"),
        ("--xyz\r\nContent-Disposition: form-data; name=a; filename*=UTF-8''%FF%FE\r\n\r\nx\r\n--xyz--", "UTF-8''"),
        ("--xyz\r\n\(good)\r\n\(good)\r\n\r\nx\r\n--xyz--", "twice"),
        ("--xyz\r\n\(good)\r\nno header\r\n\r\nx\r\n--xyz--", "header line that is none"),
        ("--xyz\r\n\(good)\r\n folded: x\r\n\r\nx\r\n--xyz--", "header line that is none"),
        ("--xyz\r\n\(good)\r\nX: a\u{0}b\r\n\r\nx\r\n--xyz--", "header line that is none"),
        ("--xyz\r\n\(good)\r\nContent-Transfer-Encoding: base64\r\n\r\nx\r\n--xyz--", "encoded as base64"),
        ("--xyz\r\n\(good)\r\nX: \(String(repeating: "y", count: 9_000))\r\n\r\nx\r\n--xyz--", "longer than"),
    ]

    @Test(arguments: malformed)
    func whatIsNoFormIsRefusedWithTheReason(body: String, reason: String) {
        let error = #expect(throws: MultipartError.self) { try MultipartForm(Data(body.utf8), boundary: "xyz") }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }

    @Test func headersThatAreNotUTF8AreRefused() {
        var body = Data("--xyz\r\nContent-Disposition: form-data; name=\"".utf8)
        body += Data([0xFF, 0xFE]) + Data("\"\r\n\r\nx\r\n--xyz--".utf8)
        #expect(throws: MultipartError.self) { try MultipartForm(body, boundary: "xyz") }
    }

    @Test func thousandsOfPartsAreRefused() {
        let parts = (0..<MultipartForm.maximumParts + 1).map { (header: "\(Self.good)\($0)\"", content: "") }
        let body = Self.body(parts.map { ("Content-Disposition: form-data; name=\"a\"", $0.content) })
        #expect(throws: MultipartError.self) { try MultipartForm(body, boundary: "xyz") }
    }

    /// Every form cut anywhere, and with any byte changed, is read or refused, and never anything else.
    @Test func damagedFormsDoNoHarm() {
        let body = Self.body([
            (
                "Content-Disposition: form-data; name=\"audio\"; filename=\"a\\\"b.wav\"\r\nContent-Type: audio/wav",
                "RIFF\r\n"
            ),
            ("Content-Disposition: form-data; name=\"labels\"", "a,b"),
        ])
        for length in 0..<body.count {
            #expect(throws: MultipartError.self) { try MultipartForm(body.prefix(length).dropLast(3), boundary: "xyz") }
        }
        for index in body.indices {
            for byte in [UInt8(0), 10, 13, 34, 45, 59, 92, 200] {
                var damaged = body
                damaged[index] = byte
                _ = try? MultipartForm(damaged, boundary: "xyz")
            }
        }
    }

    @Test(arguments: [
        ("multipart/form-data; boundary=xyz", "xyz"),
        ("Multipart/Form-Data; charset=utf-8; Boundary=\"a b:c\"", "a b:c"),
        (
            "multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW",
            "----WebKitFormBoundary7MA4YWxkTrZu0gW"
        ),
    ])
    func boundariesAreFound(contentType: String, boundary: String) throws {
        #expect(try MultipartForm.boundary(contentType: contentType) == boundary)
    }

    @Test func otherTypesHaveNone() throws {
        #expect(try MultipartForm.boundary(contentType: "application/json") == nil)
        #expect(try MultipartForm.boundary(contentType: "") == nil)
        for bad in [
            "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"x",
            "multipart/form-data; boundary=\(String(repeating: "x", count: 71))",
            "multipart/form-data; boundary=\"x \"",
            "multipart/form-data; boundary=泵", "multipart/form-data; boundary=a; boundary=b",
        ] {
            #expect(throws: MultipartError.self, "\(bad)") { try MultipartForm.boundary(contentType: bad) }
        }
    }
}
