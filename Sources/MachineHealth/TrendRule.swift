// When a repeated label becomes an alarm, and when the alarm is over.
import Foundation

/// The thresholds and counts a trend tracker decides by.
public struct TrendRule: Hashable, Sendable, Codable {
    /// Below this top confidence a window is "undetermined": it counts for nothing and breaks a run. 0...1.
    public var validAbove: Double
    /// A window counts towards a fault's run when that fault is on top with a confidence above this. 0...1.
    public var confidence: Double
    /// Counting windows that raise the alarm (ISA-18.2 on-delay), consecutive unless `within` says otherwise. At least 1.
    public var consecutive: Int
    /// Judged windows among which so many must count; nil: as many as must count, so one after the other.
    public var within: Int?
    /// Consecutive clear windows that end the alarm condition (off-delay). At least 1.
    public var clearAfter: Int
    /// A window is clear for a fault when that fault's score is below this (dead band). 0...confidence.
    public var clearBelow: Double
    /// Seconds without a classified window after which what is known about the machine is stale.
    public var staleAfterSeconds: Double
    /// Where the machine's normal sound is enrolled, a window counts only if it is unlike that sound.
    public var noveltyGuard: Bool
    /// What becomes of the alarm once it is raised.
    public var alarm: AlarmRule

    /// Makes a rule; the defaults are those of the documentation.
    public init(
        validAbove: Double = 0.70,
        confidence: Double = 0.75,
        consecutive: Int = 3,
        clearAfter: Int = 3,
        clearBelow: Double = 0.65,
        staleAfterSeconds: Double = 60,
        within: Int? = nil,
        noveltyGuard: Bool = true,
        alarm: AlarmRule = AlarmRule()
    ) {
        self.validAbove = validAbove
        self.confidence = confidence
        self.consecutive = consecutive
        self.clearAfter = clearAfter
        self.clearBelow = clearBelow
        self.staleAfterSeconds = staleAfterSeconds
        self.within = within
        self.noveltyGuard = noveltyGuard
        self.alarm = alarm
    }

    /// Judged windows among which `consecutive` must count (the M of N of M).
    public var span: Int { within ?? consecutive }

    /// Whether windows that do not count may lie between those that do.
    public var isSpread: Bool { span > consecutive }
}
