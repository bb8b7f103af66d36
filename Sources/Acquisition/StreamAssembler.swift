// Puts a machine's chunks in order: drops duplicates, repairs small disorder, counts what is missing.
import Foundation

/// Orders one machine's chunks by sequence number, else by timestamp, else as they arrive.
///
/// A chunk that comes too early waits in a bounded buffer for the ones before it; it is let go when they have come,
/// when the buffer is full or when it has waited long enough, and the hole becomes a gap.
public struct StreamAssembler: Sendable {
    /// A chunk's own account of its place.
    public struct Position: Hashable, Sendable {
        /// Sequence number, if the sender counts.
        public var sequenceNumber: UInt64?
        /// Time of the first sample, if the sender's clock is believed.
        public var timestamp: Date?
        /// When it arrived.
        public var arrival: Date
        /// Same for a redelivery of the same chunk.
        public var fingerprint: Int

        /// Makes a position.
        public init(sequenceNumber: UInt64?, timestamp: Date?, arrival: Date, fingerprint: Int) {
            self.sequenceNumber = sequenceNumber
            self.timestamp = timestamp
            self.arrival = arrival
            self.fingerprint = fingerprint
        }
    }

    /// What is to be done with a chunk, decided before it is decoded.
    public enum Admission: Hashable, Sendable {
        /// Its turn is now.
        case next
        /// Earlier ones are missing.
        case early
        /// The sender starts anew with it.
        case restart
        /// Already consumed: drop.
        case duplicate
        /// Its place has passed: drop.
        case late
    }

    private struct Pending {
        var position: Position
        /// Nil for a chunk that was refused: its place is known, its audio is not.
        var audio: (samples: [Float], sampleRateHz: Int)?
    }

    /// So many chunks in a row from the past are not stragglers but a sender that counts from the start again.
    private static let lateRunMeansRestart = 3

    private let policy: StreamPolicy
    private var timeline: StreamTimeline
    private var seen = SeenChunks()
    private var pending: [Pending] = []
    private var nextSequenceNumber: UInt64?
    private var newestTimestamp: Date?
    private var lateRun = 0
    /// Refused chunks whose place has come since the last one with audio.
    private var holes = 0

    /// Makes an assembler.
    public init(policy: StreamPolicy) {
        self.policy = policy
        timeline = StreamTimeline(policy: policy)
    }

    /// Chunks waiting for earlier ones.
    public var waitingChunkCount: Int { pending.count }

    /// Decides what a chunk is, before the work of decoding it.
    public mutating func admit(_ position: Position) -> Admission {
        let admission = judge(position)
        guard admission == .late else {
            if admission != .duplicate { lateRun = 0 }
            return admission
        }
        lateRun += 1
        guard lateRun >= Self.lateRunMeansRestart else { return .late }
        lateRun = 0
        return .restart
    }

    /// Takes an admitted chunk; returns the frames whose turn has come.
    ///
    /// - Parameters:
    ///   - audio: mono samples at their rate; nil when the chunk was refused, so that only its place is taken.
    ///   - admission: what ``admit(_:)`` said.
    ///   - now: ends waits that lasted too long.
    public mutating func insert(
        _ position: Position,
        audio: (samples: [Float], sampleRateHz: Int)?,
        admission: Admission,
        now: Date,
        notices: inout [IntakeNotice]
    ) -> [AudioFrame] {
        var frames: [AudioFrame] = []
        let chunk = Pending(position: position, audio: audio)
        switch admission {
        case .duplicate, .late:
            break
        case .next:
            emit(chunk, into: &frames, notices: &notices)
        case .early:
            let index = pending.firstIndex { Self.precedes(position, $0.position) } ?? pending.endIndex
            pending.insert(chunk, at: index)
            if pending.count > policy.reorderChunkCount { emitFirst(into: &frames, notices: &notices) }
        case .restart:
            while !pending.isEmpty { emitFirst(into: &frames, notices: &notices) }
            seen = SeenChunks()
            nextSequenceNumber = nil
            holes = 0
            notices.append(.senderRestarted)
            emit(chunk, isRestart: true, into: &frames, notices: &notices)
        }
        emitDue(into: &frames, notices: &notices)
        frames += releaseOverdue(now: now, notices: &notices)
        return frames
    }

