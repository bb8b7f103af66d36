// Operators' orders and the passing of time: shelves, maintenance, latches, re-alarm and escalation.
import Foundation
import MachineHealth
import Testing

private typealias Support = HealthSupport

@Suite struct AlarmOrderTests {
    private static let hour = 3_600.0

    private func monitor(_ alarm: AlarmRule = AlarmRule()) throws -> MachineMonitor {
        try Support.monitor(rules: TrendRules(machine: TrendRule(staleAfterSeconds: 1e9, alarm: alarm)))
    }

    private func run(_ monitor: inout MachineMonitor, _ forms: String, from first: Double = 0) -> [HealthAction] {
        Support.windows(forms, from: first).flatMap { monitor.observe($0) }
    }

    private func oil(_ monitor: MachineMonitor) throws -> AlarmRecord {
        try #require(monitor.records.first { $0.label == Support.oil })
    }

    private func order(
        _ monitor: inout MachineMonitor,
        _ order: AlarmOrder,
        at time: Date,
        label: LabelID = Support.oil
    ) throws -> [HealthAction] {
        try monitor.carryOut(order, on: .label(label), user: "anna", comment: "works", at: time).get()
    }

    @Test func aShelfHidesAndEndsByItself() throws {
        var monitor = try monitor()
        _ = run(&monitor, "O80 O80 O80")
        let id = try #require(try oil(monitor).alarmID)
        let begun = Support.time(5)
        let actions = try order(&monitor, .shelve(.seconds(Self.hour)), at: begun)
        #expect(actions.transitions.map(\.to) == [.shelved])
        #expect(actions.transitions.first?.user == "anna")
        #expect(actions.events.map(\.type) == [.shelved])
        #expect(actions.events.first?.message == "c1: Bearing lacking oil shelved for 1h by anna: \"works\"")
        #expect(try oil(monitor).state == .shelved)
        #expect(monitor.health.grade == .normal)
        #expect(monitor.health.standingAlarms.map(\.state) == [.shelved])
        #expect(monitor.acknowledge(alarmID: id, user: "bob", at: begun).refused == .hidden)
        #expect(monitor.tick(now: begun.addingTimeInterval(Self.hour - 1)).isEmpty)
        let back = monitor.tick(now: begun.addingTimeInterval(Self.hour))
        #expect(back.transitions.map(\.to) == [.unackActive])
        #expect(back.transitions.map(\.alarmID) == [id])
        #expect(back.events.map(\.type) == [.unshelved])
        #expect(back.events.first?.message.contains("by itself") == true)
        #expect(try oil(monitor).hiding == nil)
        #expect(monitor.health.grade == .warning)
    }

    @Test func aFaultThatAroseOnTheShelfIsRaisedWhenItEnds() throws {
        var monitor = try monitor()
        _ = run(&monitor, "N90")
        _ = try order(&monitor, .shelve(.seconds(Self.hour)), at: Support.time(3))
        let arisen = run(&monitor, "O80 O80 O80", from: 3)
        #expect(arisen.events.map(\.type) == [.faultHidden])
        #expect(arisen.transitions.isEmpty)
        #expect(try oil(monitor).hasCondition)
        let shelved = try oil(monitor).alarmID
        let back = try order(&monitor, .unshelve, at: Support.time(8))
        #expect(back.transitions.map(\.to) == [.unackActive])
        #expect(back.events.map(\.type) == [.unshelved, .faultRaised])
        #expect(back.events.last?.alarmID == (try oil(monitor).alarmID))
        #expect(try oil(monitor).alarmID != shelved)
        #expect(run(&monitor, "N90 N90 N90", from: 9).transitions.map(\.to) == [.rtnUnack])
    }

