// Score tables: windows in, findings out.
import Foundation
import MachineHealth
import Testing

private typealias Support = HealthSupport

struct Scenario: Sendable, CustomTestStringConvertible {
    let name: String
    let windows: String
    /// One word per finding with the window it came with: "O+@2" raised, "O-@5" cleared, "O~@2" near miss.
    let findings: String
    var rules = TrendRules()

    var testDescription: String { name }

    static let runs = [
        Scenario(name: "three in a row raise", windows: "O76 O80 O99", findings: "O+@2"),
        Scenario(name: "two do not", windows: "O76 O80", findings: ""),
        Scenario(name: "the threshold itself does not count", windows: "O75 O75 O75 O75", findings: ""),
        Scenario(name: "a longer run raises once", windows: "O80 O80 O80 O80 O80 O80 O80", findings: "O+@2"),
        Scenario(name: "normal breaks", windows: "O80 O80 N90 O80 O80", findings: "O~@2"),
        Scenario(name: "too little confidence breaks", windows: "O80 O80 O71 O80 O80 O80", findings: "O~@2 O+@5"),
        Scenario(name: "undetermined breaks", windows: "O80 O80 N50 O80 O80", findings: "O~@2"),
        Scenario(name: "the fault itself undetermined breaks", windows: "O80 O80 O69 O80", findings: "O~@2"),
        Scenario(name: "the other fault breaks and starts", windows: "O80 O80 V80 V80 V80", findings: "O~@2 V+@4"),
        Scenario(name: "an anchor breaks", windows: "O80 O80 X90 O80", findings: "O~@2"),
        Scenario(name: "one window is no near miss of three", windows: "O80 N90 O80 N90", findings: ""),
        Scenario(name: "incomplete neither counts nor breaks", windows: "O80 I O80 I I O80", findings: "O+@5"),
        Scenario(name: "only incomplete", windows: "I I I I", findings: ""),
        Scenario(
            name: "one window is half of two",
            windows: "O80 N90 O80 O80",
            findings: "O~@1 O+@3",
            rules: TrendRules(machine: TrendRule(consecutive: 2))
        ),
        Scenario(
            name: "one window may be enough",
            windows: "N90 O80",
            findings: "O+@1",
            rules: TrendRules(machine: TrendRule(consecutive: 1))
        ),
        Scenario(
            name: "a label's own rule",
            windows: "V91 V86 V91 V91 O80 O80 O80",
            findings: "V~@1 V+@3 O+@6 V-@6",
            rules: TrendRules(labels: [Support.valve: TrendRule(confidence: 0.9, consecutive: 2)])
        ),
        Scenario(
            name: "a label's own valid_above",
            windows: "O60 O60 O60",
            findings: "O+@2",
            rules: TrendRules(labels: [
                Support.oil: TrendRule(validAbove: 0.5, confidence: 0.55, clearBelow: 0.3)
            ])
        ),
    ]

    static let clears = [
        Scenario(name: "three clear windows", windows: "O80 O80 O80 N90 N90 N90", findings: "O+@2 O-@5"),
        Scenario(name: "two are not enough", windows: "O80 O80 O80 N90 N90", findings: "O+@2"),
        Scenario(
            name: "the dead band starts anew",
            windows: "O80 O80 O80 N90 N90 O71 N90 N90 N90",
            findings: "O+@2 O-@8"
        ),
        Scenario(
            name: "the dead band under another label",
            windows: "O80 O80 O80 N70o30 N70o30 X70o68 N70o30 N70o30 N70o30",
            findings: "O+@2 O-@8"
        ),
        Scenario(name: "the fault on top is never clear", windows: "O80 O80 O80 O60 O60 O60 O60", findings: "O+@2"),
        Scenario(
            name: "the fault on top starts the clear run anew, undetermined or not",
            windows: "O80 O80 O80 N90 N90 O60 N90 N90 N90",
            findings: "O+@2 O-@8"
        ),
        Scenario(
            name: "the fault on top is never clear, determined or not",
            windows: "O80 O80 O80 O60 O60 O60 O60",
            findings: "O+@2",
            rules: TrendRules(machine: TrendRule(validAbove: 0.5))
        ),
        Scenario(name: "undetermined is no evidence", windows: "O80 O80 O80 N60 N60 N60 N60", findings: "O+@2"),
        Scenario(
            name: "undetermined keeps a clear run",
            windows: "O80 O80 O80 N90 N60 N90 N60 N90",
            findings: "O+@2 O-@7"
        ),
        Scenario(name: "missing sound never clears", windows: "O80 O80 O80 I I I I I I", findings: "O+@2"),
        Scenario(
            name: "missing sound keeps a clear run",
            windows: "O80 O80 O80 N90 I N90 I N90",
            findings: "O+@2 O-@7"
        ),
        Scenario(name: "another fault clears too", windows: "O80 O80 O80 V80 V80 V80", findings: "O+@2 V+@5 O-@5"),
        Scenario(
            name: "raised, cleared, raised",
            windows: "O80 O80 O80 N90 N90 N90 O80 O80 O80",
            findings: "O+@2 O-@5 O+@8"
        ),
        Scenario(
            name: "a broken run is no near miss while the condition holds",
            windows: "O80 O80 O80 N90 O80 O80 N90",
            findings: "O+@2"
        ),
        Scenario(
            name: "clear after one",
            windows: "O80 O80 O80 N90",
            findings: "O+@2 O-@3",
            rules: TrendRules(machine: TrendRule(clearAfter: 1))
        ),
        Scenario(
            name: "both at once",
            windows: "O80 O80 O80 V80 V80 V80 O80 O80 O80",
            findings: "O+@2 V+@5 O-@5 O+@8 V-@8"
        ),
    ]
}

