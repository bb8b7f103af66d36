// Key figures of alarms: rate, floods, chattering, standing; against counts made plainly.
import Foundation
import MachineHealth
import Testing

private typealias Support = HealthSupport

@Suite struct AlarmStatisticsTests {
    private static func at(_ seconds: Double) -> Date { Support.beginning.addingTimeInterval(seconds) }

    private func step(
        _ seconds: Double,
        _ from: AlarmState,
        _ to: AlarmState,
        machine: String = "c1",
        id: UInt64 = 1,
        user: String? = nil
    ) -> AlarmTransition {
        AlarmTransition(
            machine: machine,
            label: Support.oil,
            alarmID: NumberedIDs.id(id),
            from: from,
            to: to,
            time: Self.at(seconds),
            user: user
        )
    }

    private func statistics(
        _ steps: [AlarmTransition],
        records: [AlarmRecord] = [],
        hours: Double = 24
    ) -> AlarmStatistics {
        AlarmStatistics(steps: steps, records: records, since: Self.at(0), until: Self.at(hours * 3_600))
    }

    @Test func nothingIsNothing() {
        let figures = statistics([])
        #expect(figures.count == 0 && figures.perHour == 0 && figures.mostPerHour == 0)
        #expect(figures.floods.isEmpty && figures.chattering.isEmpty && figures.frequent.isEmpty)
        #expect(figures.acknowledgeMedianSeconds == nil)
    }

    @Test func whatAsksForAttentionIsCounted() {
        let figures = statistics([
            step(-1, .normal, .unackActive), step(0, .normal, .unackActive),
            step(60, .unackActive, .ackActive, user: "a"),
            step(3_600, .shelved, .unackActive), step(3_700, .normal, .unackActive, machine: "c2"),
            step(7_200, .unackActive, .rtnUnack, machine: "c2"), step(86_400, .normal, .unackActive),
        ])
        #expect(figures.count == 3)
        #expect(figures.perHour == 3.0 / 24)
        #expect(figures.mostPerHour == 2)
        #expect(figures.frequent.map(\.source.machine) == ["c1", "c2"])
        #expect(figures.frequent.map(\.count) == [2, 1])
        #expect(figures.acknowledgeMedianSeconds == 60)
    }

    @Test(arguments: [(9, 60.0, 0), (10, 60, 1), (10, 66.6, 1), (10, 67, 0), (25, 60, 1)])
    func aFloodIsTenInTenMinutes(alarms: Int, apart: Double, floods: Int) {
        let figures = statistics((0..<alarms).map { step(Double($0) * apart, .normal, .unackActive) })
        #expect(figures.floods.count == floods)
        if floods > 0 {
            #expect(figures.floods.map(\.count) == [alarms])
            #expect(figures.floods.map(\.start) == [Self.at(0)])
            #expect(figures.floods.map(\.end) == [Self.at(Double(alarms - 1) * apart)])
        }
    }

    @Test func floodsApartAreTwo() {
        let burst = { (start: Double) in (0..<10).map { self.step(start + Double($0), .normal, .unackActive) } }
        #expect(statistics(burst(0) + burst(5_000)).floods.map(\.count) == [10, 10])
    }

    @Test func chatteringIsThreeStepsAMinuteOfTheFaultItself() {
        let fast = [
            step(0, .normal, .unackActive), step(20, .unackActive, .rtnUnack), step(59, .rtnUnack, .unackActive, id: 2),
        ]
        let figures = statistics(fast)
        #expect(figures.chattering.map(\.mostPerMinute) == [3])
        #expect(figures.chattering.map(\.at) == [Self.at(0)])
        let slow = fast.dropLast() + [step(61, .rtnUnack, .unackActive, id: 2)]
        #expect(statistics(Array(slow)).chattering.isEmpty)
        let operators = [
            step(0, .normal, .unackActive), step(1, .unackActive, .ackActive, user: "a"),
            step(2, .ackActive, .shelved, user: "a"), step(3, .shelved, .ackActive, user: "a"),
        ]
        #expect(statistics(operators).chattering.isEmpty)
    }

    @Test func standingIsMoreThanADay() {
        func record(_ label: LabelID, _ state: AlarmState, since seconds: Double) -> AlarmRecord {
            AlarmRecord(
                machine: "c1",
                label: label,
                state: state,
                alarmID: NumberedIDs.id(1),
                since: Self.at(seconds),
                required: 3,
                severity: .warning
            )
        }
        let figures = statistics(
            [],
            records: [
                record(Support.oil, .ackActive, since: -1), record(Support.valve, .unackActive, since: 0),
                record(Support.other, .rtnUnack, since: -1e6), record(Support.normal, .normal, since: -1e6),
            ]
        )
        #expect(figures.standing.map(\.label) == [Support.oil])
        #expect(figures.states == [.ackActive: 1, .unackActive: 1, .rtnUnack: 1, .normal: 1])
    }

    @Test(arguments: 0..<50)
    func randomStretchesAgreeWithPlainCounting(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let seconds = (0..<120).map { _ in Double.random(in: 0...9_000, using: &generator).rounded() }.sorted()
        let figures = statistics(seconds.map { step($0, .normal, .unackActive) })
        let perHour = seconds.map { first in seconds.count { $0 >= first && $0 <= first + 3_600 } }.max()
        #expect(figures.mostPerHour == perHour)
        // A moment is in a flood where some ten alarms around it fit into ten minutes.
        let flooded = seconds.indices.filter { index in
            (max(0, index - 9)...index).contains { first in
                first + 9 < seconds.count && seconds[first + 9] - seconds[first] <= 600
            }
        }
        #expect(figures.floods.reduce(0) { $0 + $1.count } == flooded.count)
        let chattering = seconds.indices.contains { $0 + 2 < seconds.count && seconds[$0 + 2] - seconds[$0] <= 60 }
        #expect(figures.chattering.isEmpty == !chattering)
    }
}
