// How much sound is remembered, and how long clips are kept.

/// What a configuration says about evidence.
public struct EvidenceSettings: Hashable, Sendable {
    /// Whether sound is remembered at all.
    public var isOn: Bool
    /// Sound remembered per machine.
    public var ringSeconds: Double
    /// Sound kept before the first window concerned.
    public var beforeSeconds: Double
    /// Sound kept after the last window concerned.
    public var afterSeconds: Double
    /// Age after which clips are deleted.
    public var retainSeconds: Double
    /// Bytes of all clips above which the oldest are deleted.
    public var maxBytes: Int
    /// Clips above which the oldest are deleted.
    public var maxClips: Int

    /// Makes settings; the defaults are those of the documentation.
    public init(
        isOn: Bool = true,
        ringSeconds: Double = 60,
        beforeSeconds: Double = 10,
        afterSeconds: Double = 10,
        retainSeconds: Double = 30 * 86_400,
        maxBytes: Int = 2_000_000_000,
        maxClips: Int = 10_000
    ) {
        self.isOn = isOn
        self.ringSeconds = ringSeconds
        self.beforeSeconds = beforeSeconds
        self.afterSeconds = afterSeconds
        self.retainSeconds = retainSeconds
        self.maxBytes = maxBytes
        self.maxClips = maxClips
    }

    /// The longest clip there can be.
    var longestClipSeconds: Double { ringSeconds + afterSeconds }
}
