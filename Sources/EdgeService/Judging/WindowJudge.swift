// From what was heard to what the domain is told: microphone, text scores, calibration, examples, novelty. A value without I/O.
import AudioFeatures
import CLAP
import Detection
import Foundation
import MachineHealth

/// What a judge makes of one window.
struct WindowJudgement: Hashable, Sendable {
    /// Probability per label, summing to one: text scores, calibrated, with what people taught. Empty where the microphone is
    /// in trouble, for then the window says nothing about the machine.
    let scores: [LabelScore]
    /// The model's own probabilities; empty where `scores` are those.
    let rawScores: [LabelScore]
    /// Distance from the machine's normal sound; nil where none is enrolled.
    let novelty: Novelty?
    /// What is wrong with the microphone; nil where it is well.
    let trouble: MicrophoneTrouble?
}

/// All that judges the windows of one machine. The same value judges live windows and stored ones.
struct WindowJudge: Sendable {
    /// The machine's labels, in the order of the head's probabilities.
    let labels: [LabelID]
    /// The labels' embeddings.
    let head: ZeroShotHead
    /// Loudness normalisation.
    let gain: WindowGain
    /// How common each label is, in the labels' order; nil where all are alike.
    var priors: [Double]?
    /// Brings the text scores in line with how often they are right.
    var calibration = Calibration.none
    /// What people taught; nil where nothing, or where it would have harmed.
    var examples: ExampleCache?
    /// The machine's normal sound; nil before enrolment. The microphone check knows the machine's levels from it.
    var normalSound: NormalSound? {
        didSet { microphone.knownLevelsDBFS = normalSound?.levelsDBFS }
    }
    /// Tells sound from a microphone in trouble.
    var microphone = MicrophoneCheck()

    /// What holds before anything is learned: the priors alone.
    var unlearned: Calibration { priors.map(Calibration.init(priors:)) ?? .none }

    /// Whether `scores` may differ from the model's own.
    var changesScores: Bool { calibration != .none || examples != nil }

    /// Calibrated log-probabilities of the labels by their text alone.
    func textLogProbabilities(_ embedding: [Float]) -> [Double] {
        calibration.logProbabilities(logits(embedding))
    }

    /// Probabilities of the labels, in their order: text, calibration and examples together.
    ///
    /// - Throws: `DetectionError` for a width that does not fit the examples.
    func probabilities(_ embedding: [Float]) throws(DetectionError) -> [Double] {
        guard changesScores else { return rawProbabilities(embedding) }
        let text = textLogProbabilities(embedding)
        return try examples?.probabilities(embedding: embedding, textLogProbabilities: text) ?? text.map(exp)
    }

    /// The label on top; the earlier one wins a tie.
    func top(_ embedding: [Float]) throws(DetectionError) -> LabelID {
        let shares = try probabilities(embedding)
        let place = shares.indices.max { (shares[$0], $1) < (shares[$1], $0) } ?? 0
        return labels[place]
    }

    /// What the model itself says, before any calibration: a value per label.
    func logits(_ embedding: [Float]) -> [Double] {
        head.cosines(embedding).map { Double($0) * Double(head.scale) }
    }

    private func rawProbabilities(_ embedding: [Float]) -> [Double] { head.probabilities(embedding).map(Double.init) }

    /// Judges a window.
    ///
    /// - Parameters:
    ///   - embedding: L2-normalised, of the model the labels were encoded with.
    ///   - descriptor: the acoustic descriptor's values; empty where none is known, which leaves novelty to the embedding's
    ///     bank only where that has no descriptors either, and the microphone unchecked.
    /// - Throws: `DetectionError` for widths that do not fit the bank or the examples.
    func judge(embedding: [Float], descriptor: [Float]) throws(DetectionError) -> WindowJudgement {
        if let trouble = microphone.trouble(descriptor) {
            return WindowJudgement(scores: [], rawScores: [], novelty: nil, trouble: trouble)
        }
        return WindowJudgement(
            scores: labelled(try probabilities(embedding)),
            rawScores: changesScores ? labelled(rawProbabilities(embedding)) : [],
            novelty: try normalSound?.novelty(of: NormalWindow(embedding: embedding, descriptor: descriptor)),
            trouble: nil
        )
    }

    /// Takes over how common a vocabulary says its labels are. A temperature that was learned stays.
    mutating func expect(_ vocabulary: LabelVocabulary) {
        let values = vocabulary.labels.map(\.prior)
        priors = values.allSatisfy { $0 == values.first } ? nil : values
        calibration = Calibration(temperature: calibration.temperature, logPriors: unlearned.logPriors)
    }

    private func labelled(_ probabilities: [Double]) -> [LabelScore] {
        zip(labels, probabilities).map { LabelScore(label: $0, confidence: $1) }
    }
}
