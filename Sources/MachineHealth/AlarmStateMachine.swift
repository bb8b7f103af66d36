// The table of alarm states (ISA-18.2 / IEC 62682): what each input does in each state.

/// What can happen to an alarm.
public enum AlarmInput: Sendable, CaseIterable {
    /// The fault condition has held for the rule's run of windows.
    case conditionRaised
    /// The fault has been clear for the rule's run of windows.
    case conditionCleared
    /// An operator acknowledges this instance.
    case acknowledge
}

/// What an input does to a state.
public enum AlarmStep: Hashable, Sendable {
    /// The alarm moves on; `newInstance` says that this is a fresh raise and needs an id of its own.
    case move(to: AlarmState, newInstance: Bool)
    /// Nothing changes.
    case stay
    /// The input makes no sense here.
    case refuse(AlarmRefusal)
}

/// Why an input is refused.
public enum AlarmRefusal: String, Hashable, Sendable, Codable {
    /// There is nothing to acknowledge: the alarm is normal.
    case notStanding
    /// Acknowledged before.
    case alreadyAcknowledged
    /// The state keeps its name for later versions; this one has no steps out of it.
    case reservedState
}

/// The pure table: no instance, no time, no memory.
///
/// | state | raised | cleared | acknowledge |
/// |---|---|---|---|
/// | normal | unack_active (new id) | stays | refused |
/// | unack_active | stays | rtn_unack | ack_active |
/// | ack_active | stays | normal | refused |
/// | rtn_unack | unack_active (new id) | stays | normal |
/// | latched_ack, shelved, suppressed, out_of_service | refused | refused | refused |
///
/// A raise from rtn_unack is a new instance too: an acknowledgement on its way for the earlier one must not hit a
/// fault that came back and that its sender has not seen.
public enum AlarmStateMachine {
    /// The states this version moves between.
    public static let supportedStates: Set<AlarmState> = [.normal, .unackActive, .ackActive, .rtnUnack]

    /// What an input does in a state.
    public static func step(_ state: AlarmState, _ input: AlarmInput) -> AlarmStep {
        switch (state, input) {
        case (.normal, .conditionRaised), (.rtnUnack, .conditionRaised): .move(to: .unackActive, newInstance: true)
        case (.unackActive, .conditionRaised), (.ackActive, .conditionRaised): .stay
        case (.unackActive, .conditionCleared): .move(to: .rtnUnack, newInstance: false)
        case (.ackActive, .conditionCleared): .move(to: .normal, newInstance: false)
        case (.normal, .conditionCleared), (.rtnUnack, .conditionCleared): .stay
        case (.unackActive, .acknowledge): .move(to: .ackActive, newInstance: false)
        case (.rtnUnack, .acknowledge): .move(to: .normal, newInstance: false)
        case (.normal, .acknowledge): .refuse(.notStanding)
        case (.ackActive, .acknowledge): .refuse(.alreadyAcknowledged)
        case (.latchedAck, _), (.shelved, _), (.suppressed, _), (.outOfService, _): .refuse(.reservedState)
        }
    }
}
