// Random lives with orders, shelves, context, latches, re-alarm and escalation: nothing is lost, nothing is hit by mistake.
import Foundation
import MachineHealth
import Testing

private typealias Support = HealthSupport

@Suite struct AlarmLifePropertyTests {
    private static let policy = ContextPolicy(
        signals: [ContextSignal(name: "run", states: ["1": .running, "0": .stopped])],
        settleSeconds: 20
    )

    private static func rules(seed: UInt64) -> TrendRules {
        let alarm = AlarmRule(
            isLatching: seed.isMultiple(of: 2),
            shelveMaxSeconds: 120,
            realarmAfterSeconds: seed.isMultiple(of: 3) ? 60 : nil,
            escalateAfterSeconds: seed.isMultiple(of: 5) ? 40 : nil
        )
        return TrendRules(
            machine: TrendRule(consecutive: 2, clearAfter: 2, alarm: alarm),
            labels: [Support.valve: TrendRule(consecutive: 1, clearAfter: 2, alarm: AlarmRule(followsContext: false))]
        )
    }

    @Test(arguments: 0..<100)
    func noPathLosesAnAlarm(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let ids = NumberedIDs()
        let rules = Self.rules(seed: seed)
        var monitor = try Support.monitor(rules: rules, ids: ids, context: Self.policy)
        var now = Support.time(0)
        var index = 0.0
        var top = Support.normal
        var raised: Set<UUID> = []
        var seen: [UUID] = []
        var shown: [LabelID: AlarmRecord] = [:]
        var hidden = 0

        for step in 0..<500 {
            let before = monitor.records
            let healthBefore = monitor.health
            var actions: [HealthAction] = []
            /// The only label an order may move.
            var ordered: LabelID?
            var acknowledged: UUID?
            var isSilence = false
            switch Int.random(in: 0..<100, using: &generator) {
            case 0..<55:
                let labels = [Support.normal, Support.oil, Support.valve]
                if Int.random(in: 0..<4, using: &generator) == 0 {
                    top = labels.randomElement(using: &generator) ?? top
                }
                index += 1
                let window = Support.window(index, labels.map { ($0, $0 == top ? 0.9 : 0.05) })
                now = max(now, window.end)
                actions = monitor.observe(window)
            case 55..<67:
                let id = seen.suffix(4).randomElement(using: &generator) ?? UUID()
                let target = before.first { $0.alarmID == id }
                switch monitor.acknowledge(alarmID: id, user: "u", at: now) {
                case .success(let done):
                    actions = done
                    acknowledged = id
                    ordered = target?.label
                    #expect(target.map { [.unackActive, .rtnUnack].contains($0.state) } ?? false)
                case .failure: #expect(monitor.records == before)
                }
            case 67..<82:
                let orders: [AlarmOrder] = [
                    .shelve(.seconds(90)), .shelve(.oneShot), .shelve(.seconds(500)), .unshelve, .outOfService,
                    .inService,
                    .reset, .inService, .unshelve,
                ]
                guard let order = orders.randomElement(using: &generator) else { continue }
                let label = Bool.random(using: &generator) ? Support.oil : Support.valve
                let id = before.first { $0.label == label }?.alarmID
                let target = id.map { AlarmTarget.instance($0) } ?? .label(label)
                switch monitor.carryOut(order, on: target, user: "u", at: now) {
                case .success(let done): (actions, ordered) = (done, label)
                case .failure: #expect(monitor.records == before)
                }
            case 82..<88:
                actions = monitor.take(Bool.random(using: &generator) ? "1" : "0", ofSignal: "run", at: now)
            case 88..<91:
                isSilence = true
                actions = Bool.random(using: &generator) ? monitor.streamLost(at: now) : monitor.streamRestored(at: now)
            case 91..<97:
                now = now.addingTimeInterval(Double.random(in: 0...30, using: &generator))
                actions = monitor.tick(now: now)
            default:
                let data = try JSONEncoder().encode(monitor.snapshot)
                var next = try Support.monitor(rules: rules, ids: ids, context: Self.policy)
                #expect(try next.restore(JSONDecoder().decode(MachineMonitorSnapshot.self, from: data)).isEmpty)
                #expect(next.snapshot == monitor.snapshot)
                monitor = next
            }
            let place: Comment = "seed \(seed), step \(step)"
            if isSilence { #expect(actions.transitions.isEmpty, place) }
            if let ordered {
                for (old, new) in zip(before, monitor.records) where old.label != ordered { #expect(old == new, place) }
            }
            for (old, new) in zip(before, monitor.records) {
                // The chain of steps leads from what was to what is.
                let steps = actions.transitions.filter { $0.label == old.label }
                var state = old.state
                for step in steps {
                    #expect(step.from == state, place)
                    state = step.to
                }
                #expect(state == new.state, place)
                // An instance nobody acknowledged waits, or gave way to a newer one that does.
                let waits = Self.beneath(old).map { [.unackActive, .rtnUnack].contains($0) } ?? false
                if waits, acknowledged != old.alarmID {
                    let waitsStill = Self.beneath(new).map { [.unackActive, .rtnUnack].contains($0) } ?? false
                    #expect(waitsStill, place)
                }
                #expect(monitor.tracker.isConditionPresent(new.label) == new.hasCondition, place)
                #expect(new.situation != nil, place)
                if new.state.isHidden { hidden += 1 }
                if let shelf = new.hiding?.shelf {
                    #expect(shelf.until <= shelf.since.addingTimeInterval(28_800), place)
                }
            }
            for step in actions.transitions where step.to == .unackActive && !Self.isReturn(step, before) {
                #expect(raised.insert(step.alarmID).inserted, place)
                seen.append(step.alarmID)
                let told: [HealthEventType] = [.faultRaised, .faultRealarmed, .faultEscalated]
                #expect(actions.events.contains { $0.alarmID == step.alarmID && told.contains($0.type) }, place)
            }
            for record in actions.records { shown[record.label] = record }
            for record in monitor.records {
                if let told = shown[record.label] { #expect(told == record, place) }
            }
            #expect((actions.states.last ?? healthBefore) == monitor.health, place)
            #expect(
                Set(monitor.health.standingAlarms.map(\.label))
                    == Set(monitor.records.filter(\.isStanding).map(\.label)),
                place
            )
        }
        #expect(raised.count > 3 && hidden > 10, "this life had too little in it to show anything")
    }

    private static func beneath(_ record: AlarmRecord) -> AlarmState? { record.situation?.beneath }

    /// Whether an alarm only came back from where it was hidden, as the same instance.
    private static func isReturn(
        _ step: AlarmTransition,
        _ before: [AlarmRecord]
    ) -> Bool {
        guard step.from.isHidden, let old = before.first(where: { $0.label == step.label }) else { return false }
        return step.alarmID == old.alarmID
    }
}
