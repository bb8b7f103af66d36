// The states an alarm can be in (ISA-18.2 / IEC 62682).

/// State of one alarm (one fault label of one machine).
///
/// This version moves between the first four; shelving, suppression, latching and out of service keep their names here
/// so that stored rows and topics need no change when they arrive.
public enum AlarmState: String, Sendable, Codable, CaseIterable {
    case normal
    case unackActive = "unack_active"
    case ackActive = "ack_active"
    case rtnUnack = "rtn_unack"
    case latchedAck = "latched_ack"
    case shelved
    case suppressed
    case outOfService = "out_of_service"

    /// Whether the fault condition is present in this state.
    public var isActive: Bool { self == .unackActive || self == .ackActive }
}

/// How far a value can be trusted.
public enum Quality: String, Sendable, Codable {
    case good
    /// The machine has not been heard for a while; the value is the last one known.
    case stale
}
