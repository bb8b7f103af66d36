// Which alarm of one list is which of the other.
import Dashboard
import Foundation
import Testing

@testable import EdgeService

@Suite struct AlarmComparisonTests {
    private let origin = Date(timeIntervalSince1970: 1_795_341_600)

    private func alarm(_ raised: Double, _ cleared: Double?, _ label: String = "a") -> ReplayAlarm {
        ReplayAlarm(
            label: label,
            raised: origin.addingTimeInterval(raised),
            cleared: cleared.map { origin.addingTimeInterval($0) }
        )
    }

    private func changes(_ before: [ReplayAlarm], _ after: [ReplayAlarm], slack: Double = 30) -> [String] {
        AlarmComparison.compare(before: before, after: after, since: origin, slackSeconds: slack)
            .map { "\($0.label) \($0.change.rawValue) \($0.shiftS.map { "\(Int($0))" } ?? "-")" }
    }

    @Test func alarmsThatShareTimeAreOne() {
        #expect(changes([alarm(100, 200)], [alarm(100, 200)]) == ["a same 0"])
        #expect(changes([alarm(100, 200)], [alarm(140, 200)]) == ["a later 40"])
        #expect(changes([alarm(100, nil)], [alarm(40, nil)]) == ["a earlier -60"])
        #expect(changes([alarm(100, 200)], []) == ["a gone -"])
        #expect(changes([], [alarm(100, 200)]) == ["a new -"])
        #expect(changes([], []).isEmpty)
    }

    @Test func otherLabelsAndOtherTimesAreOthers() {
        #expect(changes([alarm(100, 200)], [alarm(100, 200, "b")]) == ["a gone -", "b new -"])
        #expect(changes([alarm(100, 200)], [alarm(231, 300)]) == ["a gone -", "a new -"])
        #expect(changes([alarm(100, 200)], [alarm(229, 300)]) == ["a later 129"], "within the slack")
    }

    /// One long alarm falls apart into two: the first is it, the second is new.
    @Test func alarmsArePairedOnce() {
        #expect(changes([alarm(100, 900)], [alarm(100, 300), alarm(500, 900)]) == ["a same 0", "a new -"])
        #expect(changes([alarm(100, 300), alarm(500, 900)], [alarm(100, 900)]) == ["a same 0", "a gone -"])
    }

    @Test func whatStoodAtTheStartIsTheSameHoweverItBegan() {
        #expect(changes([alarm(-500, 200)], [alarm(-300, 100)]) == ["a same 0"])
        #expect(changes([alarm(-500, 200)], [alarm(20, 100)]) == ["a later 520"])
    }
}