    @Test func whatCameAndWentOnTheShelfLeavesNothing() throws {
        var monitor = try monitor()
        _ = try order(&monitor, .shelve(.seconds(Self.hour)), at: Support.time(0))
        let hidden = run(&monitor, "O80 O80 O80 N90 N90 N90", from: 1)
        #expect(hidden.events.map(\.type) == [.faultHidden])
        let back = try order(&monitor, .unshelve, at: Support.time(9))
        #expect(back.transitions.map(\.to) == [.normal])
        #expect(back.events.map(\.type) == [.unshelved])
    }

    @Test func anUnacknowledgedAlarmThatIsOverComesBackFromTheShelf() throws {
        var monitor = try monitor()
        _ = run(&monitor, "O80 O80 O80")
        let id = try oil(monitor).alarmID
        _ = try order(&monitor, .shelve(.seconds(Self.hour)), at: Support.time(5))
        let over = run(&monitor, "N90 N90 N90", from: 4)
        #expect(over.events.map(\.type) == [.faultCleared])
        #expect(over.transitions.isEmpty)
        let back = try order(&monitor, .unshelve, at: Support.time(10))
        #expect(back.transitions.map(\.to) == [.rtnUnack])
        #expect(try oil(monitor).alarmID == id)
    }

    @Test func aOneShotShelfEndsWhenTheFaultIsOverOnce() throws {
        var monitor = try monitor()
        _ = try order(&monitor, .shelve(.oneShot), at: Support.time(0))
        #expect(run(&monitor, "N90 O80 O80 O80 N90 N90", from: 1).transitions.isEmpty)
        let over = run(&monitor, "N90", from: 7)
        #expect(over.transitions.map(\.to) == [.normal])
        #expect(over.events.map(\.type) == [.unshelved])
        #expect(run(&monitor, "O80 O80 O80", from: 8).transitions.map(\.to) == [.unackActive])
    }

    @Test func aShelfHasACap() throws {
        var monitor = try monitor(AlarmRule(shelveMaxSeconds: Self.hour))
        let before = monitor.snapshot
        for seconds in [0, -5, Self.hour + 1, .infinity, .nan] {
            let result = monitor.carryOut(
                .shelve(.seconds(seconds)),
                on: .label(Support.oil),
                user: "anna",
                at: Support.time(0)
            )
            #expect(result.refused == .shelvingTime)
        }
        #expect(monitor.snapshot == before)
        _ = try order(&monitor, .shelve(.oneShot), at: Support.time(0))
        #expect(try oil(monitor).hiding?.shelf?.until == Support.time(0).addingTimeInterval(Self.hour))
        #expect(!monitor.tick(now: Support.time(0).addingTimeInterval(Self.hour)).transitions.isEmpty)
    }

