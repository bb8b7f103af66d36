// The JSON of `ausculta classify`, as CONTRACTS of the project state it.
import EdgeService

struct ClassificationDocument: Encodable {
    struct Scores: Encodable {
        var scores: [String: Double]
        var top: String
        var confidence: Double
        var verdict: String
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
        var fused: Scores
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
                fused: Self.scores(result.fused, labels: labels, top: top)
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
