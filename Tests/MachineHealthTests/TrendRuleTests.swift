// Rules that can never work, each refused at the key to change.
import MachineHealth
import Testing

@Suite struct TrendRuleTests {
    struct Row: Sendable {
        let rule: TrendRule
        let hopSeconds: Double
        let key: TrendRuleProblem.Key
        let words: String

        init(_ rule: TrendRule, hop: Double = 5, _ key: TrendRuleProblem.Key, _ words: String) {
            self.rule = rule
            hopSeconds = hop
            self.key = key
            self.words = words
        }
    }

    static let rows = [
        Row(TrendRule(confidence: 1.2), .confidence, "between 0 and 1"),
        Row(TrendRule(validAbove: -0.1), .validAbove, "-0.10"),
        Row(TrendRule(confidence: .nan), .confidence, "not a number"),
        Row(TrendRule(clearBelow: .infinity), .clearBelow, "infinite"),
        Row(TrendRule(confidence: 1), .confidence, "can never fire"),
        Row(TrendRule(validAbove: 0.76), .validAbove, "above confidence 0.75"),
        Row(TrendRule(clearBelow: 0.75), .clearBelow, "dead band"),
        Row(TrendRule(clearBelow: 0.9), .clearBelow, "dead band"),
        Row(TrendRule(clearBelow: 0), .clearBelow, "never clear"),
        Row(TrendRule(consecutive: 0), .consecutive, "outside 1 to 10000"),
        Row(TrendRule(consecutive: -3), .consecutive, "-3 windows"),
        Row(TrendRule(consecutive: .max), .consecutive, "outside"),
        Row(TrendRule(clearAfter: 0), .clearAfter, "outside"),
        Row(TrendRule(within: 2), .within, "3 of 2 windows can never count"),
        Row(TrendRule(within: 0), .within, "outside 1 to 10000"),
        Row(TrendRule(within: 10_001), .within, "outside 1 to 10000"),
        Row(TrendRule(staleAfterSeconds: 7_200, within: 9_999), hop: 3_600, .within, "417 days"),
        Row(TrendRule(consecutive: 9_999, staleAfterSeconds: 7_200), hop: 3_600, .consecutive, "417 days"),
        Row(TrendRule(staleAfterSeconds: 0), .staleAfter, "above 0"),
        Row(TrendRule(staleAfterSeconds: .nan), .staleAfter, "above 0"),
        Row(TrendRule(staleAfterSeconds: 60), hop: 61, .staleAfter, "could never fire"),
        Row(TrendRule(consecutive: 1, staleAfterSeconds: 60), hop: 3_600, .staleAfter, "stale between any two"),
    ]

    @Test(arguments: rows)
    func impossibleRulesAreRefusedWithTheReason(row: Row) {
        let problems = row.rule.problems(hopSeconds: row.hopSeconds, windowLengthSeconds: 10)
        #expect(problems.map(\.key) == [row.key])
        #expect(problems.first?.description.contains(row.words) == true, "\(problems)")
    }

    @Test func everyProblemIsTold() {
        let rule = TrendRule(
            validAbove: 2,
            confidence: -1,
            consecutive: 0,
            clearAfter: 0,
            clearBelow: 3,
            staleAfterSeconds: -1,
            within: -1
        )
        let problems = rule.problems(hopSeconds: 5, windowLengthSeconds: 10)
        #expect(Set(problems.map(\.key)) == Set(TrendRuleProblem.Key.allCases))
    }

    @Test(arguments: [
        TrendRule(), TrendRule(validAbove: 0, confidence: 0.5, consecutive: 1, clearAfter: 1, clearBelow: 0.01),
        TrendRule(validAbove: 0.75), TrendRule(staleAfterSeconds: 5), TrendRule(consecutive: 10_000),
        TrendRule(within: 3), TrendRule(within: 10_000), TrendRule(noveltyGuard: false),
    ])
    func possibleRulesPass(rule: TrendRule) {
        #expect(rule.problems(hopSeconds: 5, windowLengthSeconds: 10).isEmpty)
    }

    /// A rule that passes can be fired by some run of windows: the check promises no more and no less.
    @Test(arguments: [
        TrendRule(), TrendRule(consecutive: 40), TrendRule(confidence: 0.99), TrendRule(staleAfterSeconds: 5),
        TrendRule(within: 8),
    ])
    func rulesThatPassCanFireAndClear(rule: TrendRule) throws {
        #expect(rule.problems(hopSeconds: HealthSupport.hopSeconds, windowLengthSeconds: 10).isEmpty)
        var tracker = try HealthSupport.tracker(rules: TrendRules(machine: rule))
        var findings: [TrendTracker.Finding] = []
        for index in 0..<rule.consecutive {
            findings += tracker.observe(HealthSupport.window(Double(index), "O100")).findings
        }
        #expect(findings.count == 1)
        for index in 0..<rule.clearAfter {
            findings += tracker.observe(HealthSupport.window(Double(rule.consecutive + index), "N100")).findings
        }
        #expect(findings.count == 2)
        #expect(!tracker.isConditionPresent(HealthSupport.oil))
    }

    @Test(arguments: [
        (ChangeRule(consecutive: 0), TrendRuleProblem.Key.consecutive, "outside 1 to 10000"),
        (ChangeRule(clearAfter: 10_001), .clearAfter, "outside 1 to 10000"),
        (ChangeRule(consecutive: 9_999), .consecutive, "417 days"),
    ])
    func impossibleRulesOfChangeAreRefused(rule: ChangeRule, key: TrendRuleProblem.Key, words: String) {
        let problems = rule.problems(hopSeconds: 3_600, windowLengthSeconds: 10)
        #expect(problems.map(\.key) == [key])
        #expect(problems.first?.description.contains(words) == true, "\(problems)")
        #expect(ChangeRule().problems(hopSeconds: 3_600, windowLengthSeconds: 10).isEmpty)
    }
}
