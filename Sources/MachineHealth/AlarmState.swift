// The states an alarm can be in (ISA-18.2 / IEC 62682).

/// State of one alarm (one fault label of one machine).
public enum AlarmState: String, Sendable, Codable, CaseIterable {
    case normal
    case unackActive = "unack_active"
    case ackActive = "ack_active"
    case rtnUnack = "rtn_unack"
    /// A latching alarm that is over and acknowledged, and waits for a reset.
    case latchedAck = "latched_ack"
    /// Hidden by an operator, for a time.
    case shelved
    /// Hidden by logic: what is heard says nothing about the machine at present.
    case suppressed
    /// Hidden for maintenance, until somebody takes it back into service.
    case outOfService = "out_of_service"

    /// Whether the fault is present and shown in this state.
    public var isActive: Bool { self == .unackActive || self == .ackActive }

    /// Whether the alarm is hidden in this state while its condition is followed all the same.
    public var isHidden: Bool {
        switch self {
        case .shelved, .suppressed, .outOfService: true
        case .normal, .unackActive, .ackActive, .rtnUnack, .latchedAck: false
        }
    }
}

/// How far a value can be trusted.
public enum Quality: String, Sendable, Codable {
    case good
    /// The machine has not been heard for a while; the value is the last one known.
    case stale
}
