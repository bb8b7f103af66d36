// Scores sorted once against the truth, so that resamples (weights) of the same recordings are ranked without sorting again.

/// A ranking of scores, and the areas under its ROC curve for any weights.
public struct WeightedRanking: Sendable {
    /// Places of the scores, highest first.
    private let order: [Int]
    /// Whether the place after it in `order` scores lower.
    private let endsTie: [Bool]
    private let isPositive: [Bool]
    private let isRankable: Bool

    /// Sorts.
    ///
    /// - Precondition: a truth per score.
    public init(scores: [Double], isPositive: [Bool]) {
        precondition(scores.count == isPositive.count, "scores and truths differ in number")
        isRankable = !scores.contains(where: \.isNaN)
        let sorted = isRankable ? scores.indices.sorted { scores[$0] > scores[$1] } : []
        order = sorted
        endsTie = sorted.indices.map { $0 + 1 == sorted.count || scores[sorted[$0 + 1]] != scores[sorted[$0]] }
        self.isPositive = isPositive
    }

    /// The weighted share of (positive, negative) pairs in which the positive scores higher; a tie counts half. Nil where
    /// one side weighs nothing or a score is no number.
    ///
    /// - Parameter weights: one per score, at least 0; nil weighs all alike.
    public func areaUnderCurve(weights: [Double]? = nil) -> Double? {
        raw(upTo: 1, weights: weights)
    }

    /// The area up to a false-alarm rate, rescaled so that chance is 0.5 and perfect is 1 (McClish 1989).
    ///
    /// - Parameters:
    ///   - maximumFalseRate: above 0, at most 1; 0.1 is customary for machine sound.
    ///   - weights: one per score, at least 0; nil weighs all alike.
    public func partialArea(maximumFalseRate: Double, weights: [Double]? = nil) -> Double? {
        guard maximumFalseRate > 0, maximumFalseRate <= 1, let raw = raw(upTo: maximumFalseRate, weights: weights)
        else { return nil }
        let least = maximumFalseRate * maximumFalseRate / 2
        return least < maximumFalseRate ? 0.5 * (1 + (raw - least) / (maximumFalseRate - least)) : raw
    }

    private func raw(upTo end: Double, weights: [Double]?) -> Double? {
        guard isRankable else { return nil }
        var (positives, negatives) = (0.0, 0.0)
        for place in isPositive.indices {
            let weight = weights?[place] ?? 1
            if isPositive[place] { positives += weight } else { negatives += weight }
        }
        guard positives > 0, negatives > 0 else { return nil }
        var (hits, alarms) = (0.0, 0.0)
        var (falseRate, trueRate, area) = (0.0, 0.0, 0.0)
        for (rank, place) in order.enumerated() {
            let weight = weights?[place] ?? 1
            if isPositive[place] { hits += weight } else { alarms += weight }
            guard endsTie[rank] else { continue }
            let (nextFalse, nextTrue) = (alarms / negatives, hits / positives)
            if nextFalse > end {
                let cut = trueRate + (nextTrue - trueRate) * (end - falseRate) / (nextFalse - falseRate)
                return area + (end - falseRate) * (trueRate + cut) / 2
            }
            area += (nextFalse - falseRate) * (trueRate + nextTrue) / 2
            (falseRate, trueRate) = (nextFalse, nextTrue)
        }
        return area
    }
}
