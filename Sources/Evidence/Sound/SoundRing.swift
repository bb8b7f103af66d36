// The last stretch of one machine's sound.
import Foundation

/// Holds the newest seconds of a stream as the chunks it came in.
///
/// Memory is `seconds` of 16-bit sound and at most one chunk more: 5.8 MB a machine for 60 s at 48 kHz, 1.9 MB at 16 kHz.
/// Chunks are let go whole, so nothing is ever moved or copied.
public struct SoundRing: Sendable {
    /// A stream whose next chunk begins so much before the end of the last one has had its clock set back.
    static let clockStepSeconds = 1.0

    /// How much is held.
    public var seconds: Double
    /// Oldest first.
    public private(set) var blocks: [SoundBlock] = []

    /// Makes an empty ring.
    public init(seconds: Double) { self.seconds = seconds }

    /// Time just after the newest sample; nil while empty.
    public var end: Date? { blocks.last?.end }

    /// Takes the next chunk.
    ///
    /// - Returns: whether the clock of the stream went back: what lay at or after the chunk's start is forgotten then, so
    ///   that one moment has one sound.
    @discardableResult
    public mutating func append(_ block: SoundBlock) -> Bool {
        guard !block.samples.isEmpty, block.sampleRateHz > 0 else { return false }
        var steppedBack = false
        if let end, block.start < end.addingTimeInterval(-Self.clockStepSeconds) {
            blocks.removeAll { $0.end > block.start }
            steppedBack = true
        }
        blocks.append(block)
        let oldest = block.end.addingTimeInterval(-seconds)
        if let first = blocks.firstIndex(where: { $0.end > oldest }), first > 0 { blocks.removeFirst(first) }
        return steppedBack
    }

    /// The chunks that reach into a stretch of time.
    public func blocks(from start: Date, to end: Date) -> [SoundBlock] {
        blocks.filter { $0.end > start && $0.start < end }
    }
}
