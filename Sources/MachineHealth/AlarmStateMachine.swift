// The table of alarm states that are shown (ISA-18.2 / IEC 62682): what each input does in each of them.

/// What can happen to an alarm.
public enum AlarmInput: Sendable, CaseIterable {
    /// The fault condition has held for the rule's run of windows (on-delay).
    case conditionRaised
    /// The fault has been clear for the rule's run of windows (off-delay).
    case conditionCleared
    /// An operator acknowledges this instance.
    case acknowledge
    /// An operator resets a latched alarm.
    case reset
    /// An acknowledged alarm that still stands asks for attention again: its time is over, or it got worse.
    case realarm
}

/// What an input does to a state.
public enum AlarmStep: Hashable, Sendable {
    /// The alarm moves on; `newInstance` says that this is a fresh raise and needs an id of its own.
    case move(to: AlarmState, newInstance: Bool)
    /// What is beneath a hidden alarm changed; what is shown did not.
    case noted
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
    /// The alarm is shelved, suppressed or out of service.
    case hidden
    /// There is nothing to reset: the alarm is not latched.
    case notLatched
    /// The fault is present, so there is nothing to reset yet.
    case conditionPresent
    /// The fault is over and the alarm waits for its acknowledgement, not for a reset.
    case notAcknowledged
    /// Not on the shelf.
    case notShelved
    /// Not suppressed.
    case notSuppressed
    /// In service already.
    case notOutOfService
    /// Longer than an alarm may be shelved, or no time at all.
    case shelvingTime
    /// An acknowledgement or a reset has to name the instance.
    case instanceNeeded
}

/// The pure table: no instance, no time, no memory. `AlarmSituation` adds what hides an alarm.
///
/// | state | raised | cleared | acknowledge | reset | realarm |
/// |---|---|---|---|---|---|
/// | normal | unack_active (new id) | stays | refused | refused | stays |
/// | unack_active | stays | rtn_unack | ack_active | refused | stays |
/// | ack_active | stays | normal (latching: latched_ack) | refused | refused | unack_active (new id) |
/// | rtn_unack | unack_active (new id) | stays | normal (latching: latched_ack) | refused | stays |
/// | latched_ack | unack_active (new id) | stays | refused | normal | stays |
///
/// A raise from rtn_unack or latched_ack and a re-alarm are new instances too: an acknowledgement on its way for the
/// earlier one must not hit a fault that came back, or got worse, and that its sender has not seen.
public enum AlarmStateMachine {
    /// What an input does in a state that is shown; in a hidden one every input is refused.
    public static func step(_ state: AlarmState, _ input: AlarmInput, isLatching: Bool = false) -> AlarmStep {
        let over = AlarmStep.move(to: isLatching ? .latchedAck : .normal, newInstance: false)
        return switch (state, input) {
        case (.normal, .conditionRaised), (.rtnUnack, .conditionRaised), (.latchedAck, .conditionRaised),
            (.ackActive, .realarm):
            .move(to: .unackActive, newInstance: true)
        case (.unackActive, .conditionRaised), (.ackActive, .conditionRaised): .stay
        case (.unackActive, .conditionCleared): .move(to: .rtnUnack, newInstance: false)
        case (.ackActive, .conditionCleared): over
        case (.normal, .conditionCleared), (.rtnUnack, .conditionCleared), (.latchedAck, .conditionCleared): .stay
        case (.unackActive, .acknowledge): .move(to: .ackActive, newInstance: false)
        case (.rtnUnack, .acknowledge): over
        case (.normal, .acknowledge): .refuse(.notStanding)
        case (.ackActive, .acknowledge), (.latchedAck, .acknowledge): .refuse(.alreadyAcknowledged)
        case (.latchedAck, .reset): .move(to: .normal, newInstance: false)
        case (.normal, .reset): .refuse(.notLatched)
        case (.unackActive, .reset), (.ackActive, .reset): .refuse(.conditionPresent)
        case (.rtnUnack, .reset): .refuse(.notAcknowledged)
        case (.normal, .realarm), (.unackActive, .realarm), (.rtnUnack, .realarm), (.latchedAck, .realarm): .stay
        case (.shelved, _), (.suppressed, _), (.outOfService, _): .refuse(.hidden)
        }
    }
}
