// The alarm table, every state with every input.
import MachineHealth
import Testing

@Suite struct AlarmStateMachineTests {
    struct Row: Sendable {
        let state: AlarmState
        let raised: AlarmStep
        let cleared: AlarmStep
        let acknowledge: AlarmStep
    }

    static let reserved = AlarmStep.refuse(.reservedState)

    static let table = [
        Row(
            state: .normal,
            raised: .move(to: .unackActive, newInstance: true),
            cleared: .stay,
            acknowledge: .refuse(.notStanding)
        ),
        Row(
            state: .unackActive,
            raised: .stay,
            cleared: .move(to: .rtnUnack, newInstance: false),
            acknowledge: .move(to: .ackActive, newInstance: false)
        ),
        Row(
            state: .ackActive,
            raised: .stay,
            cleared: .move(to: .normal, newInstance: false),
            acknowledge: .refuse(.alreadyAcknowledged)
        ),
        Row(
            state: .rtnUnack,
            raised: .move(to: .unackActive, newInstance: true),
            cleared: .stay,
            acknowledge: .move(to: .normal, newInstance: false)
        ),
        Row(state: .latchedAck, raised: reserved, cleared: reserved, acknowledge: reserved),
        Row(state: .shelved, raised: reserved, cleared: reserved, acknowledge: reserved),
        Row(state: .suppressed, raised: reserved, cleared: reserved, acknowledge: reserved),
        Row(state: .outOfService, raised: reserved, cleared: reserved, acknowledge: reserved),
    ]

    @Test(arguments: table)
    func everyInputInEveryState(row: Row) {
        #expect(AlarmStateMachine.step(row.state, .conditionRaised) == row.raised)
        #expect(AlarmStateMachine.step(row.state, .conditionCleared) == row.cleared)
        #expect(AlarmStateMachine.step(row.state, .acknowledge) == row.acknowledge)
    }

    @Test func theTableNamesEveryStateOnce() {
        #expect(Self.table.map(\.state) == AlarmState.allCases)
        #expect(AlarmInput.allCases.count == 3)
    }

    @Test func onlySupportedStatesAreEntered() {
        for state in AlarmState.allCases {
            for input in AlarmInput.allCases {
                if case .move(let next, let isNew) = AlarmStateMachine.step(state, input) {
                    #expect(AlarmStateMachine.supportedStates.contains(next))
                    #expect(isNew == (input == .conditionRaised))
                }
            }
        }
    }

    @Test func anUnacknowledgedAlarmOnlyLeavesByAcknowledgement() {
        for state in [AlarmState.unackActive, .rtnUnack] {
            for input in [AlarmInput.conditionRaised, .conditionCleared] {
                if case .move(let next, _) = AlarmStateMachine.step(state, input) { #expect(next != .normal) }
            }
        }
    }
}
