// Lays ordered chunks on a time line: counts samples, finds gaps, follows the sender's clock.
import Foundation

/// The time line of one stream.
///
/// Within an epoch time is counted in samples, so jitter of timestamps moves nothing. What separates the counted
/// time from the sender's clock beyond a dead band is followed at no more than 1000 ppm: faster than any sound
/// card drifts, slow enough to keep windows in order. A larger disagreement is a gap or, backwards, a new epoch.
struct StreamTimeline: Sendable {
    /// A decoded chunk whose turn has come.
    struct Chunk {
        var samples: [Float]
        var sampleRateHz: Int
        /// Time of the first sample if the sender is believed.
        var timestamp: Date?
        var arrival: Date
        var hasSequenceNumber: Bool
        /// Chunks that should have come before this one and did not.
        var missingChunkCount: Int
        var isRestart: Bool

        var durationSeconds: Double { Double(samples.count) / Double(sampleRateHz) }
    }

    private static let maxSlew = 1e-3
    private static let timestampDeadBandSeconds = 2e-3
    private static let arrivalDeadBandSeconds = 0.5
    /// More missing numbers than this say nothing about time: the sender jumped.
    private static let maxCountableMissingChunks = 64
    /// A sender without a clock that keeps being this late has paused, without skipping numbers.
    private static let pauseSeconds = 30.0
    private static let pauseChunkCount = 8

    private let policy: StreamPolicy
    private var epoch = -1
    private var epochStart = Date.distantPast
    private var sampleRateHz = 0
    private var position = 0
    private var lastSampleCount = 0
    private var lastArrival = Date.distantPast
    private var lateChunkCount = 0

    init(policy: StreamPolicy) {
        self.policy = policy
    }

    /// When the next chunk should start; nil before the first.
    var expectedTime: Date? {
        sampleRateHz == 0 ? nil : epochStart.addingTimeInterval(Double(position) / Double(sampleRateHz))
    }

    /// Length of the last chunk in seconds; 0 before the first.
    var lastDurationSeconds: Double {
        sampleRateHz == 0 ? 0 : Double(lastSampleCount) / Double(sampleRateHz)
    }

    /// Places a chunk.
    mutating func place(_ chunk: Chunk, notices: inout [IntakeNotice]) -> AudioFrame {
        defer {
            lastSampleCount = chunk.samples.count
            lastArrival = chunk.arrival
            position += chunk.samples.count
        }
        // Without a clock the chunk's end is taken to be its arrival.
        let estimate = chunk.timestamp ?? chunk.arrival.addingTimeInterval(-chunk.durationSeconds)
        guard let expected = expectedTime else {
            startEpoch(at: estimate, sampleRateHz: chunk.sampleRateHz)
            return frame(chunk, missingSeconds: 0)
        }
        let ahead = estimate.timeIntervalSince(expected)
        if ahead < -backwardTolerance(chunk), chunk.timestamp != nil {
            notices.append(.clockSteppedBack(seconds: -ahead))
            startEpoch(at: estimate, sampleRateHz: chunk.sampleRateHz)
            return frame(chunk, missingSeconds: 0)
        }
        let gapSeconds = gap(before: chunk, ahead: ahead)
        if gapSeconds > 0 { notices.append(.gap(seconds: gapSeconds)) }
        if chunk.sampleRateHz != sampleRateHz {
            notices.append(.rateChanged(fromHz: sampleRateHz, toHz: chunk.sampleRateHz))
        }
        if chunk.sampleRateHz != sampleRateHz || gapSeconds > policy.maxFilledGapSeconds {
            startEpoch(at: expected.addingTimeInterval(gapSeconds), sampleRateHz: chunk.sampleRateHz)
            return frame(chunk, missingSeconds: gapSeconds)
        }
        position += Int((gapSeconds * Double(sampleRateHz)).rounded())
        follow(aheadSeconds: ahead - gapSeconds, chunk)
        return frame(chunk, missingSeconds: gapSeconds)
    }

    private mutating func startEpoch(at start: Date, sampleRateHz: Int) {
        epoch += 1
        epochStart = start
        self.sampleRateHz = sampleRateHz
        position = 0
        lateChunkCount = 0
    }

    private func frame(_ chunk: Chunk, missingSeconds: Double) -> AudioFrame {
        AudioFrame(
            epoch: epoch,
            epochStart: epochStart,
            startSample: position,
            sampleRateHz: chunk.sampleRateHz,
            samples: chunk.samples,
            missingSecondsBefore: missingSeconds
        )
    }

    /// Timestamps without numbers may wobble by half a chunk before they mean anything.
    private func backwardTolerance(_ chunk: Chunk) -> Double {
        chunk.hasSequenceNumber
            ? policy.timestampJitterSeconds
            : max(policy.timestampJitterSeconds, lastDurationSeconds / 2)
    }

    /// Seconds of audio missing before `chunk`, which seems to start `ahead` seconds after the expected time.
    private mutating func gap(before chunk: Chunk, ahead: Double) -> Double {
        let missingCount = chunk.isRestart ? 0 : chunk.missingChunkCount
        let counted = Double(missingCount) * lastDurationSeconds
        if chunk.timestamp != nil {
            let jitter = policy.timestampJitterSeconds
            let tolerance = missingCount > 0 ? min(jitter, lastDurationSeconds / 2) : jitter
            guard ahead > tolerance else { return 0 }
            return (ahead - counted).magnitude <= jitter && missingCount > 0 ? counted : ahead
        }
        if (1...Self.maxCountableMissingChunks).contains(missingCount) { return counted }
        guard missingCount == 0, chunk.hasSequenceNumber, !chunk.isRestart else {
            return ahead > policy.arrivalJitterSeconds ? ahead : 0
        }
        // Numbers without a gap: late arrival is network delay, unless it lasts while chunks come at their usual pace.
        let spacing = chunk.arrival.timeIntervalSince(lastArrival)
        let isPaced = spacing >= chunk.durationSeconds / 2
        lateChunkCount = ahead > Self.pauseSeconds && isPaced ? lateChunkCount + 1 : 0
        guard lateChunkCount >= Self.pauseChunkCount else { return 0 }
        lateChunkCount = 0
        return ahead
    }

    private mutating func follow(aheadSeconds: Double, _ chunk: Chunk) {
        let deadBand =
            chunk.timestamp == nil
            ? Self.arrivalDeadBandSeconds
            : Self.timestampDeadBandSeconds
        guard aheadSeconds.magnitude > deadBand else { return }
        let step = Self.maxSlew * chunk.durationSeconds
        epochStart = epochStart.addingTimeInterval(min(max(aheadSeconds, -step), step))
    }
}
