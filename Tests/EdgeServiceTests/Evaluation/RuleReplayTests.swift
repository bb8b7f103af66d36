// How many alarms windows in a row would raise.
import MachineHealth
import Testing

@testable import EdgeService

@Suite struct RuleReplayTests {
    private let replay = RuleReplay(rule: TrendRule(), hopSeconds: 5)

    private func alarms(_ pattern: String) -> Int { replay.alarms(isStrange: pattern.map { $0 == "x" }) }

    @Test(arguments: [
        ("", 0), ("xx", 0), ("xx.xx.xx", 0), ("xxx", 1), ("xxxxxxx", 1), ("xxx..xxx", 1), ("xxx...xxx", 2),
        ("xxx..x...xxx", 2),
    ])
    func runsAreAlarmsOnce(pattern: String, count: Int) {
        #expect(alarms(pattern) == count)
    }

    @Test func labelsRaiseByTheServicesOwnRule() throws {
        func windows(_ confidences: [Double]) -> [(probabilities: [Double], novelty: Novelty?)] {
            confidences.map { ([1 - $0, $0], nil) }
        }
        let conditions: [RecordingCondition] = [.normal, .anomalous]
        #expect(try replay.alarms(conditions: conditions, windows: windows([0.9, 0.9, 0.9])) == 1)
        #expect(try replay.alarms(conditions: conditions, windows: windows([0.9, 0.9, 0.74, 0.9, 0.9])) == 0)
        let again = [0.9, 0.9, 0.9, 0.1, 0.1, 0.1, 0.8, 0.8, 0.8]
        #expect(try replay.alarms(conditions: conditions, windows: windows(again)) == 2)
        #expect(try replay.alarms(conditions: [.anomalous, .anomalous], windows: windows([0.9, 0.9, 0.9])) == 1)
        #expect(try replay.alarms(conditions: [.normal, .other], windows: windows([0.9, 0.9, 0.9])) == 0)
    }

    @Test func alarmsAreScaledToAMonthWithTheirDoubt() {
        let none = FalseAlarmFigures(alarms: 0, hours: 730.5)
        #expect(none.perMachineMonth == 0)
        #expect(none.low == 0)
        #expect((none.high - 3.6889).magnitude < 1e-4)  // scipy.stats.chi2.ppf(0.975, 2) / 2
        let two = FalseAlarmFigures(alarms: 2, hours: 73.05)
        #expect((two.perMachineMonth - 20).magnitude < 1e-9)
        #expect(two.low < 20 && two.high > 20)
    }
}