    @Test func outOfServiceLastsUntilSomebodyEndsIt() throws {
        var monitor = try monitor()
        _ = run(&monitor, "O80 O80 O80")
        #expect(try order(&monitor, .outOfService, at: Support.time(5)).events.map(\.type) == [.outOfService])
        #expect(monitor.tick(now: Support.time(1e6)).transitions.isEmpty)
        _ = try order(&monitor, .shelve(.seconds(60)), at: Support.time(1e6))
        #expect(try oil(monitor).state == .outOfService)
        #expect(try order(&monitor, .inService, at: Support.time(1e6)).transitions.map(\.to) == [.shelved])
        let back = monitor.tick(now: Support.time(1e6).addingTimeInterval(60))
        #expect(back.transitions.map(\.to) == [.unackActive])
        #expect(
            monitor.carryOut(.inService, on: .label(Support.oil), user: "u", at: Support.time(0)).refused
                == .notOutOfService
        )
        #expect(
            monitor.carryOut(.unshelve, on: .label(Support.oil), user: "u", at: Support.time(0)).refused == .notShelved
        )
    }

    @Test func aLatchedAlarmWaitsForItsReset() throws {
        var monitor = try monitor(AlarmRule(isLatching: true))
        _ = run(&monitor, "O80 O80 O80")
        let id = try #require(try oil(monitor).alarmID)
        func reset(_ id: UUID) -> Result<[HealthAction], AlarmOrderRefusal> {
            monitor.carryOut(.reset, on: .instance(id), user: "anna", at: Support.time(20))
        }
        #expect(reset(id).refused == .conditionPresent)
        _ = try monitor.acknowledge(alarmID: id, user: "anna", at: Support.time(5)).get()
        let over = run(&monitor, "N90 N90 N90", from: 4)
        #expect(over.transitions.map(\.to) == [.latchedAck])
        #expect(over.events.first?.message.hasSuffix("waits for a reset") == true)
        #expect(monitor.health.grade == .normal)
        #expect(monitor.health.standingAlarms.map(\.state) == [.latchedAck])
        #expect(monitor.acknowledge(alarmID: id, user: "bob", at: Support.time(9)).refused == .alreadyAcknowledged)
        let done = try reset(id).get()
        #expect(done.transitions.map(\.to) == [.normal])
        #expect(done.events.map(\.type) == [.latchReset])
        #expect(reset(id).refused == .notLatched)
        #expect(
            monitor.carryOut(.reset, on: .label(Support.oil), user: "u", at: Support.time(0)).refused == .instanceNeeded
        )
        #expect(
            monitor.carryOut(.unshelve, on: .label(LabelID("noise")), user: "u", at: Support.time(0)).refused == nil
        )
    }

    @Test func anAcknowledgedAlarmAsksAgainAsANewInstance() throws {
        var monitor = try monitor(AlarmRule(realarmAfterSeconds: 600))
        _ = run(&monitor, "O80 O80 O80")
        let first = try #require(try oil(monitor).alarmID)
        _ = try monitor.acknowledge(alarmID: first, user: "anna", at: Support.time(5)).get()
        #expect(monitor.tick(now: Support.time(5).addingTimeInterval(599)).isEmpty)
        let again = monitor.tick(now: Support.time(5).addingTimeInterval(600))
        #expect(again.transitions.map(\.to) == [.unackActive])
        #expect(again.transitions.first?.replacedAlarmID == first)
        #expect(again.events.map(\.type) == [.faultRealarmed])
        #expect(again.events.first?.message == "c1: Bearing lacking oil was acknowledged 10m ago and is still present")
        #expect(monitor.acknowledge(alarmID: first, user: "late", at: Support.time(200)).refused == nil)
        #expect(try oil(monitor).state == .unackActive)
        #expect(monitor.tick(now: Support.time(1_000)).transitions.isEmpty)
    }

    @Test func aFaultThatLastsGetsWorseAndAsksAgain() throws {
        var monitor = try monitor(AlarmRule(escalateAfterSeconds: 600))
        _ = run(&monitor, "O80 O80 O80")
        let raised = try #require(try oil(monitor).course.conditionSince)
        let first = try #require(try oil(monitor).alarmID)
        _ = try monitor.acknowledge(alarmID: first, user: "anna", at: raised.addingTimeInterval(60)).get()
        let worse = monitor.tick(now: raised.addingTimeInterval(600))
        #expect(worse.transitions.map(\.to) == [.unackActive])
        #expect(worse.events.map(\.type) == [.faultEscalated])
        #expect(worse.events.first?.severity == .critical)
        #expect(worse.events.first?.message == "c1: Bearing lacking oil has stood for 10m: now critical, was warning")
        #expect(try oil(monitor).severity == .critical)
        #expect(try oil(monitor).priority == .high)
        #expect(monitor.health.grade == .critical)
        #expect(try oil(monitor).alarmID != first)
        #expect(monitor.tick(now: raised.addingTimeInterval(6_000)).events.isEmpty)
        let second = try #require(try oil(monitor).alarmID)
        _ = try monitor.acknowledge(alarmID: second, user: "anna", at: raised.addingTimeInterval(6_001)).get()
        #expect(monitor.tick(now: raised.addingTimeInterval(9_000)).isEmpty)
        _ = run(&monitor, "N90 N90 N90", from: 5)
        #expect(try oil(monitor).state == .normal)
        #expect(try oil(monitor).severity == .warning)
    }

    @Test func anUnacknowledgedAlarmEscalatesWithoutANewInstance() throws {
        var monitor = try monitor(AlarmRule(escalateAfterSeconds: 600))
        _ = run(&monitor, "O80 O80 O80")
        let id = try oil(monitor).alarmID
        let worse = monitor.tick(now: Support.time(400))
        #expect(worse.events.map(\.type) == [.faultEscalated])
        #expect(worse.transitions.isEmpty)
        #expect(worse.records.map(\.severity) == [.critical])
        #expect(try oil(monitor).alarmID == id)
    }

    @Test func aLabelMadeWorseByAReloadAsksAgain() throws {
        var first = try monitor()
        _ = run(&first, "O80 O80 O80")
        let id = try #require(try oil(first).alarmID)
        _ = try first.acknowledge(alarmID: id, user: "anna", at: Support.time(5)).get()
        let labels = try Support.vocabulary().labels.map { label in
            label.id == Support.oil
                ? Label(id: label.id, name: label.name, kind: .fault, severity: .critical, prompts: label.prompts)
                : label
        }
        var second = MachineMonitor(
            machine: "c1",
            vocabulary: try LabelVocabulary(profile: "compressor", labels: labels),
            rules: first.rules,
            startingAt: Support.time(6)
        )
        _ = try second.restore(first.snapshot)
        let actions = second.tick(now: Support.time(6))
        #expect(actions.events.map(\.type) == [.faultEscalated])
        #expect(actions.transitions.map(\.to) == [.unackActive])
    }

    @Test func aRestartKeepsWhatHides() throws {
        var first = try monitor()
        _ = run(&first, "O80 O80 O80")
        _ = try order(&first, .shelve(.seconds(Self.hour)), at: Support.time(5))
        _ = try order(&first, .outOfService, at: Support.time(6), label: Support.valve)
        var second = try monitor()
        #expect(try second.restore(records: first.records).isEmpty)
        // Records alone do not say how the run stood: it starts anew, and values are stale until a window comes.
        #expect(second.records.map(\.hiding) == first.records.map(\.hiding))
        #expect(second.records.map(\.state) == first.records.map(\.state))
        #expect(second.records.map(\.alarmID) == first.records.map(\.alarmID))
        let data = try JSONEncoder().encode(first.snapshot)
        var third = try monitor()
        _ = try third.restore(JSONDecoder().decode(MachineMonitorSnapshot.self, from: data))
        #expect(third.snapshot == first.snapshot)
        #expect(third.tick(now: Support.time(5_000)).transitions.map(\.to) == [.unackActive])
    }

    @Test func prioritiesAndActionsComeFromTheLabel() throws {
        let action = Support.name("Stop it and call the fitter", "停机并通知维修")
        let labels = try Support.vocabulary().labels.map { label in
            label.id == Support.oil
                ? Label(
                    id: label.id,
                    name: label.name,
                    kind: .fault,
                    prompts: label.prompts,
                    priority: .urgent,
                    action: action
                ) : label
        }
        let monitor = MachineMonitor(
            machine: "c1",
            vocabulary: try LabelVocabulary(profile: "compressor", labels: labels),
            rules: TrendRules(),
            startingAt: Support.time(0)
        )
        #expect(monitor.records.map(\.priority) == [.urgent, .high])
        #expect(monitor.records.map(\.action) == [action, nil])
    }
}

extension Result where Failure == AlarmOrderRefusal {
    /// The kind of refusal; also nil where it succeeded, which `get` tells apart.
    fileprivate var refused: AlarmRefusal? {
        guard case .failure(let refusal) = self else { return nil }
        return refusal.refusal
    }
}
