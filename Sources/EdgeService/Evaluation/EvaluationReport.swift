// How well a classifier does on labelled windows: accuracy, confusion, ranking, calibration.
import Foundation

/// One judged recording.
public struct EvaluationOutcome: Sendable {
    /// Index of the true label.
    public let truth: Int
    /// Probability per label.
    public let probabilities: [Double]

    /// Makes an outcome.
    public init(truth: Int, probabilities: [Double]) {
        self.truth = truth
        self.probabilities = probabilities
    }

    /// Index of the highest probability; the earlier label wins a tie.
    var top: Int { probabilities.indices.reduce(0) { probabilities[$1] > probabilities[$0] ? $1 : $0 } }
}

/// Figures over many outcomes.
public struct EvaluationReport: Sendable, Encodable {
    /// One label's figures.
    public struct LabelFigures: Sendable, Encodable {
        public var label: String
        public var count: Int
        /// Share of its recordings with this label on top.
        public var recall: Double
        /// Share of recordings with this label on top that really have it; nil where there are none.
        public var precision: Double?
        /// Area under the ROC curve of its probability, this label against the rest; nil without both.
        public var auc: Double?
    }

    public var count: Int
    /// Share of recordings with the true label on top.
    public var accuracy: Double
    /// Mean recall over the labels that occur.
    public var balancedAccuracy: Double
    /// Share below the threshold.
    public var undetermined: Double
    /// Accuracy of those at or above the threshold; nil where there are none.
    public var accuracyWhenDetermined: Double?
    /// Expected calibration error over ten equal bins of the top probability.
    public var calibrationError: Double
    public var labels: [LabelFigures]
    /// Rows are true labels, columns the labels on top.
    public var confusion: [[Int]]

    /// Computes every figure.
    ///
    /// - Precondition: every outcome has a probability per label and a truth among them.
    public init(_ outcomes: [EvaluationOutcome], labels names: [String], threshold: Double) {
        var confusion = [[Int]](repeating: [Int](repeating: 0, count: names.count), count: names.count)
        for outcome in outcomes {
            precondition(outcome.probabilities.count == names.count, "a probability per label")
            confusion[outcome.truth][outcome.top] += 1
        }
        let correct = names.indices.reduce(0) { $0 + confusion[$1][$1] }
        let determined = outcomes.filter { $0.probabilities[$0.top] >= threshold }
        let figures = names.indices.map { label in
            let count = confusion[label].reduce(0, +)
            let claimed = names.indices.reduce(0) { $0 + confusion[$1][label] }
            return LabelFigures(
                label: names[label],
                count: count,
                recall: count == 0 ? 0 : Double(confusion[label][label]) / Double(count),
                precision: claimed == 0 ? nil : Double(confusion[label][label]) / Double(claimed),
                auc: Self.auc(outcomes, label: label)
            )
        }
        let present = figures.filter { $0.count > 0 }
        count = outcomes.count
        accuracy = outcomes.isEmpty ? 0 : Double(correct) / Double(outcomes.count)
        balancedAccuracy = present.isEmpty ? 0 : present.reduce(0) { $0 + $1.recall } / Double(present.count)
        undetermined = outcomes.isEmpty ? 0 : 1 - Double(determined.count) / Double(outcomes.count)
        accuracyWhenDetermined =
            determined.isEmpty
            ? nil : Double(determined.count { $0.top == $0.truth }) / Double(determined.count)
        calibrationError = Self.calibrationError(outcomes)
        labels = figures
        self.confusion = confusion
    }

    /// The chance that a recording of the label scores higher than one of another (Mann-Whitney; ties count half).
    static func auc(_ outcomes: [EvaluationOutcome], label: Int) -> Double? {
        let sorted = outcomes.sorted { $0.probabilities[label] < $1.probabilities[label] }
        let positives = sorted.count { $0.truth == label }
        let negatives = sorted.count - positives
        guard positives > 0, negatives > 0 else { return nil }
        var rankSum = 0.0
        var start = 0
        while start < sorted.count {
            var end = start + 1
            while end < sorted.count, sorted[end].probabilities[label] == sorted[start].probabilities[label] {
                end += 1
            }
            let meanRank = Double(start + 1 + end) / 2
            rankSum += meanRank * Double(sorted[start..<end].count { $0.truth == label })
            start = end
        }
        let lowest = Double(positives * (positives + 1)) / 2
        return (rankSum - lowest) / Double(positives * negatives)
    }

    /// Mean distance between confidence and accuracy over ten bins, weighted by their sizes.
    static func calibrationError(_ outcomes: [EvaluationOutcome]) -> Double {
        guard !outcomes.isEmpty else { return 0 }
        var bins = [(count: Int, confidence: Double, correct: Double)](repeating: (0, 0, 0), count: 10)
        for outcome in outcomes {
            let confidence = outcome.probabilities[outcome.top]
            let bin = min(9, max(0, Int(confidence * 10)))
            bins[bin].count += 1
            bins[bin].confidence += confidence
            bins[bin].correct += outcome.top == outcome.truth ? 1 : 0
        }
        return bins.reduce(0) { $0 + abs($1.confidence - $1.correct) } / Double(outcomes.count)
    }
}
