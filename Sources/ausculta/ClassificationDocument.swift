// The JSON of `ausculta classify`, as CONTRACTS of the project state it.
import EdgeService

struct ClassificationDocument: Encodable {
    struct Scores {
        var scores: [String: Double]
        var top: String
        var confidence: Double
        var verdict: String
    }

    struct Run: Encodable {
        var label: String
        var count: Int
    }

    struct Fused: Encodable {
        var scores: Scores
        /// The longest row of windows with one verdict; null where none had one.
        var maxRun: Run?

        enum CodingKeys: String, CodingKey { case scores, top, confidence, verdict, maxRun }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(scores.scores, forKey: .scores)
            try container.encode(scores.top, forKey: .top)
            try container.encode(scores.confidence, forKey: .confidence)
            try container.encode(scores.verdict, forKey: .verdict)
            try container.encode(maxRun, forKey: .maxRun)
        }
    }

    struct Window: Encodable {
        var startS: Double
        var endS: Double
        var scores: [String: Double]
        var top: String
        var confidence: Double
        var verdict: String
    }

    struct File: Encodable {
        var file: String
        var durationS: Double
        var windows: [Window]
        var fused: Fused
    }

    var model: String
    var files: [File]

    /// - Parameter top: keeps only the best labels of each window; nil keeps all.
    init(_ results: [FileClassification], model: String, labels: [String], top: Int?) {
        self.model = model
        files = results.map { result in
            File(
                file: result.file,
                durationS: Self.rounded(result.durationSeconds),
                windows: result.windows.map { window in
                    let scores = Self.scores(window.scores, labels: labels, top: top)
                    return Window(
                        startS: Self.rounded(window.startSeconds),
                        endS: Self.rounded(window.endSeconds),
                        scores: scores.scores,
                        top: scores.top,
                        confidence: scores.confidence,
                        verdict: scores.verdict
                    )
                },
                fused: Fused(
                    scores: Self.scores(result.fused, labels: labels, top: top),
                    maxRun: result.longestRun.map { Run(label: labels[$0.label], count: $0.count) }
                )
            )
        }
    }

    private static func scores(_ scores: LabelledScores, labels: [String], top: Int?) -> Scores {
        let kept = ClassifyCommand.ranking(scores.probabilities).prefix(top ?? labels.count)
        return Scores(
            scores: Dictionary(
                uniqueKeysWithValues: kept.map { (labels[$0], rounded(Double(scores.probabilities[$0]))) }
            ),
            top: labels[scores.top],
            confidence: rounded(Double(scores.confidence)),
            verdict: scores.isDetermined ? labels[scores.top] : "undetermined"
        )
    }

    private static func rounded(_ value: Double) -> Double { (value * 1e6).rounded() / 1e6 }
}
