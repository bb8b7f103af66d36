// How long to wait before the next connection attempt.

/// Doubling pauses with jitter, as a value: the caller keeps the clock.
public struct BackOff: Sendable {
    /// The shortest and longest pause, in seconds.
    public struct Limits: Sendable, Hashable {
        public var firstSeconds: Double
        public var longestSeconds: Double
        /// A connection that lived shorter than this does not reset the pauses, so that two clients that throw each
        /// other out do not do it ten times a second.
        public var stableAfterSeconds: Double

        public init(firstSeconds: Double = 0.1, longestSeconds: Double = 30, stableAfterSeconds: Double = 5) {
            self.firstSeconds = firstSeconds
            self.longestSeconds = longestSeconds
            self.stableAfterSeconds = stableAfterSeconds
        }
    }

    public let limits: Limits
    private var failures = 0

    public init(limits: Limits = Limits()) {
        self.limits = limits
    }

    /// The pause before the next attempt.
    ///
    /// - Parameter jitter: 0 to 1; the pause lies between half and the whole of the doubled value, so that many
    ///   boxes do not return to a restarted broker at the same instant.
    public mutating func nextPauseSeconds(jitter: Double = .random(in: 0...1)) -> Double {
        var doubled = limits.firstSeconds
        for _ in 0..<failures where doubled < limits.longestSeconds { doubled *= 2 }
        failures = min(failures + 1, 64)
        return min(doubled, limits.longestSeconds) * (0.5 + 0.5 * jitter)
    }

    /// Tells how long the last connection held; a stable one starts over with the shortest pause.
    public mutating func connectionEnded(afterSeconds seconds: Double) {
        if seconds >= limits.stableAfterSeconds { failures = 0 }
    }
}
