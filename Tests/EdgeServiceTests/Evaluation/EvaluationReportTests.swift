// Figures over outcomes against scikit-learn's, and by hand where the definition fits on a line.
import Foundation
import Testing

@testable import EdgeService

/// One set of Tests/Fixtures/evaluation/expected.json, made by make_evaluation.py beside it.
struct ReferenceFigures: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let threshold: Double
    let truth: [Int]
    let probabilities: [[Double]]
    let accuracy: Double
    let balancedAccuracy: Double
    let undetermined: Double
    let accuracyWhenDetermined: Double?
    let calibrationError: Double
    let recall: [Double]
    let precision: [Double?]
    let auc: [Double?]
    let confusion: [[Int]]

    var testDescription: String { name }

    var outcomes: [EvaluationOutcome] {
        zip(truth, probabilities).map { EvaluationOutcome(truth: $0, probabilities: $1) }
    }

    static func load() throws -> [ReferenceFigures] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Fixtures/evaluation/expected.json")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode([ReferenceFigures].self, from: Data(contentsOf: file))
    }
}

@Suite struct EvaluationReportTests {
    private func isClose(_ found: Double?, _ expected: Double?) -> Bool {
        guard let found, let expected else { return found == nil && expected == nil }
        return abs(found - expected) < 1e-9
    }

    @Test func everyFigureIsScikitLearns() throws {
        let sets = try ReferenceFigures.load()
        #expect(sets.count == 4)
        for set in sets {
            let labels = set.recall.indices.map { "label \($0)" }
            let report = EvaluationReport(set.outcomes, labels: labels, threshold: set.threshold)
            #expect(report.count == set.truth.count)
            #expect(isClose(report.accuracy, set.accuracy), "\(set.name)")
            #expect(isClose(report.balancedAccuracy, set.balancedAccuracy), "\(set.name)")
            #expect(isClose(report.undetermined, set.undetermined), "\(set.name)")
            #expect(isClose(report.accuracyWhenDetermined, set.accuracyWhenDetermined), "\(set.name)")
            #expect(isClose(report.calibrationError, set.calibrationError), "\(set.name)")
            #expect(report.confusion == set.confusion, "\(set.name)")
            for (index, label) in report.labels.enumerated() {
                #expect(label.label == labels[index])
                #expect(label.count == set.confusion[index].reduce(0, +))
                #expect(isClose(label.recall, set.recall[index]), "\(set.name), \(label.label)")
                #expect(isClose(label.precision, set.precision[index]), "\(set.name), \(label.label)")
                #expect(isClose(label.auc, set.auc[index]), "\(set.name), \(label.label)")
            }
        }
    }

    /// Four pairs of a positive and a negative: two in order, one tied, one not: (2 + 0.5) / 4.
    @Test func theAreaCountsPairsAndTiesAsHalf() {
        let outcomes = [(0, 0.9), (0, 0.4), (1, 0.4), (1, 0.6)]
            .map { EvaluationOutcome(truth: $0.0, probabilities: [$0.1, 1 - $0.1]) }
        #expect(EvaluationReport.auc(outcomes, label: 0) == 0.625)
        #expect(EvaluationReport.auc(outcomes, label: 1) == 0.625)
        #expect(EvaluationReport.auc(Array(outcomes.prefix(2)), label: 0) == nil)
    }

    /// Always 0.8 sure and right four times of five is perfectly calibrated; right once is off by 0.6.
    @Test func calibrationIsTheGapBetweenClaimAndTruth() {
        func outcomes(right: Int) -> [EvaluationOutcome] {
            (0..<5).map { EvaluationOutcome(truth: $0 < right ? 0 : 1, probabilities: [0.8, 0.2]) }
        }
        #expect(EvaluationReport.calibrationError(outcomes(right: 4)) < 1e-12)
        #expect(abs(EvaluationReport.calibrationError(outcomes(right: 1)) - 0.6) < 1e-12)
        #expect(EvaluationReport.calibrationError([]) == 0)
        let certain = [EvaluationOutcome(truth: 0, probabilities: [1, 0])]
        #expect(EvaluationReport.calibrationError(certain) == 0)
    }

    @Test func nothingToJudgeGivesZerosAndUnknowns() {
        let report = EvaluationReport([], labels: ["a", "b"], threshold: 0.7)
        #expect(report.count == 0)
        #expect(report.accuracy == 0)
        #expect(report.undetermined == 0)
        #expect(report.accuracyWhenDetermined == nil)
        #expect(report.labels.allSatisfy { $0.auc == nil && $0.precision == nil && $0.count == 0 })
        #expect(report.confusion == [[0, 0], [0, 0]])
    }

    @Test func theThresholdItselfIsDetermined() {
        let outcomes = [EvaluationOutcome(truth: 0, probabilities: [0.75, 0.25])]
        #expect(EvaluationReport(outcomes, labels: ["a", "b"], threshold: 0.75).undetermined == 0)
        #expect(EvaluationReport(outcomes, labels: ["a", "b"], threshold: 0.76).undetermined == 1)
    }
}
