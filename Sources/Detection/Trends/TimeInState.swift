// How long a machine has been in a state, and how long in all; time nobody listened is nobody's.

/// Adds up the time between windows of one state.
public struct TimeInState: Hashable, Sendable, Codable {
    /// Gaps longer than this belong to no state, in seconds.
    public let longestGapSeconds: Double
    /// The present state; nil before the first window.
    public private(set) var state: String?
    /// When it began (after a gap: when it was heard again).
    public private(set) var sinceSeconds: Double?
    /// The latest window.
    public private(set) var latestSeconds: Double?
    /// Seconds per state, gaps left out.
    public private(set) var totals: [String: Double] = [:]

    /// Makes an empty record.
    public init(longestGapSeconds: Double) {
        self.longestGapSeconds = max(0, longestGapSeconds)
    }

    /// Seconds the present state has lasted without a gap; 0 before the first window.
    public var lastedSeconds: Double {
        guard let sinceSeconds, let latestSeconds else { return 0 }
        return latestSeconds - sinceSeconds
    }

    /// Takes a window's state; one no later than the latest is left out. The time up to a change belongs to the state
    /// before it.
    public mutating func observe(_ observed: String, atSeconds time: Double) {
        guard time.isFinite, latestSeconds.map({ time > $0 }) ?? true else { return }
        var isFresh = state != observed
        if let state, let latestSeconds {
            let passed = time - latestSeconds
            if passed <= longestGapSeconds { totals[state, default: 0] += passed } else { isFresh = true }
        }
        if isFresh { sinceSeconds = time }
        state = observed
        latestSeconds = time
    }
}
