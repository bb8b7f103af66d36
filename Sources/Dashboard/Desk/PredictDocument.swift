// The answer of `POST /api/predict`: the document of `ausculta classify --json`, and what the desk adds.
import Foundation

struct PredictDocument: Encodable {
    struct Run: Encodable {
        var label: String
        var count: Int
    }

    struct Window: Encodable {
        var startS: Double
        var endS: Double
        var scores: [String: Double]
        var top: String
        var confidence: Double
        var verdict: String
    }

    struct Fused: Encodable {
        var scores: [String: Double]
        var top: String
        var confidence: Double
        var verdict: String
        /// Encoded as null where there is none.
        var maxRun: Run?

        enum CodingKeys: String, CodingKey { case scores, top, confidence, verdict, maxRun }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(scores, forKey: .scores)
            try container.encode(top, forKey: .top)
            try container.encode(confidence, forKey: .confidence)
            try container.encode(verdict, forKey: .verdict)
            try container.encode(maxRun, forKey: .maxRun)
        }
    }

    struct File: Encodable {
        var file: String
        var durationS: Double
        var windows: [Window]
        var fused: Fused
    }

    var model: String
    var files: [File]
    var labels: [String]
    var threshold: Double
    var denoise: Bool
    var advice: [LabelAdvice]
    var elapsedMs: Double

    /// - Parameter top: keeps only the best labels of the fused scores; windows keep all, for the timeline.
    init(
        _ answer: DeskAnswer,
        to request: PredictRequest,
        model: String,
        advice: [LabelAdvice],
        elapsedSeconds: Double
    ) {
        let labels = request.labels
        self.model = model
        self.labels = labels
        self.advice = advice
        threshold = request.threshold
        denoise = request.denoise
        elapsedMs = (elapsedSeconds * 10_000).rounded() / 10
        let windows = answer.windows.map { window in
            Window(
                startS: Self.rounded(window.startSeconds),
                endS: Self.rounded(window.endSeconds),
                scores: Self.scores(window.scores, labels: labels, top: nil),
                top: labels[window.scores.top],
                confidence: Self.rounded(window.scores.confidence),
                verdict: Self.verdict(window.scores, labels: labels)
            )
        }
        let fused = Fused(
            scores: Self.scores(answer.fused, labels: labels, top: request.top),
            top: labels[answer.fused.top],
            confidence: Self.rounded(answer.fused.confidence),
            verdict: Self.verdict(answer.fused, labels: labels),
            maxRun: answer.longestRun.map { Run(label: labels[$0.label], count: $0.count) }
        )
        files = [
            File(
                file: request.filename,
                durationS: Self.rounded(answer.durationSeconds),
                windows: windows,
                fused: fused
            )
        ]
    }

    private static func verdict(_ scores: DeskAnswer.Scores, labels: [String]) -> String {
        scores.isDetermined ? labels[scores.top] : "undetermined"
    }

    private static func scores(_ scores: DeskAnswer.Scores, labels: [String], top: Int?) -> [String: Double] {
        let values = scores.probabilities
        let kept = values.indices.sorted { (values[$1], $0) < (values[$0], $1) }.prefix(top ?? values.count)
        return Dictionary(uniqueKeysWithValues: kept.map { (labels[$0], rounded(values[$0])) })
    }

    private static func rounded(_ value: Double) -> Double { (value * 1e6).rounded() / 1e6 }
}
