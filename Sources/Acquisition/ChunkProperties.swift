// The sender's sequence number and time, from MQTT 5 user properties `seq` and `ts`.
import Foundation

/// A user property that cannot be read.
public struct ChunkPropertyError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Which property.
    public let name: String
    /// What it said.
    public let value: String
    /// What was expected.
    public let expected: String

    /// Property, value and expectation in one line.
    public var description: String { "user property \(name) is '\(value.prefix(60))'; expected \(expected)" }
}

/// What a sender says about a chunk's place in its stream.
public struct ChunkProperties: Hashable, Sendable {
    /// +1 per chunk.
    public let sequenceNumber: UInt64?
    /// Time of the chunk's first sample by the sender's clock.
    public let timestamp: Date?

    /// Makes properties from known values.
    public init(sequenceNumber: UInt64? = nil, timestamp: Date? = nil) {
        self.sequenceNumber = sequenceNumber
        self.timestamp = timestamp
    }

    /// Reads `seq` (unsigned) and `ts` (RFC 3339 or Unix milliseconds); other properties are ignored.
    ///
    /// - Throws: ``ChunkPropertyError`` when one is malformed or given twice with different values.
    public init(userProperties: [(String, String)]) throws(ChunkPropertyError) {
        sequenceNumber = try Self.value(of: "seq", in: userProperties).map { text throws(ChunkPropertyError) in
            guard Self.isDigits(text), let number = UInt64(text) else {
                throw ChunkPropertyError(name: "seq", value: text, expected: "an unsigned 64-bit number")
            }
            return number
        }
        timestamp = try Self.value(of: "ts", in: userProperties).map { text throws(ChunkPropertyError) in
            guard let date = Self.timestamp(text) else {
                throw ChunkPropertyError(
                    name: "ts",
                    value: text,
                    expected: "RFC 3339 such as 2025-03-01T12:00:00.250Z, or Unix milliseconds"
                )
            }
            return date
        }
    }

    private static func value(
        of name: String,
        in properties: [(String, String)]
    ) throws(ChunkPropertyError) -> String? {
        let values = properties.filter { $0.0 == name }.map(\.1)
        if let other = values.first(where: { $0 != values.first }) {
            throw ChunkPropertyError(
                name: name,
                value: other,
                expected: "one value, given also \(values[0].prefix(60))"
            )
        }
        return values.first
    }

    private static func timestamp(_ text: String) -> Date? {
        if isDigits(text) {
            // The year 9999 is where RFC 3339 ends, too.
            guard let milliseconds = Int64(text), milliseconds < 253_402_300_800_000 else { return nil }
            return Date(timeIntervalSince1970: Double(milliseconds) / 1_000)
        }
        return RFC3339.date(from: text)
    }

    private static func isDigits(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}
