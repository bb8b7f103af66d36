// `ausculta/<site>/<machine>/window`: one classified window, for whoever wants to see everything.
import Foundation
import MachineHealth
import TrendLog

/// The JSON of a window topic.
public struct WindowPayload: Hashable, Sendable, Codable {
    public var machine: String
    public var site: String
    public var start: Date
    public var end: Date
    /// The label on top; null where the window was not classified.
    public var label: String?
    public var confidence: Double?
    public var scores: [String: Double]
    /// The model's own probabilities; null where `scores` are those.
    public var rawScores: [String: Double]?
    /// Distance from the machine's normal sound; null where none is enrolled.
    public var novelty: NoveltyPayload?
    /// What is wrong with the microphone; null where it is well.
    public var trouble: MicrophoneTrouble?
    /// A label id, "undetermined", "incomplete" or such as "microphone_silence".
    public var verdict: String
    public var levelDBFS: Double?
    public var missingFraction: Double
    public var model: String
    public var latencyMS: Double

    enum CodingKeys: String, CodingKey {
        case machine, site, start, end, label, confidence, scores, novelty, trouble, verdict, model
        case rawScores = "raw_scores"
        case levelDBFS = "level_dbfs"
        case missingFraction = "missing_fraction"
        case latencyMS = "latency_ms"
    }

    /// The payload of a judged window.
    public init(_ record: WindowRecord, site: String) {
        let observation = record.observation
        let top = observation.quality == .good && observation.trouble == nil ? observation.top : nil
        machine = observation.machine
        self.site = site
        start = observation.start
        end = observation.end
        label = top?.label.rawValue
        confidence = top.map { PayloadCoder.share($0.confidence) }
        scores = Self.byLabel(observation.scores)
        rawScores = observation.rawScores.isEmpty ? nil : Self.byLabel(observation.rawScores)
        novelty = observation.novelty.map(NoveltyPayload.init)
        trouble = observation.trouble
        verdict = record.verdict.description
        levelDBFS = PayloadCoder.level(observation.levelDBFS)
        missingFraction = PayloadCoder.share(observation.missingFraction)
        model = record.model
        latencyMS = PayloadCoder.rounded(record.latencyMS, decimals: 1) ?? 0
    }

    private static func byLabel(_ scores: [LabelScore]) -> [String: Double] {
        Dictionary(scores.map { ($0.label.rawValue, PayloadCoder.share($0.confidence)) }) { first, _ in first }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(machine, forKey: .machine)
        try container.encode(site, forKey: .site)
        try container.encode(start, forKey: .start)
        try container.encode(end, forKey: .end)
        try container.encode(label, forKey: .label)
        try container.encode(confidence, forKey: .confidence)
        try container.encode(scores, forKey: .scores)
        try container.encode(rawScores, forKey: .rawScores)
        try container.encode(novelty, forKey: .novelty)
        try container.encode(trouble, forKey: .trouble)
        try container.encode(verdict, forKey: .verdict)
        try container.encode(levelDBFS, forKey: .levelDBFS)
        try container.encode(missingFraction, forKey: .missingFraction)
        try container.encode(model, forKey: .model)
        try container.encode(latencyMS, forKey: .latencyMS)
    }
}
