// The tolerances of a stream: how much disorder, jitter and clock error is ordinary.

/// When a sender's clock is believed.
public enum ClockTrust: Hashable, Sendable {
    /// When it is within so many seconds of arrival.
    case within(seconds: Double)
    /// Always: replays of old recordings, time-scaled simulations.
    case always
    /// Never: times are arrival times.
    case never
}

/// Tolerances of one machine's stream.
public struct StreamPolicy: Hashable, Sendable {
    /// When the sender's `ts` is believed.
    public var clockTrust: ClockTrust
    /// Chunks kept back while an earlier one is missing.
    public var reorderChunkCount: Int
    /// Longest wait for a missing chunk, in seconds.
    public var reorderWaitSeconds: Double
    /// Disagreement of `ts` and counted samples that is taken for jitter, in seconds.
    public var timestampJitterSeconds: Double
    /// Disagreement of arrival and counted samples that is taken for network delay, in seconds.
    public var arrivalJitterSeconds: Double
    /// Longest gap filled with silence, in seconds; beyond it windows start anew.
    public var maxFilledGapSeconds: Double

    /// Makes a policy.
    public init(
        clockTrust: ClockTrust = .within(seconds: 300),
        reorderChunkCount: Int = 8,
        reorderWaitSeconds: Double = 3,
        timestampJitterSeconds: Double = 0.25,
        arrivalJitterSeconds: Double = 2,
        maxFilledGapSeconds: Double = 10
    ) {
        self.clockTrust = clockTrust
        self.reorderChunkCount = reorderChunkCount
        self.reorderWaitSeconds = reorderWaitSeconds
        self.timestampJitterSeconds = timestampJitterSeconds
        self.arrivalJitterSeconds = arrivalJitterSeconds
        self.maxFilledGapSeconds = maxFilledGapSeconds
    }
}