@Suite struct TrendTrackerTests {
    private func shown(_ finding: TrendTracker.Finding, _ index: Int) -> String {
        func letter(_ label: LabelID) -> String { label == Support.oil ? "O" : "V" }
        return switch finding {
        case .raised(let label, _, _): "\(letter(label))+@\(index)"
        case .cleared(let label, _, _): "\(letter(label))-@\(index)"
        case .nearMiss(let miss): "\(letter(miss.label))~@\(index)"
        }
    }

    @Test(arguments: Scenario.runs + Scenario.clears)
    func scoreTables(scenario: Scenario) throws {
        var tracker = try Support.tracker(rules: scenario.rules)
        var shown: [String] = []
        for (index, window) in Support.windows(scenario.windows).enumerated() {
            shown += tracker.observe(window).findings.map { self.shown($0, index) }
        }
        #expect(shown.joined(separator: " ") == scenario.findings)
    }

    @Test func theWindowsOfARaiseAreThoseThatRaisedIt() throws {
        var tracker = try Support.tracker()
        var findings: [TrendTracker.Finding] = []
        for window in Support.windows("N90 O76 I O80 O99") { findings += tracker.observe(window).findings }
        let windows = [(1.0, 0.76), (3, 0.80), (4, 0.99)].map { EventWindow(start: Support.time($0), confidence: $1) }
        #expect(findings == [.raised(Support.oil, windows: windows, confidence: 0.99)])
        #expect(tracker.consecutive(Support.oil) == 3)
        #expect(tracker.consecutive(Support.valve) == 0)
    }

    @Test(arguments: [
        ("O80 O80 O71", "2 of 3; the third was 0.71, needed 0.75"),
        ("O80 O80 O75", "2 of 3; the third was 0.75, needed more than 0.75"),
        ("O80 O80 O62", "2 of 3; the third was 0.62, needed 0.75"),
        ("O80 O80 N90", "2 of 3; the third was Normal running at 0.90"),
        ("O80 O80 N52", "2 of 3; the third was undetermined (Normal running at 0.52)"),
    ])
    func nearMissesInWords(windows: String, words: String) throws {
        var tracker = try Support.tracker()
        var findings: [TrendTracker.Finding] = []
        for window in Support.windows(windows) { findings += tracker.observe(window).findings }
        guard case .nearMiss(let miss)? = findings.first, findings.count == 1 else {
            Issue.record("\(findings)")
            return
        }
        let vocabulary = try Support.vocabulary()
        #expect(miss.summary { vocabulary.name(of: $0) } == words)
        #expect(miss.windows.count == 2)
        #expect(miss.required == 3)
    }

