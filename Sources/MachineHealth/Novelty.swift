// How unlike a machine's own normal sound one window is, as the domain sees it.

/// A window's distance from the machine's enrolled normal sound.
public struct Novelty: Hashable, Sendable, Codable {
    /// Deviations above what the machine's own normal windows score among each other; both spaces combined.
    public let score: Double
    /// The machine's limit, learned from its normal windows: above it a window is not its normal sound.
    public let limit: Double
    /// Share of the machine's normal windows that are less unusual than this one, 0...1.
    public let share: Double
    /// The operating state it was held against; empty where the machine has only one.
    public let state: String

    /// Makes a novelty.
    public init(score: Double, limit: Double, share: Double, state: String = "") {
        self.score = score
        self.limit = limit
        self.share = share
        self.state = state
    }

    /// Whether the window is outside the machine's normal sound.
    public var isNovel: Bool { score > limit }

    /// Whether its numbers are numbers; others must not reach a stored state.
    var isUsable: Bool { score.isFinite && limit.isFinite && (0...1).contains(share) }
}
