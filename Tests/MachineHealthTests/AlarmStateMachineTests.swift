// The table of shown alarm states, every state with every input.
import MachineHealth
import Testing

@Suite struct AlarmStateMachineTests {
    struct Row: Sendable {
        let state: AlarmState
        /// Steps by input, in the order of `AlarmInput.allCases`: raised, cleared, acknowledge, reset, realarm.
        let plain: [AlarmStep]
        /// Where a latching alarm differs.
        var latching: [AlarmInput: AlarmStep] = [:]
    }

    private static let raise = AlarmStep.move(to: .unackActive, newInstance: true)
    private static let latch = AlarmStep.move(to: .latchedAck, newInstance: false)
    private static let hidden = Array(repeating: AlarmStep.refuse(.hidden), count: 5)

    private static func to(_ state: AlarmState) -> AlarmStep { .move(to: state, newInstance: false) }

    static let table = [
        Row(state: .normal, plain: [raise, .stay, .refuse(.notStanding), .refuse(.notLatched), .stay]),
        Row(state: .unackActive, plain: [.stay, to(.rtnUnack), to(.ackActive), .refuse(.conditionPresent), .stay]),
        Row(
            state: .ackActive,
            plain: [.stay, to(.normal), .refuse(.alreadyAcknowledged), .refuse(.conditionPresent), raise],
            latching: [.conditionCleared: latch]
        ),
        Row(
            state: .rtnUnack,
            plain: [raise, .stay, to(.normal), .refuse(.notAcknowledged), .stay],
            latching: [.acknowledge: latch]
        ),
        Row(state: .latchedAck, plain: [raise, .stay, .refuse(.alreadyAcknowledged), to(.normal), .stay]),
        Row(state: .shelved, plain: hidden),
        Row(state: .suppressed, plain: hidden),
        Row(state: .outOfService, plain: hidden),
    ]

    @Test(arguments: table)
    func everyInputInEveryState(row: Row) {
        for (input, expected) in zip(AlarmInput.allCases, row.plain) {
            #expect(AlarmStateMachine.step(row.state, input) == expected)
            #expect(AlarmStateMachine.step(row.state, input, isLatching: true) == row.latching[input] ?? expected)
        }
    }

    @Test func theTableNamesEveryStateOnce() {
        #expect(Self.table.map(\.state) == AlarmState.allCases)
        #expect(Self.table.allSatisfy { $0.plain.count == AlarmInput.allCases.count })
    }

    @Test(arguments: [false, true])
    func newInstancesAreThoseThatAskAnew(isLatching: Bool) {
        for state in AlarmState.allCases {
            for input in AlarmInput.allCases {
                guard case .move(let next, let isNew) = AlarmStateMachine.step(state, input, isLatching: isLatching)
                else { continue }
                #expect(!next.isHidden)
                #expect(isNew == (next == .unackActive))
                #expect(isNew == (input == .conditionRaised || input == .realarm))
            }
        }
    }

    @Test(arguments: [false, true])
    func anUnacknowledgedAlarmOnlyLeavesByAcknowledgement(isLatching: Bool) {
        for state in [AlarmState.unackActive, .rtnUnack] {
            for input in AlarmInput.allCases where input != .acknowledge {
                if case .move(let next, _) = AlarmStateMachine.step(state, input, isLatching: isLatching) {
                    #expect([.unackActive, .rtnUnack].contains(next))
                }
            }
        }
    }
}
