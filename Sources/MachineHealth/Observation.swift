// One judged window of sound, as the domain sees it.
import Foundation

/// One label's probability in a window.
public struct LabelScore: Hashable, Sendable, Codable {
    /// The label.
    public let label: LabelID
    /// Its probability (softmax over the machine's labels), 0...1.
    public let confidence: Double

    /// Makes a score.
    public init(label: LabelID, confidence: Double) {
        self.label = label
        self.confidence = confidence
    }
}

/// Whether a window could be judged at all.
public enum ObservationQuality: String, Sendable, Codable {
    /// Classified.
    case good
    /// Too much audio was missing to classify it; carries no scores.
    case incomplete
}

/// One window of sound after classification (or the note that it could not be classified).
public struct Observation: Hashable, Sendable {
    /// The machine heard.
    public let machine: String
    /// First sample's time.
    public let start: Date
    /// Time just after the last sample.
    public let end: Date
    /// Probability per label in vocabulary order; empty when incomplete.
    public let scores: [LabelScore]
    /// RMS level of the window in dB relative to full scale.
    public let levelDBFS: Double
    /// Share of the window's audio that never arrived, 0...1.
    public let missingFraction: Double
    /// Whether it was classified.
    public let quality: ObservationQuality
    /// The model's own probabilities, before examples and calibration; empty where `scores` are those.
    public let rawScores: [LabelScore]
    /// Distance from the machine's normal sound; nil where none is enrolled, or where it is no number.
    public let novelty: Novelty?
    /// What is wrong with the microphone; nil where it is well.
    public let trouble: MicrophoneTrouble?

    /// Makes an observation.
    public init(
        machine: String,
        start: Date,
        end: Date,
        scores: [LabelScore],
        levelDBFS: Double,
        missingFraction: Double,
        quality: ObservationQuality,
        rawScores: [LabelScore] = [],
        novelty: Novelty? = nil,
        trouble: MicrophoneTrouble? = nil
    ) {
        self.machine = machine
        self.start = start
        self.end = end
        self.scores = scores
        self.levelDBFS = levelDBFS
        self.missingFraction = missingFraction
        self.quality = quality
        self.rawScores = rawScores
        self.novelty = novelty.flatMap { $0.isUsable ? $0 : nil }
        self.trouble = trouble
    }

    /// The label with the highest confidence; the earlier one wins a tie. Nil when there are no scores.
    public var top: LabelScore? {
        scores.reduce(nil as LabelScore?) { best, score in
            guard let best else { return score }
            return score.confidence > best.confidence ? score : best
        }
    }

    /// A label's confidence, or nil where the window has no score for it.
    public func confidence(of label: LabelID) -> Double? {
        scores.first { $0.label == label }?.confidence
    }
}
