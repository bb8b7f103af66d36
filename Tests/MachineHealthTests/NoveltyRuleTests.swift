// An enrolled machine: fault labels need novelty, and novelty without a label is an advisory of its own.
import Foundation
import MachineHealth
import Testing

private typealias Support = HealthSupport

@Suite struct NoveltyRuleTests {
    private func actions(
        _ windows: String,
        rules: TrendRules = TrendRules(),
        followsNovelty: Bool = true
    ) throws -> [HealthAction] {
        var monitor = try Support.monitor(rules: rules, followsNovelty: followsNovelty)
        return Support.windows(windows).flatMap { monitor.observe($0) }
    }

    @Test func aFaultCountsOnlyWhereTheSoundIsNovel() throws {
        #expect(try actions("O90= O90= O90= O90=").transitions.isEmpty)
        #expect(try actions("O90! O90! O90!").transitions.map(\.label) == [Support.oil])
        let guarded = try actions("O90! O90! O90= O90! O90!")
        #expect(guarded.transitions.isEmpty)
        #expect(
            guarded.nearMisses.map { $0.summary { $0.rawValue } }
                == [
                    "2 of 3; the third sounded like the machine's own normal running",
                    "2 of 5; the third sounded like the machine's own normal running",
                ]
        )
        #expect(
            guarded.events.map(\.message) == [
                "c1: Bearing lacking oil nearly: 2 of 3; the third sounded like the machine's own normal running",
                "c1 has nearly changed: 2 of 5; the third sounded like the machine's own normal running",
            ]
        )
    }

    @Test func withoutTheGuardOrWithoutNoveltyLabelsDecideAlone() throws {
        let open = TrendRules(machine: TrendRule(noveltyGuard: false))
        #expect(try actions("O90= O90= O90=", rules: open).transitions.map(\.label) == [Support.oil])
        #expect(try actions("O90 O90 O90").transitions.map(\.label) == [Support.oil])
        let own = TrendRules(labels: [Support.valve: TrendRule(noveltyGuard: false)])
        #expect(
            try actions("V90= V90= V90= O90= O90= O90=", rules: own).transitions.map(\.label)
                == [Support.valve, Support.valve]
        )
    }

    @Test func normalByItsLabelAloneIsUndetermined() throws {
        var monitor = try Support.monitor(followsNovelty: true)
        _ = monitor.observe(Support.window(0, "N90!"))
        #expect(monitor.health.verdict == "undetermined")
        #expect(monitor.health.grade == .unknown)
        #expect(monitor.health.health == nil)
        #expect(monitor.health.novelty == Support.novelty(isNovel: true))
        _ = monitor.observe(Support.window(1, "N90="))
        #expect(monitor.health.verdict == "normal")
        #expect(monitor.health.grade == .normal)
        _ = monitor.observe(Support.window(2, "N90"))
        #expect(monitor.health.novelty == nil)
    }

    @Test func aGuardedFaultAddsNothingToTheLoad() throws {
        var monitor = try Support.monitor(followsNovelty: true)
        _ = monitor.observe(Support.window(0, "O90="))
        #expect(monitor.health.health == 100)
        #expect(monitor.health.grade == .normal)
    }

    @Test func changeIsAnAdvisory() throws {
        var monitor = try Support.monitor(followsNovelty: true)
        #expect(monitor.records.map(\.label) == [Support.oil, Support.valve, .changed])
        let raising = Support.windows("N90! X90! N50! O60! N90!").flatMap { monitor.observe($0) }
        let raised = try #require(raising.events.first)
        #expect(raising.events.count == 1)
        #expect(raised.type == .faultRaised && raised.label == .changed && raised.severity == .advisory)
        #expect(raised.consecutive == 5 && raised.confidence == 1)
        #expect(
            raised.message
                == "c1 has changed, and none of its labels says how: 5 consecutive windows unlike its own normal sound"
        )
        let record = try #require(monitor.records.last)
        #expect(record.state == .unackActive && record.required == 5 && record.confidence == 1)
        #expect(monitor.health.grade == .advisory)

        // Unlike it once more: the clear run starts anew.
        let clearing = Support.windows("N90= N90= N90= N90= O99! N90= N90= N90= N90= N90=", from: 5)
            .map { monitor.observe($0) }
        #expect(clearing.dropLast().allSatisfy { $0.transitions.isEmpty })
        #expect(clearing.last?.transitions.map(\.to) == [.rtnUnack])
        #expect(
            clearing.last?.events.first?.message
                == "c1: its change is over: 5 windows in a row like its own normal sound; "
                + "the alarm still waits for an acknowledgement"
        )
        let id = try #require(monitor.records.last?.alarmID)
        _ = try monitor.acknowledge(alarmID: id, user: "li", at: Support.time(20)).get()
        #expect(monitor.records.last?.state == .normal)
    }

    @Test(arguments: [
        ("N90! N90! N90! N90! N90=", "4 of 5; the fifth sounded like the machine's own normal running"),
        ("N90! O80! N90! N90=", "3 of 5; the fourth sounded like the machine's own normal running"),
    ])
    func changeNearlyToldInWords(windows: String, words: String) throws {
        let actions = try actions(windows)
        #expect(actions.transitions.isEmpty)
        #expect(actions.nearMisses.map { $0.summary { $0.rawValue } } == [words])
        #expect(
            actions.events.map(\.message) == [
                "c1 has nearly changed: \(words.replacing("bearing-lacking-oil", with: "Bearing lacking oil"))"
            ]
        )
    }

    /// Labels that take turns explain nothing; a run of one label as long as the change does, and so does its alarm.
    @Test(arguments: [
        ("N90! O80! V80! O80! N90!", [LabelID.changed]),
        ("O80! O80! V80! V80! O80!", [.changed]),
        ("O80! O80! O80! O80! O80!", [Support.oil]),
        ("N90! N90! O80! O80! O80! N90! N90! N90! N90! O80! N90!", [Support.oil]),
        ("O80! O80! O80! N90! N90! N90! N90! N90!", [Support.oil, .changed]),
    ])
    func whatExplainsAChange(windows: String, raised: [LabelID]) throws {
        let steps = try actions(windows).transitions.filter { $0.to == .unackActive }
        #expect(steps.map(\.label) == raised)
    }

    @Test func aFaultThatNeedsLongerComesFirst() throws {
        let patient = TrendRules(machine: TrendRule(consecutive: 7))
        let steps = try actions("O90! O90! O90! O90! O90! O90! O90!", rules: patient).transitions
        #expect(steps.map(\.label) == [Support.oil])
        let broken = try actions("O90! O90! O90! O90! O90! O90! N90!", rules: patient).transitions
        #expect(broken.map(\.label) == [.changed])
    }

    @Test func itsOwnRuleCounts() throws {
        let rules = TrendRules(changed: ChangeRule(consecutive: 2, clearAfter: 1))
        let steps = try actions("N90! N90! N90= N90! N90!", rules: rules).transitions.map(\.to)
        #expect(steps == [.unackActive, .rtnUnack, .unackActive])
    }

    @Test func withoutEnrolmentThereIsNoChange() throws {
        let rules = TrendRules(changed: ChangeRule(consecutive: 1, clearAfter: 1))
        var monitor = try Support.monitor(rules: rules)
        #expect(monitor.records.map(\.label) == [Support.oil, Support.valve])
        #expect(Support.windows("N90! N90! N90!").flatMap { monitor.observe($0) }.transitions.isEmpty)
        #expect(
            Support.windows("N90 N90", from: 3).flatMap { monitor.observe($0) }.records.allSatisfy {
                $0.label != .changed
            }
        )
    }

    @Test func enrolmentWhileRunningBringsTheRecordAndItsEndTakesIt() throws {
        let rules = TrendRules(changed: ChangeRule(consecutive: 2, clearAfter: 2))
        var monitor = try Support.monitor(rules: rules)
        _ = monitor.observe(Support.window(0, "N90"))
        let begun = monitor.followNovelty(true, at: Support.time(1))
        #expect(begun.records.map(\.label) == [.changed] && begun.events.isEmpty)
        #expect(monitor.followNovelty(true, at: Support.time(1)).isEmpty)
        _ = Support.windows("N90! N90!", from: 2).map { monitor.observe($0) }
        let id = try #require(monitor.records.last?.alarmID)

        let ended = monitor.followNovelty(false, at: Support.time(5))
        #expect(ended.transitions.map(\.to) == [.rtnUnack])
        #expect(ended.events.first?.message.contains("its normal sound is not enrolled any more") == true)
        #expect(monitor.health.novelty == nil)
        #expect(monitor.records.last?.state == .rtnUnack)
        let done = try monitor.acknowledge(alarmID: id, user: "li", at: Support.time(6)).get()
        #expect(done.records.map(\.state) == [.normal])
        #expect(monitor.records.map(\.label) == [Support.oil, Support.valve])
        #expect(monitor.followNovelty(false, at: Support.time(7)).isEmpty)
    }

    @Test(arguments: [true, false])
    func aStandingChangeSurvivesARestart(follows: Bool) throws {
        var first = try Support.monitor(followsNovelty: true)
        _ = Support.windows("N90! N90! N90! N90! N90! N90=").map { first.observe($0) }
        let data = try JSONEncoder().encode(first.snapshot)
        let snapshot = try JSONDecoder().decode(MachineMonitorSnapshot.self, from: data)
        var second = try Support.monitor(ids: NumberedIDs(), followsNovelty: follows)
        #expect(try second.restore(snapshot).isEmpty)
        #expect(second.snapshot == first.snapshot)
        // Where the bank comes a moment later, nothing was lost meanwhile.
        _ = second.followNovelty(true, at: Support.time(6))
        let rest = Support.windows("N90= N90= N90= N90=", from: 6).flatMap { second.observe($0) }
        #expect(rest.transitions.map(\.to) == [.rtnUnack])
        #expect(rest.transitions.first?.alarmID == first.records.last?.alarmID)
    }

    @Test func numbersThatAreNoneAreNoNovelty() {
        let broken = [
            Novelty(score: .nan, limit: 3, share: 0.5), Novelty(score: .infinity, limit: 3, share: 1),
            Novelty(score: 1, limit: .nan, share: 0.5), Novelty(score: 1, limit: 3, share: 1.5),
        ]
        for novelty in broken { #expect(Support.window(0, [(Support.normal, 0.9)], novelty: novelty).novelty == nil) }
    }

    @Test func theReservedLabelIsRefusedAndKnown() throws {
        let vocabulary = try Support.vocabulary()
        #expect(vocabulary.name(of: .changed, in: "zh") == "声音变化，现有标签无法解释")
        let labels =
            vocabulary.labels + [
                Label(id: .changed, name: Support.name("Mine", "我的"), kind: .fault, prompts: ["a"])
            ]
        #expect(LabelVocabulary.problems(profile: "p", labels: labels) == [.reservedID(.changed, index: 4)])
    }
}