    /// Lets go of chunks that have waited too long for earlier ones.
    public mutating func releaseOverdue(now: Date, notices: inout [IntakeNotice]) -> [AudioFrame] {
        var frames: [AudioFrame] = []
        while let oldest = pending.map(\.position.arrival).min(),
            now.timeIntervalSince(oldest) >= policy.reorderWaitSeconds
        {
            emitFirst(into: &frames, notices: &notices)
            emitDue(into: &frames, notices: &notices)
        }
        return frames
    }

    private func judge(_ chunk: Position) -> Admission {
        if let number = chunk.sequenceNumber {
            guard let next = nextSequenceNumber, number != next else { return .next }
            return number > next ? judgeAhead(chunk, number) : judgePast(chunk, number, distance: next - number)
        }
        guard let timestamp = chunk.timestamp, let expected = timeline.expectedTime else { return .next }
        // The same bytes with the same time are the same chunk.
        let isWaiting = pending.contains { $0.position.fingerprint == chunk.fingerprint }
        if isWaiting || seen.contains(sequenceNumber: nil, fingerprint: chunk.fingerprint) { return .duplicate }
        let ahead = timestamp.timeIntervalSince(expected)
        if ahead > halfChunkSeconds { return .early }
        return ahead < -max(policy.timestampJitterSeconds, halfChunkSeconds) ? .late : .next
    }

    private func judgeAhead(_ chunk: Position, _ number: UInt64) -> Admission {
        pending.contains { $0.position.sequenceNumber == number } ? .duplicate : .early
    }

    private func judgePast(_ chunk: Position, _ number: UInt64, distance: UInt64) -> Admission {
        if seen.contains(sequenceNumber: number, fingerprint: chunk.fingerprint) { return .duplicate }
        // A believed clock decides: what was recorded after everything heard so far is new, whatever its number.
        if let timestamp = chunk.timestamp, let newestTimestamp {
            return timestamp > newestTimestamp ? .restart : .late
        }
        let isKnownNumber = seen.contains(sequenceNumber: number)
        return isKnownNumber || distance > UInt64(SeenChunks.capacity) ? .restart : .late
    }

    /// What is ahead by less than half a chunk has no chunk missing before it.
    private var halfChunkSeconds: Double { timeline.lastDurationSeconds / 2 }

    private static func precedes(_ lhs: Position, _ rhs: Position) -> Bool {
        if let left = lhs.sequenceNumber, let right = rhs.sequenceNumber { return left < right }
        if let left = lhs.timestamp, let right = rhs.timestamp { return left < right }
        return false
    }

    private func isDue(_ chunk: Position) -> Bool {
        if let number = chunk.sequenceNumber { return number == nextSequenceNumber }
        guard let timestamp = chunk.timestamp, let expected = timeline.expectedTime else { return true }
        return timestamp.timeIntervalSince(expected) <= halfChunkSeconds
    }

    private mutating func emitDue(into frames: inout [AudioFrame], notices: inout [IntakeNotice]) {
        while let first = pending.first, isDue(first.position) {
            emitFirst(into: &frames, notices: &notices)
        }
    }

    private mutating func emitFirst(into frames: inout [AudioFrame], notices: inout [IntakeNotice]) {
        emit(pending.removeFirst(), into: &frames, notices: &notices)
    }

    private mutating func emit(
        _ chunk: Pending,
        isRestart: Bool = false,
        into frames: inout [AudioFrame],
        notices: inout [IntakeNotice]
    ) {
        let position = chunk.position
        if let number = position.sequenceNumber {
            if let next = nextSequenceNumber, number > next { holes += Int(clamping: number - next) }
            nextSequenceNumber = number &+ 1
        }
        seen.record(sequenceNumber: position.sequenceNumber, fingerprint: position.fingerprint)
        if let timestamp = position.timestamp {
            newestTimestamp = max(timestamp, isRestart ? timestamp : newestTimestamp ?? timestamp)
        }
        guard let audio = chunk.audio else {
            holes += 1
            return
        }
        let frame = timeline.place(
            StreamTimeline.Chunk(
                samples: audio.samples,
                sampleRateHz: audio.sampleRateHz,
                timestamp: position.timestamp,
                arrival: position.arrival,
                hasSequenceNumber: position.sequenceNumber != nil,
                missingChunkCount: holes,
                isRestart: isRestart
            ),
            notices: &notices
        )
        holes = 0
        frames.append(frame)
    }
}
