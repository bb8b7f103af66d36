// The codec against an independent encoder, against itself, and against bytes nobody meant.
import Foundation
import Testing

@testable import SparkplugB

@Suite("Sparkplug B: payloads")
struct PayloadTests {
    @Test("reads what the protobuf library wrote", arguments: PayloadCase.all)
    func decodes(_ fixture: PayloadCase) throws {
        #expect(try SparkplugPayload(decoding: fixture.bytes) == fixture.payload())
    }

    @Test("writes the very bytes the protobuf library writes", arguments: PayloadCase.all)
    func encodes(_ fixture: PayloadCase) throws {
        #expect(try fixture.payload().encoded() == fixture.bytes)
    }

    @Test("the fixtures are all there")
    func fixtureCount() { #expect(PayloadCase.all.count == 10) }

    @Test("what is written reads the same", arguments: 0..<200 as Range<UInt64>)
    func roundTrip(seed: UInt64) throws {
        var random = SeededNumbers(seed)
        let payload = Self.anyPayload(&random)
        #expect(try SparkplugPayload(decoding: payload.encoded()) == payload)
    }

    @Test("fields of later versions are passed over")
    func unknownFields() throws {
        var writer = ProtobufWriter()
        writer.varint(1, 5)
        writer.varint(40, 1)
        writer.fixed32(41, 2)
        writer.fixed64(42, 3)
        writer.bytes(43, [1, 2, 3])
        writer.varint(3, 9)
        let decoded = try SparkplugPayload(decoding: Data(writer.bytes))
        #expect(decoded == SparkplugPayload(timestampMS: 5, sequence: 9))
    }

    @Test("a known field of another type is passed over, as the protobuf library does")
    func otherWireType() throws {
        var writer = ProtobufWriter()
        writer.text(1, "soon")
        writer.varint(3, 9)
        #expect(try SparkplugPayload(decoding: Data(writer.bytes)) == SparkplugPayload(sequence: 9))
    }

    @Test("groups are skipped, however they are nested")
    func groups() throws {
        // Group 9 with group 2 and field 1 in it, then seq = 9.
        let bytes = Data([0x4B, 0x13, 0x14, 0x08, 0x01, 0x4C, 0x18, 0x09])
        #expect(try SparkplugPayload(decoding: bytes) == SparkplugPayload(sequence: 9))
    }

    @Test(
        "broken bytes are named with their place",
        arguments: [
            ([0x08], .truncated, 1),
            ([0x12, 0x05, 0x01], .truncated, 1),
            ([0x08, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01], .varintTooLong, 1),
            ([0x00, 0x01], .invalidFieldNumber(0), 0),
            ([0x0E, 0x01], .unknownWireType(6), 0),
            ([0x0C], .unknownWireType(4), 0),
            ([0x22, 0x02, 0xC3, 0x28], .invalidText(field: "uuid"), 0),
            ([0x12, 0x04, 0x4A, 0x02, 0x0A, 0x00], .unpairedProperties(keys: 1, values: 0), 2),
            ([0x4B], .truncated, 1),
        ] as [([UInt8], PayloadError.Problem, Int)]
    )
    func broken(bytes: [UInt8], problem: PayloadError.Problem, offset: Int) {
        let error = #expect(throws: PayloadError.self) { try SparkplugPayload(decoding: Data(bytes)) }
        #expect(error == PayloadError(problem, at: offset))
    }

    @Test("groups without end are refused")
    func deepGroups() {
        let bytes = Data(repeating: 0x4B, count: 100)
        #expect(throws: PayloadError(.nestedTooDeep, at: 0)) { try SparkplugPayload(decoding: bytes) }
    }

    @Test("more than is accepted is refused")
    func limits() throws {
        let payload = SparkplugPayload(metrics: Array(repeating: Metric(value: .boolean(true)), count: 5))
        let bytes = payload.encoded()
        #expect(throws: PayloadError(.tooLarge(bytes: bytes.count, limit: 8), at: 0)) {
            try SparkplugPayload(decoding: bytes, limits: DecodingLimits(bytes: 8))
        }
        let error = #expect(throws: PayloadError.self) {
            try SparkplugPayload(decoding: bytes, limits: DecodingLimits(metrics: 4))
        }
        #expect(error?.problem == .tooManyMetrics(limit: 4))
    }

    @Test("no bytes are too strange to be answered", arguments: 0..<50 as Range<UInt64>)
    func fuzz(seed: UInt64) throws {
        var random = SeededNumbers(seed)
        var accepted = 0
        for round in 0..<200 {
            var bytes: Data
            if round.isMultiple(of: 2) {
                bytes = Data(
                    (0..<Int.random(in: 0...64, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
                )
            } else {
                bytes = Self.anyPayload(&random).encoded()
                for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
                    bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
                }
                if Bool.random(using: &random) { bytes = bytes.prefix(Int.random(in: 0...bytes.count, using: &random)) }
            }
            // What was accepted is a payload like any other: written again it stays what it is.
            if let payload = try? SparkplugPayload(decoding: bytes) {
                let again = payload.encoded()
                #expect(try SparkplugPayload(decoding: again).encoded() == again)
                accepted += 1
            }
        }
        #expect((1..<200).contains(accepted))
    }

    @Test("a slice of a larger buffer is read like its copy")
    func slices() throws {
        let bytes = Data([0xFF, 0xFF]) + SparkplugPayload(timestampMS: 1, sequence: 2).encoded()
        #expect(try SparkplugPayload(decoding: bytes.dropFirst(2)) == SparkplugPayload(timestampMS: 1, sequence: 2))
    }

    @Test(
        "numbers read the same whichever field they came in",
        arguments: [
            (.int32(-5), -5), (.int64(-5), -5), (.double(60), 60), (.float(60), 60), (.double(0.5), nil),
            (.double(.nan), nil), (.double(1e300), nil), (.string("5"), nil), (.boolean(true), nil),
        ] as [(MetricValue, Int64?)]
    )
    func wholeNumbers(value: MetricValue, expected: Int64?) { #expect(value.wholeNumber == expected) }

    @Test("true is true, and 1 from hosts that know numbers only")
    func truth() {
        #expect(MetricValue.boolean(true).isTrue && MetricValue.int(1).isTrue && MetricValue.double(1).isTrue)
        #expect(!MetricValue.boolean(false).isTrue && !MetricValue.int(2).isTrue && !MetricValue.string("true").isTrue)
    }

    static func anyPayload(_ random: inout SeededNumbers) -> SparkplugPayload {
        SparkplugPayload(
            timestampMS: maybe(&random) { .random(in: .min ... .max, using: &$0) },
            metrics: (0..<Int.random(in: 0...6, using: &random)).map { _ in anyMetric(&random) },
            sequence: maybe(&random) { .random(in: 0...255, using: &$0) },
            uuid: maybe(&random, anyText),
            body: maybe(&random, anyBytes)
        )
    }

    private static func anyMetric(_ random: inout SeededNumbers) -> Metric {
        Metric(
            name: maybe(&random, anyText),
            alias: maybe(&random) { .random(in: .min ... .max, using: &$0) },
            timestampMS: maybe(&random) { .random(in: .min ... .max, using: &$0) },
            dataType: maybe(&random) { DataType(rawValue: .random(in: 0...40, using: &$0)) },
            isHistorical: .random(using: &random),
            isTransient: .random(using: &random),
            value: maybe(&random, anyValue),
            metadata: maybe(&random, anyBytes),
            properties: maybe(&random) { random in
                PropertySet(
                    (0..<Int.random(in: 0...3, using: &random)).map { _ in
                        .init(
                            key: anyText(&random),
                            type: .int32,
                            value: .int32(.random(in: .min ... .max, using: &random))
                        )
                    }
                )
            }
        )
    }

    private static func anyValue(_ random: inout SeededNumbers) -> MetricValue {
        switch Int.random(in: 0..<9, using: &random) {
        case 0: .int(.random(in: .min ... .max, using: &random))
        case 1: .long(.random(in: .min ... .max, using: &random))
        case 2: .float(.random(in: -1e30...1e30, using: &random))
        case 3: .double(.random(in: -1e300...1e300, using: &random))
        case 4: .boolean(.random(using: &random))
        case 5: .string(anyText(&random))
        case 6: .bytes(anyBytes(&random))
        case 7: .dataSet(anyBytes(&random))
        default: .template(anyBytes(&random))
        }
    }

    private static func anyText(_ random: inout SeededNumbers) -> String {
        let letters: [Character] = ["a", "Z", "/", " ", "é", "轴", "承", "🔊", "\u{301}", "0"]
        return String(
            (0..<Int.random(in: 0...40, using: &random)).map { _ in letters[Int.random(in: 0..<10, using: &random)] }
        )
    }

    private static func anyBytes(_ random: inout SeededNumbers) -> Data {
        Data((0..<Int.random(in: 0...300, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) })
    }

    private static func maybe<Value>(
        _ random: inout SeededNumbers,
        _ make: (inout SeededNumbers) -> Value
    ) -> Value? {
        Bool.random(using: &random) ? make(&random) : nil
    }
}
