// N of M: windows that count need not follow one another.
import Foundation
import MachineHealth
import Testing

private typealias Support = HealthSupport

@Suite struct CountWithinTests {
    private static let threeOfFive = TrendRules(machine: TrendRule(within: 5))

    /// "O+@4" raised, "O-@7" cleared, "O~@5" near miss, each with the window it came with.
    private func findings(_ windows: String, rules: TrendRules) throws -> String {
        var tracker = try Support.tracker(rules: rules)
        var shown: [String] = []
        for (index, window) in Support.windows(windows).enumerated() {
            for finding in tracker.observe(window).findings {
                switch finding {
                case .raised(let label, _, _): shown.append("\(label == Support.oil ? "O" : "V")+@\(index)")
                case .cleared(let label, _, _): shown.append("\(label == Support.oil ? "O" : "V")-@\(index)")
                case .nearMiss(let miss): shown.append("\(miss.label == Support.oil ? "O" : "V")~@\(index)")
                }
            }
        }
        return shown.joined(separator: " ")
    }

    @Test(arguments: [
        ("three in a row", "O80 O80 O80", "O+@2"),
        ("every other window", "O80 N90 O80 N90 O80", "O+@4"),
        ("undetermined ones only fill places", "O80 N50 O80 O71 O80", "O+@4"),
        ("three of six are too far apart", "O80 N90 O80 N90 N90 O80", ""),
        ("the first leaves, the rest goes on", "O80 N90 O80 N90 N90 O80 O80", "O+@6"),
        ("missing sound takes no place", "O80 I I N90 I O80 I N90 I O80", "O+@9"),
        ("a microphone in trouble takes no place", "O80 TO99 T N90 C O80 T N90 O80", "O+@8"),
        ("two faults at once", "O80 V80 O80 V80 O80 V80", "O+@4 V+@5"),
        ("told once when nothing is left of it", "O80 N90 O80 N90 N90 N90 N90 N90", "O~@5"),
        ("one alone is no near miss", "O80 N90 N90 N90 N90", ""),
        ("after the alarm counting starts anew", "O80 O80 O80 N90 N90 N90 O80 N90 O80 N90 O80", "O+@2 O-@5 O+@10"),
        ("no near miss while the alarm stands", "O80 O80 O80 N90 O80 N90 N90 N90", "O+@2 O-@7"),
    ])
    func threeOfFive(name: String, windows: String, expected: String) throws {
        #expect(try findings(windows, rules: Self.threeOfFive) == expected, "\(name)")
    }

    @Test func aNearMissTellsTheMostThereWas() throws {
        var tracker = try Support.tracker(rules: Self.threeOfFive)
        let all = Support.windows("O80 N90 O81 N90 N90 O82 N90 N90 N52").map { tracker.observe($0).findings }
        guard case .nearMiss(let miss)? = all.last?.first else {
            Issue.record("\(all)")
            return
        }
        #expect(miss.windows.map(\.confidence) == [0.81, 0.82])
        #expect(miss.required == 3 && miss.within == 5)
        #expect(
            miss.summary { $0.rawValue } == "2 of 3 within 5; the last was undetermined (normal at 0.52)"
        )
    }

    @Test func theRunShowsHowManyOfTheLastCount() throws {
        var tracker = try Support.tracker(rules: Self.threeOfFive)
        let counts = Support.windows("O80 N90 O80 O80 O80 O80 O80 O80 N90").map { window in
            _ = tracker.observe(window)
            return tracker.consecutive(Support.oil)
        }
        #expect(counts == [1, 1, 2, 3, 4, 4, 5, 5, 4])
    }

    @Test func theRaiseIsToldWithItsCount() throws {
        var monitor = try Support.monitor(rules: Self.threeOfFive)
        let event = Support.windows("O80 N90 O81 N90 O82").flatMap { monitor.observe($0).events }.first
        #expect(
            event?.message == "c1: Bearing lacking oil in 3 of 5 windows (0.80, 0.81, 0.82; needed more than 0.75)"
        )
        #expect(event?.consecutive == 3)
        #expect(monitor.records.first?.required == 3)
    }

    /// `within` as large as `consecutive` is the rule of consecutive windows, whatever happens.
    @Test(arguments: 200..<230)
    func asManyAsNeededIsOneAfterTheOther(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let count = Int.random(in: 1...5, using: &generator)
        var plain = try Support.tracker(rules: TrendRules(machine: TrendRule(consecutive: count)))
        var within = try Support.tracker(rules: TrendRules(machine: TrendRule(consecutive: count, within: count)))
        let forms: [Substring] = ["N90", "O80", "O90", "V80", "N50", "O71", "I", "T", "X90"]
        var form = forms[0]
        for index in 0..<300 {
            if Int.random(in: 0..<3, using: &generator) == 0 { form = forms.randomElement(using: &generator) ?? form }
            let window = Support.window(Double(index), form)
            #expect(plain.observe(window).findings == within.observe(window).findings)
            #expect(plain.state == within.state)
        }
    }

    /// An independent reading: three of the last five judged windows since the last alarm ended.
    @Test(arguments: 300..<330)
    func raisesAgreeWithTheRuleReadPlainly(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let needed = Int.random(in: 1...4, using: &generator)
        let span = needed + Int.random(in: 0...4, using: &generator)
        let rule = TrendRule(consecutive: needed, clearAfter: 2, staleAfterSeconds: 1e9, within: span)
        var tracker = try Support.tracker(rules: TrendRules(machine: rule))
        var hits: [Bool] = []
        var wasPresent = false
        let forms: [Substring] = ["N90", "O80", "O80", "V80", "N50", "O71", "I", "T", "TO99"]
        for index in 0..<400 {
            let window = Support.window(Double(index), forms.randomElement(using: &generator) ?? "I")
            _ = tracker.observe(window)
            let isJudged = window.quality == .good && window.trouble == nil
            if isJudged { hits.append(window.top?.label == Support.oil && (window.top?.confidence ?? 0) > 0.75) }
            let isMet = isJudged && hits.last == true && hits.suffix(span).count { $0 } >= needed
            let isPresent = tracker.isConditionPresent(Support.oil)
            if !wasPresent { #expect(isPresent == isMet, "window \(index)") }
            if wasPresent, !isPresent { hits = [] }
            wasPresent = isPresent
        }
    }

    /// Snapshots of versions that knew runs of consecutive windows only go on where they stood.
    @Test func anEarlierVersionsRunGoesOn() throws {
        var tracker = try Support.tracker()
        for window in Support.windows("O80 O80") { _ = tracker.observe(window) }
        let data = try JSONEncoder().encode(tracker.state)
        var object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let runs = try #require(object.removeValue(forKey: "runs") as? [Any])
        object["run"] = runs.first
        let earlier = try JSONSerialization.data(withJSONObject: object)
        let state = try JSONDecoder().decode(TrendTracker.State.self, from: earlier)
        #expect(state == tracker.state)
        var next = TrendTracker(
            machine: "c1",
            vocabulary: try Support.vocabulary(),
            rules: TrendRules(),
            state: state
        )
        #expect(next.observe(Support.window(2, "O80")).findings.count == 1)
    }
}
