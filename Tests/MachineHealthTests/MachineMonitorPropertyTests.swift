// Random lives of a machine: whatever happens, alarms are neither lost nor cleared by silence nor hit by mistake.
import Foundation
import MachineHealth
import Testing

private typealias Support = HealthSupport

@Suite struct MachineMonitorPropertyTests {
    /// One thing that can happen.
    private enum Input {
        case window(Observation)
        case acknowledge(UUID)
        case lost
        case restored
        case tick
        case restart
        /// Its normal sound is enrolled, or taken away.
        case enrol(Bool)
    }

    private struct Life {
        var generator: SeededGenerator
        var index = 0.0
        var seen: [UUID] = []
        var sticky = Support.normal
        /// Whether novelty and microphone trouble happen.
        var isTold = false
        var isNovel = false

        /// The next input; labels stick for a while so that runs happen.
        mutating func next() -> Input {
            let labels = [Support.normal, Support.oil, Support.valve, Support.other]
            switch Int.random(in: 0..<100, using: &generator) {
            case 0..<6: return .acknowledge(seen.randomElement(using: &generator) ?? UUID())
            case 6..<8: return .lost
            case 8..<11: return .restored
            case 11..<14: return .tick
            case 14..<18: return .restart
            case 18 where isTold: return .enrol(Bool.random(using: &generator))
            default: break
            }
            if Int.random(in: 0..<4, using: &generator) == 0 {
                sticky = labels.randomElement(using: &generator) ?? sticky
            }
            let jump = Int.random(in: 0..<40, using: &generator)
            index += jump == 0 ? 30 : jump == 1 ? 0 : jump == 2 ? -1 : 1
            guard Int.random(in: 0..<8, using: &generator) > 0 else { return .window(Support.window(index, [])) }
            let top = Double.random(in: 0.64...1, using: &generator)
            let second = labels.randomElement(using: &generator) ?? sticky
            let scores = labels.map { label -> (LabelID, Double) in
                (label, label == sticky ? top : label == second ? 1 - top : 0)
            }
            guard isTold else { return .window(Support.window(index, scores)) }
            if Int.random(in: 0..<6, using: &generator) == 0 { isNovel.toggle() }
            let hasNovelty = Int.random(in: 0..<10, using: &generator) > 0
            let hasTrouble = Int.random(in: 0..<8, using: &generator) == 0
            return .window(
                Support.window(
                    index,
                    scores,
                    novelty: hasNovelty ? Support.novelty(isNovel: isNovel) : nil,
                    trouble: hasTrouble ? MicrophoneTrouble.allCases.randomElement(using: &generator) : nil
                )
            )
        }
    }

    /// Lives of machines as they always were, then of machines with novelty, trouble and rules of N of M.

