// When a repeated label becomes an alarm, and when the alarm is over.
import Foundation

/// The thresholds and counts a trend tracker decides by.
public struct TrendRule: Hashable, Sendable, Codable {
    /// Below this top confidence a window is "undetermined": it counts for nothing and breaks a run. 0...1.
    public var validAbove: Double
    /// A window counts towards a fault's run when that fault is on top with a confidence above this. 0...1.
    public var confidence: Double
    /// Consecutive counting windows that raise the alarm (ISA-18.2 on-delay). At least 1.
    public var consecutive: Int
    /// Consecutive clear windows that end the alarm condition (off-delay). At least 1.
    public var clearAfter: Int
    /// A window is clear for a fault when that fault's score is below this (dead band). 0...confidence.
    public var clearBelow: Double
    /// Seconds without a classified window after which what is known about the machine is stale.
    public var staleAfterSeconds: Double

    /// Makes a rule; the defaults are those of the documentation.
    public init(
        validAbove: Double = 0.70,
        confidence: Double = 0.75,
        consecutive: Int = 3,
        clearAfter: Int = 3,
        clearBelow: Double = 0.65,
        staleAfterSeconds: Double = 60
    ) {
        self.validAbove = validAbove
        self.confidence = confidence
        self.consecutive = consecutive
        self.clearAfter = clearAfter
        self.clearBelow = clearBelow
        self.staleAfterSeconds = staleAfterSeconds
    }
}
