// Where "unlike anything normal" begins, learned from the machine's own normal scores.

/// A limit that only a small share of normal windows passes, with the doubt of few windows on the careful side.
public struct OpenSetLimit: Hashable, Sendable, Codable {
    /// Scores above it are not normal.
    public let limit: Double
    /// Share of normal windows meant to lie at or below it.
    public let share: Double
    /// Normal scores it rests on.
    public let count: Int
    /// Whether there were scores enough to be sure of the share; otherwise the limit lies above all of them.
    public let isAssured: Bool

    /// Learns the limit.
    ///
    /// Of the sorted scores it is the first that, with the given assurance, is not below the true quantile: a binomial
    /// bound that holds for every distribution. Where even the largest score gives no such assurance (0.98 at 95 % takes
    /// 149 scores), it is the largest plus one deviation.
    ///
    /// - Parameters:
    ///   - normalScores: each judged without itself; values that are no numbers are left out.
    ///   - share: of normal windows to lie below, in 0 ..< 1.
    ///   - assurance: that they do, in 0 ..< 1.
    ///   - margin: least distance kept above the median, in the scores' unit; holds for banks of identical windows.
    /// - Throws: `DetectionError` for no scores or shares outside their range.
    public init(
        normalScores: [Double],
        share: Double = 0.98,
        assurance: Double = 0.95,
        margin: Double = 1
    ) throws(DetectionError) {
        let sorted = normalScores.filter(\.isFinite).sorted()
        guard let largest = sorted.last, let median = Statistics.median(sorted) else {
            throw DetectionError(.empty, "there are no normal scores to learn a limit from; enrol more windows")
        }
        guard share > 0, share < 1, assurance > 0, assurance < 1 else {
            throw DetectionError(
                .unknown,
                "share \(share) and assurance \(assurance) must lie between 0 and 1, such as 0.98 and 0.95"
            )
        }
        // P(k-th smallest ≥ quantile) = P(fewer than k scores below the quantile) = P(Binomial ≤ k - 1).
        let rank = (1...sorted.count).first {
            Statistics.binomialCumulative($0 - 1, trials: sorted.count, probability: share) >= assurance
        }
        let learned =
            rank.map { sorted[$0 - 1] }
            ?? largest + max(Statistics.robustDeviation(sorted), Statistics.meanAndDeviation(sorted).deviation)
        limit = max(learned, median + margin)
        self.share = share
        count = sorted.count
        isAssured = rank != nil
    }

    /// Whether a score lies above the limit; what is no number is not normal.
    public func isExceeded(by score: Double) -> Bool { !(score <= limit) }
}