    @Test func missingSoundGoesStaleAfterTheSetTime() throws {
        // Last classified end: 10 s after window 1. 60 s later continuity is lost.
        var tracker = try Support.tracker()
        for window in Support.windows("O80 O80") { _ = tracker.observe(window) }
        for index in 2...13 { #expect(tracker.observe(Support.window(Double(index), "I")).findings.isEmpty) }
        #expect(tracker.consecutive(Support.oil) == 2)
        #expect(!tracker.state.isStale)
        let findings = tracker.observe(Support.window(14, "I")).findings
        #expect(tracker.state.isStale)
        guard case .nearMiss(let miss)? = findings.first else {
            Issue.record("\(findings)")
            return
        }
        #expect(miss.cause == .stale(gapSeconds: 65))
        #expect(miss.summary() == "2 of 3; then nothing was classified for 65 s")
        #expect(tracker.consecutive(Support.oil) == 0)
        #expect(tracker.observe(Support.window(15, "O80")).findings.isEmpty)
        #expect(!tracker.state.isStale)
        #expect(tracker.consecutive(Support.oil) == 1)
    }

    @Test(arguments: [(12.0, true), (13.0, true), (14.0, false)])
    func aGapUpToTheStaleTimeKeepsARun(next: Double, isKept: Bool) throws {
        var tracker = try Support.tracker()
        for window in Support.windows("O80 O80") { _ = tracker.observe(window) }
        let findings = tracker.observe(Support.window(next, "O80")).findings
        #expect(tracker.isConditionPresent(Support.oil) == isKept)
        #expect(tracker.consecutive(Support.oil) == (isKept ? 3 : 1))
        #expect(findings.count == 1)
    }

    @Test func theClockAloneMakesItStaleToo() throws {
        var tracker = try Support.tracker()
        #expect(tracker.tick(now: Support.time(1_000)).isEmpty)
        let received = Support.time(100)
        for window in Support.windows("O80 O80") { _ = tracker.observe(window, receivedAt: received) }
        #expect(tracker.tick(now: received.addingTimeInterval(60)).isEmpty)
        #expect(tracker.consecutive(Support.oil) == 2)
        #expect(tracker.tick(now: received.addingTimeInterval(61)).count == 1)
        #expect(tracker.tick(now: received.addingTimeInterval(62)).isEmpty)
        #expect(tracker.consecutive(Support.oil) == 0)
        #expect(tracker.state.isStale)
    }

    @Test func aClearRunDoesNotOutliveStaleTime() throws {
        var tracker = try Support.tracker()
        for window in Support.windows("O80 O80 O80 N90 N90") { _ = tracker.observe(window) }
        #expect(tracker.observe(Support.window(30, "N90")).findings.isEmpty)
        #expect(tracker.isConditionPresent(Support.oil))
        #expect(tracker.observe(Support.window(31, "N90")).findings.isEmpty)
        #expect(tracker.observe(Support.window(32, "N90")).findings.count == 1)
    }

    @Test func repeatedAndLateWindowsAreIgnoredAndCounted() throws {
        var tracker = try Support.tracker()
        for window in Support.windows("O80 O80") { _ = tracker.observe(window) }
        for index in [1.0, 1, 0, 0.5] {
            let (outcome, findings) = tracker.observe(Support.window(index, "O80"))
            #expect(outcome == .ignored)
            #expect(findings.isEmpty)
        }
        #expect(tracker.state.ignored.duplicate == 2)
        #expect(tracker.state.ignored.outOfOrder == 2)
        #expect(tracker.consecutive(Support.oil) == 2)
    }

    @Test func aClockSetBackIsFollowedAfterThreeWindows() throws {
        var tracker = try Support.tracker()
        for window in Support.windows("O80 O80", from: 1_000) { _ = tracker.observe(window) }
        #expect(tracker.observe(Support.window(0, "O80")).outcome == .ignored)
        #expect(tracker.observe(Support.window(1, "O80")).outcome == .ignored)
        let (outcome, findings) = tracker.observe(Support.window(2, "O80"))
        #expect(outcome == .taken(.label(Support.oil)))
        guard case .nearMiss(let miss)? = findings.first else {
            Issue.record("\(findings)")
            return
        }
        #expect(miss.cause == .clockStep)
        #expect(tracker.consecutive(Support.oil) == 1)
        #expect(tracker.observe(Support.window(3, "O80")).findings.isEmpty)
        #expect(tracker.observe(Support.window(4, "O80")).findings.count == 1)
    }

    @Test func oneStragglerFromLongAgoIsNoClockStep() throws {
        var tracker = try Support.tracker()
        for index in 0..<20 {
            _ = tracker.observe(Support.window(1_000 + Double(index), "N90"))
            #expect(tracker.observe(Support.window(Double(index), "O80")).outcome == .ignored)
        }
        #expect(tracker.state.ignored.outOfOrder == 20)
    }

    @Test func windowsOfOthersAndUnusableScores() throws {
        var tracker = try Support.tracker()
        let good = Support.window(0, "O80")
        let foreign = Observation(
            machine: "c2",
            start: good.start,
            end: good.end,
            scores: good.scores,
            levelDBFS: 0,
            missingFraction: 0,
            quality: .good
        )
        #expect(tracker.observe(foreign).outcome == .ignored)
        #expect(tracker.state.ignored.foreign == 1)
        let unusable: [[(LabelID, Double)]] = [
            [(Support.oil, .nan)], [(Support.oil, 1.5)], [(Support.oil, -0.1)], [(LabelID("unknown"), 0.9)],
        ]
        for (index, scores) in unusable.enumerated() {
            #expect(tracker.observe(Support.window(Double(index), scores)).outcome == .taken(.incomplete))
        }
        #expect(tracker.state.ignored.malformed == 4)
        #expect(tracker.state.isStale)
    }

    @Test(arguments: [
        ("N90", Verdict.label(HealthSupport.normal)), ("N70", .label(HealthSupport.normal)), ("N69", .undetermined),
        ("O71", .label(HealthSupport.oil)), ("I", .incomplete),
    ])
    func verdicts(form: String, verdict: Verdict) throws {
        let tracker = try Support.tracker()
        #expect(tracker.verdict(on: Support.window(0, Substring(form))) == verdict)
    }
}
