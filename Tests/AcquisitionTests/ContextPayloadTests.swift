// Values out of context messages: bare ones, and places in JSON documents.
import Acquisition
import Foundation
import Testing

@Suite struct ContextPayloadTests {
    @Test(arguments: [
        ("1", "1"), ("running\n", "running"), ("\"running\"", "running"), ("12.50", "12.50"), ("运行", "运行"), ("", nil),
        ("   ", nil), (String(repeating: "x", count: 300), nil), ("{\"a\":1}", "{\"a\":1}"),
    ])
    func bareValues(payload: String, value: String?) {
        #expect(ContextPayload.value(Data(payload.utf8), at: nil) == value)
    }

    static let document =
        #"{"running":true,"off":false,"load":12.50,"count":3,"state":" RUN ","none":null,"list":[{"a":"x"},7],"a/b":1,"m~n":2,"":0}"#

    @Test(arguments: [
        ("/running", "true"), ("/off", "false"), ("/load", "12.5"), ("/count", "3"), ("/state", "RUN"), ("/none", nil),
        ("/list/0/a", "x"), ("/list/1", "7"), ("/list/01", nil), ("/list/2", nil), ("/list/-1", nil), ("/list", nil),
        ("/a~1b", "1"), ("/m~0n", "2"), ("/", "0"), ("", nil), ("/running/x", nil), ("/nothing", nil),
    ])
    func places(pointer: String, value: String?) throws {
        #expect(ContextPayload.value(Data(Self.document.utf8), at: try JSONPointer(pointer)) == value)
    }

    @Test(arguments: ["running", "~0", "/a~", "/a~2b"])
    func whatIsNoPointer(text: String) throws {
        let error = try #require(throws: JSONPointerError.self) { try JSONPointer(text) }
        #expect(error.description.contains(text))
    }

    @Test func whatIsNoTextAndNoJSONIsNoValue() throws {
        let pointer = try JSONPointer("/a")
        #expect(ContextPayload.value(Data([0xFF, 0xFE, 0x00]), at: nil) == nil)
        #expect(ContextPayload.value(Data("running".utf8), at: pointer) == nil)
        #expect(ContextPayload.value(Data(count: 70_000), at: nil) == nil)
        let deep = String(repeating: "[", count: 5_000) + String(repeating: "]", count: 5_000)
        #expect(ContextPayload.value(Data(deep.utf8), at: pointer) == nil)
    }
}
