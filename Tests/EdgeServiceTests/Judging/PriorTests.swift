// How common labels are: priors move the scores by their logarithm, the model's own scores stay beside them.
import CLAP
import Detection
import Foundation
import MachineHealth
import Testing

@testable import EdgeService

@Suite struct PriorTests {
    private func vocabulary(_ priors: [Double]) throws -> LabelVocabulary {
        try LabelVocabulary(
            profile: "p",
            labels: priors.enumerated().map { index, prior in
                Label(
                    id: LabelID("l\(index)"),
                    name: LocalizedName(["en": "L\(index)"]),
                    kind: index == 0 ? .normal : .fault,
                    prompts: ["a sound"],
                    prior: prior
                )
            }
        )
    }

    private func judge(_ priors: [Double]) throws -> WindowJudge {
        let vocabulary = try vocabulary(priors)
        var judge = WindowJudge(
            labels: vocabulary.labels.map(\.id),
            head: ZeroShotHead(labelEmbeddings: [[1, 0], [0, 1]], scale: 10),
            gain: .none
        )
        judge.expect(vocabulary)
        return judge
    }

    private let undecided: [Float] = [Float(0.5).squareRoot(), Float(0.5).squareRoot()]

    @Test func aWindowBetweenTwoLabelsGoesByWhatIsCommon() throws {
        let judgement = try judge([9, 1]).judge(embedding: undecided, descriptor: [])
        #expect(abs(judgement.scores[0].confidence - 0.9) < 1e-6)
        #expect(abs(judgement.rawScores[0].confidence - 0.5) < 1e-6)
        // Ten times the logit between them outweighs nine to one.
        let clear = try judge([9, 1]).judge(embedding: [0, 1], descriptor: [])
        #expect(clear.scores[1].confidence > 0.99)
    }

    @Test(arguments: [[1.0, 1.0], [7.0, 7.0]])
    func evenPriorsChangeNothing(priors: [Double]) throws {
        let judge = try judge(priors)
        #expect(!judge.changesScores)
        #expect(judge.unlearned == .none)
        #expect(try judge.judge(embedding: undecided, descriptor: []).rawScores.isEmpty)
    }

    /// A learned temperature outlives a change of priors.
    @Test func aLearnedTemperatureStays() throws {
        var judge = try judge([9, 1])
        judge.calibration = Calibration(temperature: 2, logPriors: judge.unlearned.logPriors)
        judge.expect(try vocabulary([1, 1]))
        #expect(judge.calibration == Calibration(temperature: 2))
        judge.expect(try vocabulary([3, 1]))
        #expect(judge.calibration.temperature == 2)
        #expect(abs((judge.calibration.logPriors.first ?? 0) - log(0.75)) < 1e-12)
    }

    /// What is learned is judged against the priors alone and falls back to them.
    @Test func aCalibrationThatDoesNotHelpLeavesThePriors() throws {
        let examples = (0..<24).map { index in
            CalibrationExample(logits: [0, 0], truth: index % 2)
        }
        let choice = try #require(try CalibrationChoice(examples, priors: [3, 1]))
        #expect(choice.unlearned == Calibration(priors: [3, 1]))
        #expect(!choice.isBetter && choice.used == choice.unlearned)
    }

    @Test func labelsStoredBeforeHaveNone() throws {
        let text =
            #"{"id":"dry","name":{"names":{"en":"Dry"}},"kind":"fault","severity":"warning","prompts":["a dry pump"]}"#
        #expect(try JSONDecoder().decode(Label.self, from: Data(text.utf8)).prior == 1)
    }
}
