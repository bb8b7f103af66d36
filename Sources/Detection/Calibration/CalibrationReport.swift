// How far stated confidence is from being right: expected calibration error, Brier score, reliability table.
import Foundation

/// How probabilities compare with the truth over judged windows.
public struct CalibrationReport: Hashable, Sendable, Codable {
    /// Windows whose confidence fell in one range.
    public struct Bin: Hashable, Sendable, Codable {
        /// Above this, except in the first bin, which includes 0.
        public let lower: Double
        /// Up to and including this.
        public let upper: Double
        /// Windows in it.
        public let count: Int
        /// Their mean confidence; 0 for none.
        public let confidence: Double
        /// The share that was right; 0 for none.
        public let accuracy: Double
    }

    /// Windows judged.
    public let windows: Int
    /// Share whose top label was right.
    public let accuracy: Double
    /// Mean over windows of |confidence - accuracy| of their bin.
    public let expectedCalibrationError: Double
    /// Mean over windows of the summed squared difference to the truth, 0...2.
    public let brierScore: Double
    /// Mean negative log-probability of the truth; a probability of zero counts as 1e-15.
    public let logLoss: Double
    /// The reliability table: bins of equal width, empty ones included.
    public let bins: [Bin]

    /// Compares.
    ///
    /// - Parameters:
    ///   - probabilities: per window a value per label, summing to one.
    ///   - truths: the right label of each.
    ///   - binCount: rows of the reliability table, at least 1.
    /// - Throws: `DetectionError` for no windows, places outside the labels, values that are no numbers.
    public init(probabilities: [[Double]], truths: [Int], binCount: Int = 10) throws(DetectionError) {
        try Calibration.check(logits: probabilities, truths: truths)
        let binCount = max(1, binCount)
        var tallies = [(count: Int, confidence: Double, right: Int)](repeating: (0, 0, 0), count: binCount)
        var (brier, loss, right) = (0.0, 0.0, 0)
        for (shares, truth) in zip(probabilities, truths) {
            let top = shares.indices.max { (shares[$0], $1) < (shares[$1], $0) } ?? 0
            let bin = min(binCount - 1, max(0, Int((shares[top] * Double(binCount)).rounded(.up)) - 1))
            tallies[bin].count += 1
            tallies[bin].confidence += shares[top]
            tallies[bin].right += top == truth ? 1 : 0
            right += top == truth ? 1 : 0
            for (label, share) in shares.enumerated() {
                let miss = share - (label == truth ? 1 : 0)
                brier += miss * miss
            }
            loss -= log(max(shares[truth], 1e-15))
        }
        let total = Double(truths.count)
        windows = truths.count
        accuracy = Double(right) / total
        brierScore = brier / total
        logLoss = loss / total
        bins = tallies.enumerated().map { index, tally in
            let count = Double(max(1, tally.count))
            return Bin(
                lower: Double(index) / Double(binCount),
                upper: Double(index + 1) / Double(binCount),
                count: tally.count,
                confidence: tally.confidence / count,
                accuracy: Double(tally.right) / count
            )
        }
        expectedCalibrationError = bins.reduce(0) { sum, bin in
            sum + Double(bin.count) / total * (bin.confidence - bin.accuracy).magnitude
        }
    }
}