    @Test(arguments: 0..<120)
    func noPathLosesAnAlarm(seed: UInt64) throws {
        var life = Life(generator: SeededGenerator(seed: seed), isTold: seed >= 60)
        let rules =
            life.isTold
            ? TrendRules(
                machine: TrendRule(within: seed.isMultiple(of: 2) ? nil : 5, noveltyGuard: !seed.isMultiple(of: 3)),
                changed: ChangeRule(consecutive: 3, clearAfter: 2)
            ) : TrendRules()
        let ids = NumberedIDs()
        var monitor = try Support.monitor(rules: rules, ids: ids, followsNovelty: life.isTold)
        var now = Support.time(0)
        var raised: Set<UUID> = []
        var shown: [LabelID: AlarmRecord] = [:]

        for step in 0..<600 {
            let before = monitor.records
            let stateBefore = monitor.health
            let input = life.next()
            var actions: [HealthAction] = []
            switch input {
            case .window(let window):
                now = max(now, window.end)
                actions = monitor.observe(window)
                let isJudged = window.quality == .good && window.trouble == nil
                if !isJudged {
                    #expect(actions.transitions.isEmpty, "sound that was not judged moved an alarm (step \(step))")
                    #expect(monitor.health.topLabel == stateBefore.topLabel)
                    #expect(monitor.health.grade != .normal || stateBefore.grade == .normal)
                }
            case .acknowledge(let id):
                let target = before.first { $0.alarmID == id && $0.state != .normal && $0.state != .ackActive }
                switch monitor.acknowledge(alarmID: id, user: "u", at: now) {
                case .success(let done):
                    actions = done
                    #expect(target != nil)
                    #expect(done.transitions.map(\.alarmID) == [id])
                    for (old, new) in zip(before, monitor.records) where old.alarmID != id { #expect(old == new) }
                case .failure:
                    #expect(target == nil)
                    #expect(monitor.records == before)
                }
            case .lost:
                actions = monitor.streamLost(at: now)
                #expect(actions.transitions.isEmpty)
            case .restored:
                actions = monitor.streamRestored(at: now)
                #expect(actions.transitions.isEmpty)
            case .tick:
                now = now.addingTimeInterval(Double.random(in: 0...90, using: &life.generator))
                actions = monitor.tick(now: now)
                #expect(actions.transitions.isEmpty)
            case .restart:
                let data = try JSONEncoder().encode(monitor.snapshot)
                var next = try Support.monitor(rules: rules, ids: ids, followsNovelty: monitor.followsNovelty)
                #expect(try next.restore(JSONDecoder().decode(MachineMonitorSnapshot.self, from: data)).isEmpty)
                #expect(next.snapshot == monitor.snapshot)
                monitor = next
            case .enrol(let follows):
                actions = monitor.followNovelty(follows, at: now)
                for transition in actions.transitions { #expect(transition.label == .changed && !follows) }
            }
            #expect(
                monitor.records.contains { $0.label == .changed && $0.state == .normal } == monitor.followsNovelty
                    || monitor.records.contains { $0.label == .changed && $0.state != .normal }
            )

            // Every change of state is a transition, told by an event, by the table, from where the alarm stood.
            for transition in actions.transitions {
                let old = before.first { $0.label == transition.label }
                #expect(old?.state == transition.from)
                let isRaise = transition.to == .unackActive
                let input: AlarmInput =
                    isRaise ? .conditionRaised : transition.user == nil ? .conditionCleared : .acknowledge
                #expect(
                    AlarmStateMachine.step(transition.from, input) == .move(to: transition.to, newInstance: isRaise)
                )
                #expect(actions.events.contains { $0.alarmID == transition.alarmID && $0.time == transition.time })
                if isRaise {
                    #expect(raised.insert(transition.alarmID).inserted, "an instance id was used twice")
                    life.seen.append(transition.alarmID)
                    #expect(transition.replacedAlarmID == (transition.from == .rtnUnack ? old?.alarmID : nil))
                } else {
                    #expect(transition.alarmID == old?.alarmID)
                }
            }
            for (old, new) in zip(before, monitor.records) where old.state != new.state {
                #expect(actions.transitions.contains { $0.label == new.label && $0.to == new.state })
            }

            // What was emitted adds up to what is.
            for record in actions.records { shown[record.label] = record }
            for record in monitor.records {
                if let shown = shown[record.label] { #expect(shown == record) }
                #expect(monitor.tracker.isConditionPresent(record.label) == record.state.isActive)
            }
            #expect((actions.states.last ?? stateBefore) == monitor.health)
            let standing = monitor.records.filter { $0.state != .normal }
            #expect(Set(monitor.health.standingAlarms.map(\.alarmID)) == Set(standing.compactMap(\.alarmID)))
            #expect(Set(actions.events.map(\.id)).count == actions.events.count)
        }
        #expect(raised.count > 3, "this life raised too little to show anything")
    }

    /// An independent reading of the rule: looks at all windows so far instead of counting along.
    @Test(arguments: 100..<140)
    func raisesAgreeWithTheRuleReadPlainly(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let rule = TrendRule(
            consecutive: Int.random(in: 1...4, using: &generator),
            clearAfter: Int.random(in: 1...4, using: &generator),
            staleAfterSeconds: 1e9
        )
        var tracker = try Support.tracker(rules: TrendRules(machine: rule))
        var judged: [Observation] = []
        var isActive: [LabelID: Bool] = [:]
        var activeSince: [LabelID: Int] = [:]
        let forms: [Substring] = [
            "N90", "O80", "O80", "O76", "V80", "V99", "N50", "O71", "O60", "X90", "I", "N70o30", "X75v25",
        ]
        var form = forms[0]
        for index in 0..<400 {
            if Bool.random(using: &generator) { form = forms.randomElement(using: &generator) ?? form }
            let window = Support.window(Double(index), form)
            let findings = tracker.observe(window).findings
            if window.quality == .good { judged.append(window) }
            for fault in [Support.oil, Support.valve] {
                let wasActive = isActive[fault] ?? false
                let run = judged.suffix(rule.consecutive)
                let holds =
                    run.count == rule.consecutive
                    && run.allSatisfy { $0.top?.label == fault && ($0.top?.confidence ?? 0) > rule.confidence }
                let since = judged.dropFirst(activeSince[fault] ?? 0)
                let telling = since.filter { window in
                    let top = window.top
                    return (top?.confidence ?? 0) >= rule.validAbove || top?.label == fault
                        || (window.confidence(of: fault) ?? 0) >= rule.clearBelow
                }.suffix(rule.clearAfter)
                let isClear =
                    telling.count == rule.clearAfter
                    && telling.allSatisfy {
                        $0.top?.label != fault && ($0.confidence(of: fault) ?? 1) < rule.clearBelow
                    }
                let expected = wasActive ? !isClear : holds && window.quality == .good
                if expected, !wasActive { activeSince[fault] = judged.count }
                isActive[fault] = expected
                #expect(tracker.isConditionPresent(fault) == expected, "window \(index), \(fault)")
                let raised = findings.contains {
                    if case .raised(fault, _, _) = $0 { true } else { false }
                }
                #expect(raised == (expected && !wasActive))
            }
        }
    }
}
