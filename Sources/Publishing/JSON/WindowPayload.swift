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
    /// A label id, "undetermined" or "incomplete".
    public var verdict: String
    public var levelDBFS: Double?
    public var missingFraction: Double
    public var model: String
    public var latencyMS: Double

    enum CodingKeys: String, CodingKey {
        case machine, site, start, end, label, confidence, scores, verdict, model
        case levelDBFS = "level_dbfs"
        case missingFraction = "missing_fraction"
        case latencyMS = "latency_ms"
    }

    /// The payload of a judged window.
    public init(_ record: WindowRecord, site: String) {
        let observation = record.observation
        let top = observation.quality == .good ? observation.top : nil
        machine = observation.machine
        self.site = site
        start = observation.start
        end = observation.end
        label = top?.label.rawValue
        confidence = top.map { PayloadCoder.share($0.confidence) }
        scores = Dictionary(
            observation.scores.map { ($0.label.rawValue, PayloadCoder.share($0.confidence)) }
        ) { first, _ in first }
        verdict = record.verdict.description
        levelDBFS = PayloadCoder.level(observation.levelDBFS)
        missingFraction = PayloadCoder.share(observation.missingFraction)
        model = record.model
        latencyMS = PayloadCoder.rounded(record.latencyMS, decimals: 1) ?? 0
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
        try container.encode(verdict, forKey: .verdict)
        try container.encode(levelDBFS, forKey: .levelDBFS)
        try container.encode(missingFraction, forKey: .missingFraction)
        try container.encode(model, forKey: .model)
        try container.encode(latencyMS, forKey: .latencyMS)
    }
}
