// One window as read back, and the features stored beside it.
import Foundation
import MachineHealth

/// One stored window.
public struct StoredWindow: Hashable, Sendable {
    /// The machine.
    public let machine: String
    /// First sample's time, to the millisecond.
    public let start: Date
    /// Time just after the last sample.
    public let end: Date
    /// Probability per label in vocabulary order; empty when incomplete.
    public let scores: [LabelScore]
    /// The label on top.
    public let top: LabelID?
    /// Its confidence.
    public let confidence: Double?
    /// A label id, "undetermined" or "incomplete".
    public let verdict: String
    /// Whether it was classified.
    public let quality: ObservationQuality
    /// RMS level in dB relative to full scale; -160 for digital silence.
    public let levelDBFS: Double
    /// Share of audio missing, 0...1.
    public let missingFraction: Double
    /// The model that judged it.
    public let model: String
    /// Time from its last sample to its verdict, in milliseconds.
    public let latencyMS: Double
    /// The model's own probabilities, before examples and calibration; empty where `scores` are those.
    public let rawScores: [LabelScore]
    /// Distance from the machine's normal sound; nil where none was enrolled.
    public let novelty: Novelty?
    /// What was wrong with the microphone; nil where it was well.
    public let trouble: MicrophoneTrouble?
}

/// What the model and the classical analysis made of a window.
public struct StoredFeatures: Hashable, Sendable {
    /// First sample's time.
    public let start: Date
    /// The model.
    public let model: String
    /// L2-normalised embedding, to Float16 precision.
    public let embedding: [Float]?
    /// Classical description, to Float16 precision.
    public let descriptor: SoundDescriptor?
}
