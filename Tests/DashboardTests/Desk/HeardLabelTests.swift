// Advice on labels by how they fared.
import Dashboard
import MachineHealth
import Testing

@Suite struct HeardLabelTests {
    private func label(_ name: String, _ kind: LabelKind, _ wins: Int, highest: Double = 0.4) -> HeardLabel {
        HeardLabel(name: name, kind: kind, wins: wins, highest: highest)
    }

    private func advice(_ labels: [HeardLabel], windows: Int = 1_000) -> [String] {
        LabelAdvice.onHeard(labels, windows: windows).map { "\($0.severity.rawValue) \($0.kind.rawValue) \($0.labels)" }
    }

    @Test func labelsThatAllWinSometimesAreFine() {
        #expect(
            advice([label("fine", .normal, 900), label("dry", .fault, 80), label("other", .anchor, 20)]).isEmpty
        )
    }

    @Test(arguments: [
        (LabelKind.normal, "advisory"), (.fault, "warning"), (.anchor, "warning"),
    ])
    func whatWinsAlwaysIsDoubtful(kind: LabelKind, severity: String) {
        let others = LabelKind.allCases.filter { $0 != kind }.map { label("\($0)", $0, 1) }
        #expect(advice([label("winner", kind, 996)] + others) == ["\(severity) always_wins [\"winner\"]"])
        #expect(advice([label("winner", kind, 994)] + others).isEmpty)
    }

    /// A fault that never wins has not happened; a normal label that never wins describes another machine.
    @Test func whatNeverWinsIsDoubtfulByItsKind() {
        let all = [label("fine", .normal, 0), label("dry", .fault, 0), label("other", .anchor, 500)]
        #expect(advice(all) == ["warning never_wins [\"fine\"]", "advisory never_wins [\"dry\"]"])
        let text = LabelAdvice.onHeard(all, windows: 1_000).map(\.text.en)
        #expect(text.allSatisfy { $0.contains("never on top in 1000 windows (40 % at most)") })
    }

    @Test func fewWindowsSayNothing() {
        #expect(advice([label("fine", .normal, 199), label("other", .anchor, 0)], windows: 199).isEmpty)
    }

    @Test func aSetWithoutAnAnchorIsDoubtfulAtOnce() {
        #expect(advice([label("fine", .normal, 9), label("dry", .fault, 1)], windows: 10) == ["warning no_anchor []"])
    }
}
