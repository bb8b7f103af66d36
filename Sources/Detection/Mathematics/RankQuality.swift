// How well a score ranks faults above normal sound: area under the ROC curve, whole and for few false alarms.

/// Ranking quality of scores against the truth.
public enum RankQuality {
    /// The share of (positive, negative) pairs in which the positive scores higher; a tie counts half. Nil where one
    /// side is missing or a score is no number.
    public static func areaUnderCurve(scores: [Double], isPositive: [Bool]) -> Double? {
        WeightedRanking(scores: scores, isPositive: isPositive).areaUnderCurve()
    }

    /// The area up to a false-alarm rate, rescaled so that chance is 0.5 and perfect is 1 (McClish 1989).
    ///
    /// - Parameter maximumFalseRate: above 0, at most 1; 0.1 is customary for machine sound.
    public static func partialArea(scores: [Double], isPositive: [Bool], maximumFalseRate: Double) -> Double? {
        WeightedRanking(scores: scores, isPositive: isPositive).partialArea(maximumFalseRate: maximumFalseRate)
    }
}
