// Splits never leak: no recording on both sides, earlier ones teach, and repetitions differ but repeat with their seed.
import Detection
import Testing

@testable import EdgeService

/// A machine's recordings without sound.
func rows(_ counts: [(label: String, count: Int)], timed: Bool = true) -> [EvaluationManifest.Row] {
    counts.flatMap { label, count in
        (0..<count).map { index in
            EvaluationManifest.Row(
                file: "\(label)-\(index).wav",
                label: label,
                condition: RecordingCondition(word: label),
                machine: "m",
                profile: "",
                // Not in the manifest's order.
                timeSeconds: timed ? Double((index * 7) % count) : nil
            )
        }
    }
}

@Suite struct EvaluationSplitTests {
    private static let machine = rows([("normal", 11), ("unbalance", 5), ("rubbing", 1), ("other", 3)])

    @Test(arguments: SplitOrder.allCases, 0..<12)
    func noRecordingIsOnBothSides(order: SplitOrder, repetition: Int) {
        let split = EvaluationSplit(Self.machine, order: order, repetition: repetition, seed: 3)
        #expect(Set(split.teaching).isDisjoint(with: split.tested))
        #expect(Set(split.teaching).count == split.teaching.count)
        #expect(Set(split.tested).count == split.tested.count)
        let labels = Set(split.tested.map { Self.machine[$0].label })
        #expect(labels == ["normal", "unbalance", "rubbing", "other"])
        #expect(Set(split.teaching.map { Self.machine[$0].label }) == ["normal", "unbalance"])
    }

    @Test(arguments: 0..<12)
    func earlierRecordingsTeach(repetition: Int) throws {
        let split = EvaluationSplit(Self.machine, order: .time, repetition: repetition, seed: 3)
        for label in ["normal", "unbalance"] {
            func times(_ places: [Int]) -> [Double] {
                places.filter { Self.machine[$0].label == label }.compactMap { Self.machine[$0].timeSeconds }
            }
            let last = try #require(times(split.teaching).max())
            let first = try #require(times(split.tested).min())
            #expect(last < first)
        }
    }

    @Test(arguments: SplitOrder.allCases)
    func repetitionsDifferAndRepeatWithTheirSeed(order: SplitOrder) {
        let splits = (0..<10).map { EvaluationSplit(Self.machine, order: order, repetition: $0, seed: 3) }
        #expect(Set(splits.map { Set($0.teaching) }).count > 5)
        #expect(splits == (0..<10).map { EvaluationSplit(Self.machine, order: order, repetition: $0, seed: 3) })
        #expect(splits[1] != EvaluationSplit(Self.machine, order: order, repetition: 1, seed: 4))
    }

    @Test func byTimeTheFirstSplitUsesEveryRecording() {
        let split = EvaluationSplit(Self.machine, order: .time, repetition: 0, seed: 3)
        #expect(split.teaching.count + split.tested.count == Self.machine.count)
    }

    @Test(arguments: [
        (2, RecordingCondition.normal, 1), (3, .normal, 1), (5, .normal, 3), (1, .normal, 0), (1, .anomalous, 0),
        (2, .anomalous, 1), (5, .anomalous, 2), (9, .other, 0),
    ])
    func someAlwaysTest(count: Int, condition: RecordingCondition, teaching: Int) {
        #expect(EvaluationSplit.teachingShare(of: count, condition: condition) == teaching)
    }

    @Test func machinesWithTooFewRecordingsAreNamed() {
        #expect(MachineComparison.shortage(rows([("normal", 2), ("unbalance", 1)])) == nil)
        let one = MachineComparison.shortage(rows([("normal", 1), ("unbalance", 4)]))
        #expect(one == "1 normal recording, needs 2: one teaches, another tests")
        #expect(MachineComparison.shortage(rows([("normal", 9), ("other", 4)])) == "no faulty recording, needs 1")
    }
}
