// A temperature is used only where it helps on windows it was not learned from.
import Foundation
import Testing

@testable import Detection

@Suite struct CalibrationChoiceTests {
    /// Windows whose truth is drawn from softmax(logits / temperature): what the temperature should be found to be.
    private func examples(
        _ count: Int,
        temperature: Double,
        seed: UInt64,
        group: (Int) -> String? = { "\($0)" }
    ) -> [CalibrationExample] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { index in
            let logits = (0..<3).map { _ in 3 * generator.normal() }
            let shares = Calibration(temperature: temperature).probabilities(logits)
            var rest = Double.random(in: 0..<1, using: &generator)
            let truth = shares.firstIndex { share in
                rest -= share
                return rest < 0
            }
            return CalibrationExample(logits: logits, truth: truth ?? 2, group: group(index))
        }
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func overconfidenceIsTakenBack(seed: UInt64) throws {
        let choice = try #require(try CalibrationChoice(examples(400, temperature: 3, seed: seed)))
        #expect(choice.isBetter)
        #expect(abs(choice.learned.temperature - 3) < 1)
        #expect(choice.used == choice.learned)
        #expect(choice.after.logLoss < choice.before.logLoss)
        #expect(choice.after.expectedCalibrationError < choice.before.expectedCalibrationError)
    }

    /// Scores that mean what they say: whatever is learned is noise, and must not be paid for.
    @Test(arguments: 0..<20 as Range<UInt64>)
    func whatIsUsedIsNeverWorseOnUnseenWindows(seed: UInt64) throws {
        let choice = try #require(try CalibrationChoice(examples(24, temperature: 1, seed: seed)))
        if choice.isBetter {
            #expect(choice.after.logLoss < choice.before.logLoss)
        } else {
            #expect(choice.used == .none)
        }
    }

    @Test func fewDecisionsOrOneLabelTeachNothing() throws {
        let many = examples(60, temperature: 2, seed: 1)
        #expect(try CalibrationChoice(Array(many.prefix(CalibrationChoice.fewestExamples - 1))) == nil)
        let alike = many.map { CalibrationExample(logits: $0.logits, truth: 1) }
        #expect(try CalibrationChoice(alike) == nil)
    }

    /// Twenty copies of one lucky window are one event: nothing else confirms them.
    @Test func oneEventProvesNothing() throws {
        var all = examples(20, temperature: 2, seed: 3) { _ in "one" }
        all[0] = CalibrationExample(logits: all[0].logits, truth: (all[1].truth + 1) % 3, group: "one")
        let choice = try #require(try CalibrationChoice(all))
        #expect(!choice.isBetter)
        #expect(choice.used == .none)
        #expect(choice.after == choice.before)
    }

    @Test func priorsMoveTheBalance() throws {
        let choice = try #require(
            try CalibrationChoice(examples(60, temperature: 1, seed: 5), priors: [0.9, 0.05, 0.05])
        )
        #expect(choice.learned.logPriors.count == 3)
        #expect(choice.learned.logPriors[0] > choice.learned.logPriors[1])
    }
}
