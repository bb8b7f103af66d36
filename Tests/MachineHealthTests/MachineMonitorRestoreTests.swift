// Restarts: stored at any moment, continued as if nothing had happened.
import Foundation
import MachineHealth
import Testing

private typealias Support = HealthSupport

@Suite struct MachineMonitorRestoreTests {
    private static let life =
        "N90 O80 O80 O71 O80 O80 O80 O80 N90 I N60 N90 O70 N90 N90 N90 V80 V80 V80 O80 O80 O80 N90 X90 N90 I I V99"

    @Test func aRestartAtAnyMomentContinuesTheSame() throws {
        let windows = Support.windows(Self.life)
        let ids = NumberedIDs()
        var monitor = try Support.monitor(ids: ids)
        let expected = windows.map { monitor.observe($0) }
        for stop in 0...windows.count {
            let ids = NumberedIDs()
            var first = try Support.monitor(ids: ids)
            var actions = windows.prefix(stop).map { first.observe($0) }
            let data = try JSONEncoder().encode(first.snapshot)
            var second = try Support.monitor(ids: ids)
            let orphans = try second.restore(JSONDecoder().decode(MachineMonitorSnapshot.self, from: data))
            #expect(orphans.isEmpty)
            #expect(second.snapshot == first.snapshot)
            actions += windows.dropFirst(stop).map { second.observe($0) }
            #expect(actions == expected, "stopped before window \(stop)")
        }
    }

    @Test func recordsAloneKeepAlarmsAndStartRunsAnew() throws {
        var first = try Support.monitor()
        for window in Support.windows("V80 V80 V80 O80 O80") { _ = first.observe(window) }
        var second = try Support.monitor(ids: NumberedIDs())
        #expect(try second.restore(records: first.records).isEmpty)
        #expect(second.records.first { $0.label == Support.valve }?.state == .unackActive)
        #expect(second.health.standingAlarms.count == 1)
        #expect(second.health.grade == .unknown)
        let actions = Support.windows("O80", from: 5).flatMap { second.observe($0) }
        #expect(actions.transitions.isEmpty)
        let rest = Support.windows("O80 O80", from: 6).flatMap { second.observe($0) }
        #expect(rest.transitions.map(\.label) == [Support.oil, Support.valve])
        #expect(rest.transitions.map(\.to) == [.unackActive, .rtnUnack])
    }

    @Test func recordsWinOverAnOlderSnapshot() throws {
        var monitor = try Support.monitor()
        for window in Support.windows("O80 O80 O80") { _ = monitor.observe(window) }
        let old = monitor.snapshot
        let id = try #require(monitor.records.first { $0.label == Support.oil }?.alarmID)
        _ = try monitor.acknowledge(alarmID: id, user: "anna", at: Support.time(5)).get()
        var second = try Support.monitor(ids: NumberedIDs())
        _ = try second.restore(old)
        _ = try second.restore(records: monitor.records)
        #expect(second.records.first { $0.label == Support.oil }?.state == .ackActive)
        #expect(Support.windows("O80 O80", from: 3).flatMap { second.observe($0) }.transitions.isEmpty)
        #expect(second.health.standingAlarms.map(\.state) == [.ackActive])
    }

    @Test func aRemovedLabelsAlarmIsHandedBack() throws {
        var first = try Support.monitor()
        for window in Support.windows("O80 O80 O80 V80 V80") { _ = first.observe(window) }
        let vocabulary = try LabelVocabulary(
            profile: "compressor",
            labels: Support.vocabulary().labels.filter { $0.id != Support.oil }
        )
        var second = MachineMonitor(
            machine: "c1",
            vocabulary: vocabulary,
            rules: TrendRules(),
            startingAt: Support.time(5)
        )
        let orphans = try second.restore(first.snapshot)
        #expect(orphans.map(\.label) == [Support.oil])
        #expect(second.records.map(\.label) == [Support.valve])
        #expect(second.tracker.consecutive(Support.valve) == 2)
    }

    @Test func aChangedRuleHoldsFromTheNextWindowOn() throws {
        var first = try Support.monitor()
        for window in Support.windows("O80 O80") { _ = first.observe(window) }
        var second = try Support.monitor(rules: TrendRules(machine: TrendRule(consecutive: 5)), ids: NumberedIDs())
        _ = try second.restore(first.snapshot)
        #expect(second.records.map(\.required) == [5, 5])
        let actions = Support.windows("O80 O80 O80", from: 2).map { second.observe($0).transitions.count }
        #expect(actions == [0, 0, 1])
    }

    @Test func unknownStatesAndForeignSnapshotsAreRefused() throws {
        var monitor = try Support.monitor()
        let before = monitor.snapshot
        for (state, words) in [(AlarmState.shelved, "shelved"), (.outOfService, "out_of_service")] {
            let record = AlarmRecord(
                machine: "c1",
                label: Support.oil,
                state: state,
                alarmID: NumberedIDs.id(7),
                since: Support.time(0),
                required: 3,
                severity: .warning
            )
            let error = try #require(throws: MonitorRestoreError.self) { _ = try monitor.restore(records: [record]) }
            #expect(error.description.contains(words))
        }
        let nameless = AlarmRecord(
            machine: "c1",
            label: Support.oil,
            state: .unackActive,
            since: Support.time(0),
            required: 3,
            severity: .warning
        )
        #expect(throws: MonitorRestoreError.self) { _ = try monitor.restore(records: [nameless]) }
        #expect(monitor.snapshot == before)
        var other = MachineMonitor(
            machine: "c2",
            vocabulary: try Support.vocabulary(),
            rules: TrendRules(),
            startingAt: Support.time(0)
        )
        #expect(throws: MonitorRestoreError.self) { _ = try other.restore(before) }
    }
}
