// Verdicts on files: how windows are fused, when a verdict is given, how typed labels are split.
import Foundation
import Testing

@testable import EdgeService

@Suite struct FileClassifierTests {
    @Test func fusingOneWindowKeepsItsProbabilities() {
        let fused = FileClassifier.fuse([[0.2, 0.5, 0.3]], threshold: 0.5)
        #expect(zip(fused.probabilities, [0.2, 0.5, 0.3]).allSatisfy { abs($0 - $1) < 1e-6 })
        #expect(fused.top == 1)
        #expect(fused.isDetermined)
    }

    /// The geometric mean of (0.9, 0.1) and (0.6, 0.4) is proportional to (sqrt 0.54, sqrt 0.04).
    @Test func fusingIsTheNormalisedGeometricMean() {
        let fused = FileClassifier.fuse([[0.9, 0.1], [0.6, 0.4]], threshold: 0.7)
        let first = sqrt(0.54) / (sqrt(0.54) + sqrt(0.04))
        #expect(abs(Double(fused.probabilities[0]) - first) < 1e-6)
        #expect(abs(fused.probabilities.reduce(0, +) - 1) < 1e-6)
    }

    @Test func theOrderOfWindowsDoesNotMatter() {
        let windows: [[Float]] = [[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.3, 0.3, 0.4]]
        let there = FileClassifier.fuse(windows, threshold: 0.5).probabilities
        let back = FileClassifier.fuse(windows.reversed(), threshold: 0.5).probabilities
        #expect(zip(there, back).allSatisfy { abs($0 - $1) < 1e-6 })
    }

    /// A probability that underflowed to zero must not make the whole file "not a number".
    @Test func zerosStayFinite() {
        let fused = FileClassifier.fuse([[1, 0], [0.5, 0.5], [1, 0]], threshold: 0.5)
        #expect(fused.probabilities.allSatisfy { $0.isFinite })
        #expect(fused.top == 0)
        #expect(fused.probabilities[1] > 0)
        let nothing = FileClassifier.fuse([[0, 0], [0, 0]], threshold: 0.5)
        #expect(nothing.probabilities == [0.5, 0.5])
    }

    @Test func noWindowsGiveNoVerdict() {
        let fused = FileClassifier.fuse([], threshold: 0)
        #expect(fused.probabilities.isEmpty)
        #expect(!fused.isDetermined)
        #expect(fused.confidence == 0)
    }

    @Test func theEarlierLabelWinsATieAndTheThresholdIsInclusive() {
        #expect(LabelledScores(probabilities: [0.4, 0.4, 0.2], threshold: 0.5).top == 0)
        #expect(LabelledScores(probabilities: [0.25, 0.75], threshold: 0.75).isDetermined)
        #expect(!LabelledScores(probabilities: [0.25, 0.75], threshold: 0.7501).isDetermined)
    }
}
