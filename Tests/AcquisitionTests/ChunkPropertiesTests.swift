// Sequence numbers and timestamps out of MQTT user properties.
import Acquisition
import Foundation
import Testing

@Suite("Chunk properties")
struct ChunkPropertiesTests {
    private func timestamp(_ text: String) throws -> Double? {
        try ChunkProperties(userProperties: [("ts", text)]).timestamp?.timeIntervalSince1970
    }

    @Test(
        "Timestamps in every accepted spelling",
        arguments: [
            ("0", 0), ("1741000000250", 1_741_000_000.25), ("1970-01-01T00:00:00Z", 0),
            ("2025-03-03T11:06:40.25Z", 1_741_000_000.25), ("2025-03-03t11:06:40.250z", 1_741_000_000.25),
            ("2025-03-03 19:06:40.25+08:00", 1_741_000_000.25), ("2025-03-03T05:36:40.25-05:30", 1_741_000_000.25),
            ("2025-03-03T11:06:40.250000000999Z", 1_741_000_000.25), ("2000-02-29T00:00:00Z", 951_782_400),
            ("2016-12-31T23:59:60Z", 1_483_228_800), ("1969-12-31T23:59:59Z", -1),
        ]
    )
    func timestamps(text: String, seconds: Double) throws {
        let read = try #require(try timestamp(text))
        #expect(abs(read - seconds) < 1e-6)
    }

    @Test("Agrees with Foundation over the centuries of the Gregorian calendar")
    func calendar() throws {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        var noise = Noise(state: 3)
        for _ in 0..<300 {
            let milliseconds = Int.random(in: -11_600_000_000_000...250_000_000_000_000, using: &noise)
            let date = Date(timeIntervalSince1970: Double(milliseconds) / 1_000)
            let text = date.formatted(style)
            let read = try #require(try timestamp(text))
            #expect(abs(read - date.timeIntervalSince1970) < 2e-3, "\(text)")
        }
    }

    @Test(
        "Malformed timestamps are named",
        arguments: [
            "", "now", "-5", "12.5", "2025-03-03", "2025-03-03T11:06:40", "2025-13-01T00:00:00Z",
            "2025-02-29T00:00:00Z", "2025-03-03T24:00:00Z", "2025-03-03T11:60:00Z", "2025-03-03T11:06:61Z",
            "2025-03-03T11:06:40.Z", "2025-03-03T11:06:40+0800", "2025-03-03T11:06:40Z ", "25-03-03T11:06:40Z",
            "99999999999999999999", "253402300800000", "２０２５-03-03T11:06:40Z",
        ]
    )
    func malformedTimestamps(text: String) {
        let error = #expect(throws: ChunkPropertyError.self) { try timestamp(text) }
        #expect(error?.name == "ts")
        #expect(error?.description.contains("RFC 3339") == true)
    }

    @Test("Sequence numbers", arguments: [("0", 0), ("007", 7), ("18446744073709551615", UInt64.max)])
    func sequenceNumbers(text: String, number: UInt64) throws {
        #expect(try ChunkProperties(userProperties: [("seq", text)]).sequenceNumber == number)
    }

    @Test(
        "Malformed sequence numbers are named",
        arguments: ["", "-1", "+1", "1.0", "0x10", "18446744073709551616", " 1"]
    )
    func malformedNumbers(text: String) {
        let error = #expect(throws: ChunkPropertyError.self) { try ChunkProperties(userProperties: [("seq", text)]) }
        #expect(error?.name == "seq")
    }

    @Test("Other properties are ignored, contradictions are not")
    func others() throws {
        let read = try ChunkProperties(userProperties: [("x", "y"), ("seq", "4"), ("seq", "4")])
        #expect(read == ChunkProperties(sequenceNumber: 4))
        #expect(throws: ChunkPropertyError.self) {
            try ChunkProperties(userProperties: [("seq", "4"), ("seq", "5")])
        }
    }
}
