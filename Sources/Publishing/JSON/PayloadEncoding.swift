// How every JSON payload is written: sorted keys, RFC 3339 UTC times with milliseconds, finite rounded numbers.
import Foundation
import TrendLog

/// Writes and reads JSON payloads.
///
/// Keys are sorted, so that equal values are equal bytes; values that are not known are null rather than absent, so
/// that a subscriber's script finds every key every time.
public enum PayloadCoder {
    /// The bytes of a payload.
    public static func encode(_ payload: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(RFC3339.text(date))
        }
        return try encoder.encode(payload)
    }

    /// Reads a payload back, as a subscriber does.
    public static func decode<Payload: Decodable>(_ type: Payload.Type, from data: Data) throws -> Payload {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            let text = try decoder.singleValueContainer().decode(String.self)
            guard let date = RFC3339.date(text) else {
                throw DecodingError.dataCorrupted(
                    .init(codingPath: decoder.codingPath, debugDescription: "\"\(text)\" is no RFC 3339 time")
                )
            }
            return date
        }
        return try decoder.decode(type, from: data)
    }

    /// A probability or share to six decimals; what is no number counts as 0.
    static func share(_ value: Double) -> Double { rounded(value, decimals: 6) ?? 0 }

    /// A level in dB to two decimals; digital silence (minus infinity) is written as -160, what is no number as null.
    static func level(_ value: Double?) -> Double? {
        value.flatMap { $0.isNaN ? nil : rounded(min(max($0, -160), 160), decimals: 2) }
    }

    /// A value to some decimals, nil where it is not finite.
    static func rounded(_ value: Double, decimals: Int) -> Double? {
        guard value.isFinite else { return nil }
        let scale = (0..<decimals).reduce(1.0) { scale, _ in scale * 10 }
        return (value * scale).rounded() / scale
    }
}
