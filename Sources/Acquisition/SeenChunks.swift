// Remembers the last chunks of a stream, to tell a redelivery from a restart.

/// A short memory of consumed chunks.
struct SeenChunks: Sendable {
    /// How far back a redelivery is recognised; brokers keep fewer messages in flight.
    static let capacity = 64

    private var entries: [(sequenceNumber: UInt64?, fingerprint: Int)] = []
    private var oldest = 0

    mutating func record(sequenceNumber: UInt64?, fingerprint: Int) {
        if entries.count < Self.capacity {
            entries.append((sequenceNumber, fingerprint))
        } else {
            entries[oldest] = (sequenceNumber, fingerprint)
            oldest = (oldest + 1) % Self.capacity
        }
    }

    /// Whether exactly this chunk was consumed.
    func contains(sequenceNumber: UInt64?, fingerprint: Int) -> Bool {
        entries.contains { $0.sequenceNumber == sequenceNumber && $0.fingerprint == fingerprint }
    }

    /// Whether a chunk with this number was consumed, whatever it held.
    func contains(sequenceNumber: UInt64) -> Bool {
        entries.contains { $0.sequenceNumber == sequenceNumber }
    }
}
