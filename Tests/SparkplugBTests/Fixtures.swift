// Payloads as the protobuf library encodes them, made by Tests/Fixtures/sparkplug/make_payloads.py.
import Foundation
import Testing

@testable import SparkplugB

/// One payload with what it says.
struct PayloadCase: Decodable, Sendable, CustomTestStringConvertible {
    struct Metric: Decodable, Sendable {
        var name: String?
        var alias: UInt64?
        var timestamp: UInt64?
        var datatype: UInt32?
        var historical: Bool
        var transient: Bool
        var kind: String?
        var value: String?
        var metadata: String?
        var quality: Int32?
    }

    var `case`: String
    var hex: String
    var timestamp: UInt64?
    var seq: UInt64?
    var uuid: String?
    var body: String?
    var metrics: [Metric]

    var testDescription: String { `case` }

    static let all: [PayloadCase] = {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/sparkplug/payloads.json")
        do {
            return try JSONDecoder().decode([PayloadCase].self, from: Data(contentsOf: file))
        } catch {
            Issue.record("\(file.path): \(error)")
            return []
        }
    }()

    /// The payload by hand, from its description alone.
    func payload() throws -> SparkplugPayload {
        SparkplugPayload(
            timestampMS: timestamp,
            metrics: try metrics.map { try $0.metric() },
            sequence: seq,
            uuid: uuid,
            body: try body.map(bytes(hex:))
        )
    }

    var bytes: Data { get throws { try SparkplugBTests.bytes(hex: hex) } }
}

extension PayloadCase.Metric {
    func metric() throws -> SparkplugB.Metric {
        SparkplugB.Metric(
            name: name,
            alias: alias,
            timestampMS: timestamp,
            dataType: datatype.map(DataType.init(rawValue:)),
            isHistorical: historical,
            isTransient: transient,
            value: try kind.map { try metricValue($0, try #require(value)) },
            metadata: try metadata.map(bytes(hex:)),
            properties: try quality.map { .quality(try #require(MetricQuality(rawValue: $0))) }
        )
    }

    private func metricValue(_ kind: String, _ text: String) throws -> MetricValue {
        switch kind {
        case "int": .int(try #require(UInt32(text)))
        case "long": .long(try #require(UInt64(text)))
        case "float": .float(try #require(Float(text)))
        case "double": .double(try #require(Double(text)))
        case "boolean": .boolean(text == "true")
        case "string": .string(text)
        case "bytes": .bytes(try bytes(hex: text))
        case "dataSet": .dataSet(try bytes(hex: text))
        default: .template(try bytes(hex: text))
        }
    }
}

func bytes(hex text: String) throws -> Data {
    let digits = Array(text.utf8)
    var data = Data(capacity: digits.count / 2)
    for index in stride(from: 0, to: digits.count, by: 2) {
        data.append(try #require(UInt8(String(decoding: digits[index..<(index + 2)], as: UTF8.self), radix: 16)))
    }
    return data
}

/// Numbers that are the same in every run.
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
