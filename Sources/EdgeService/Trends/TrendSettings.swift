// How trends are followed and when they warn: the configuration's section `trend`.

/// Settings of the trends, the same for all machines.
public struct TrendSettings: Hashable, Sendable {
    /// Whether trends are followed at all.
    public var isOn = true
    /// Whether a forecast within `warnWithinSeconds` is told as an event.
    public var warns = true
    /// Seconds after which a window weighs a third in the smoothed values.
    public var memorySeconds = 6 * 3_600.0
    /// Longest history a forecast looks at.
    public var historySeconds = 3 * 86_400.0
    /// A warning is given where the whole interval of a forecast lies within this time.
    public var warnWithinSeconds = 7 * 86_400.0

    /// Makes the default settings.
    public init() {}
}
