// What happened at a machine's intake, in numbers.
import Foundation

/// Counters of one machine's intake since start.
public struct AcquisitionCounters: Hashable, Sendable {
    /// Chunks that reached the intake.
    public var receivedChunks = 0
    /// Their bytes.
    public var receivedBytes = 0
    /// Chunks whose audio was taken.
    public var acceptedChunks = 0
    /// Seconds of audio taken.
    public var acceptedSeconds = 0.0
    /// Refused chunks by reason.
    public var refusedChunks: [RefusalReason: Int] = [:]
    /// Redelivered chunks dropped.
    public var duplicateChunks = 0
    /// Chunks that came before their turn and were put in order.
    public var reorderedChunks = 0
    /// Chunks dropped because their place had passed.
    public var lateChunks = 0
    /// Chunks holding less than their header promised.
    public var truncatedChunks = 0
    /// Chunks dropped by the full inbox before they reached the intake.
    public var droppedByQueueChunks = 0
    /// Gaps found.
    public var gaps = 0
    /// Audio missing in them, in seconds.
    public var missingSeconds = 0.0
    /// Times the sender started anew.
    public var senderRestarts = 0
    /// Times the sender's clock was found far off or went back.
    public var clockFaults = 0
    /// Windows cut.
    public var windows = 0
    /// Windows with too much missing to classify.
    public var incompleteWindows = 0
    /// The last refusal, in words.
    public var lastError: String?
    /// Arrival of the last chunk, accepted or not.
    public var lastChunkTime: Date?
    /// Sender's time minus arrival time of the last stamped chunk, in seconds.
    public var clockOffsetSeconds: Double?

    /// All zero.
    public init() {}

    /// Refused chunks of any reason.
    public var refusedChunkTotal: Int { refusedChunks.values.reduce(0, +) }

    mutating func count(_ notice: IntakeNotice) {
        switch notice {
        case .gap(let seconds):
            gaps += 1
            missingSeconds += seconds
        case .senderRestarted: senderRestarts += 1
        case .clockFarOff, .clockSteppedBack: clockFaults += 1
        case .truncatedChunk: truncatedChunks += 1
        case .clockGoodAgain, .rateChanged: break
        }
    }

    mutating func count(_ window: AudioWindow) {
        windows += 1
        if !window.isClassifiable { incompleteWindows += 1 }
    }

    mutating func count(_ refusal: ChunkRefusal) {
        refusedChunks[refusal.reason, default: 0] += 1
        lastError = refusal.message
    }
}
