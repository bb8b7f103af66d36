// What becomes of an alarm once it is raised: latching, shelving, re-alarm, escalation, suppression.

/// How the alarm of a label behaves beyond its thresholds.
public struct AlarmRule: Hashable, Sendable, Codable {
    /// Whether it stays, once over and acknowledged, until somebody resets it.
    public var isLatching: Bool
    /// The longest time an operator may shelve it, in seconds.
    public var shelveMaxSeconds: Double
    /// Seconds after its acknowledgement at which it asks again, if the fault is still present; nil never.
    public var realarmAfterSeconds: Double?
    /// Seconds of the fault's presence after which its severity rises by a step; nil never.
    public var escalateAfterSeconds: Double?
    /// Whether the machine's context (stopped, starting, disturbed) suppresses it.
    public var followsContext: Bool

    /// Makes a rule; the defaults are those of the documentation.
    public init(
        isLatching: Bool = false,
        shelveMaxSeconds: Double = 8 * 3_600,
        realarmAfterSeconds: Double? = nil,
        escalateAfterSeconds: Double? = nil,
        followsContext: Bool = true
    ) {
        self.isLatching = isLatching
        self.shelveMaxSeconds = shelveMaxSeconds
        self.realarmAfterSeconds = realarmAfterSeconds
        self.escalateAfterSeconds = escalateAfterSeconds
        self.followsContext = followsContext
    }
}

/// How soon an alarm wants an operator; four levels, as ISA-18.2 advises.
public enum AlarmPriority: String, Hashable, Sendable, Codable, CaseIterable, Comparable {
    case low
    case medium
    case high
    case urgent

    /// The priority of a label that names none.
    public init(_ severity: Severity) {
        switch severity {
        case .advisory: self = .low
        case .warning: self = .medium
        case .critical: self = .high
        }
    }

    public static func < (left: AlarmPriority, right: AlarmPriority) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .low: 0
        case .medium: 1
        case .high: 2
        case .urgent: 3
        }
    }
}

extension Severity {
    /// The next worse severity; critical stays.
    var escalated: Severity {
        switch self {
        case .advisory: .warning
        case .warning, .critical: .critical
        }
    }
}
