// How well a score ranks faults above normal sound: area under the ROC curve, whole and for few false alarms.

/// Ranking quality of scores against the truth.
public enum RankQuality {
    /// The share of (positive, negative) pairs in which the positive scores higher; a tie counts half. Nil where one
    /// side is missing or a score is no number.
    public static func areaUnderCurve(scores: [Double], isPositive: [Bool]) -> Double? {
        curve(scores: scores, isPositive: isPositive).map { area($0, upTo: 1) }
    }

    /// The area up to a false-alarm rate, rescaled so that chance is 0.5 and perfect is 1 (McClish 1989).
    ///
    /// - Parameter maximumFalseRate: above 0, at most 1; 0.1 is customary for machine sound.
    public static func partialArea(scores: [Double], isPositive: [Bool], maximumFalseRate: Double) -> Double? {
        guard maximumFalseRate > 0, maximumFalseRate <= 1,
            let curve = curve(scores: scores, isPositive: isPositive)
        else { return nil }
        let raw = area(curve, upTo: maximumFalseRate)
        let least = maximumFalseRate * maximumFalseRate / 2
        return least < maximumFalseRate ? 0.5 * (1 + (raw - least) / (maximumFalseRate - least)) : raw
    }

    private struct Point {
        var falseRate: Double
        var trueRate: Double
    }

    private static func curve(scores: [Double], isPositive: [Bool]) -> [Point]? {
        precondition(scores.count == isPositive.count, "scores and truths differ in number")
        let positives = Double(isPositive.count { $0 })
        let negatives = Double(isPositive.count) - positives
        guard positives > 0, negatives > 0, !scores.contains(where: \.isNaN) else { return nil }
        var points = [Point(falseRate: 0, trueRate: 0)]
        var (hits, alarms) = (0.0, 0.0)
        let order = scores.indices.sorted { scores[$0] > scores[$1] }
        for (place, index) in order.enumerated() {
            if isPositive[index] { hits += 1 } else { alarms += 1 }
            let isLastOfTie = place + 1 == order.count || scores[order[place + 1]] != scores[index]
            if isLastOfTie { points.append(Point(falseRate: alarms / negatives, trueRate: hits / positives)) }
        }
        return points
    }

    private static func area(_ curve: [Point], upTo end: Double) -> Double {
        var area = 0.0
        for (left, right) in zip(curve, curve.dropFirst()) where left.falseRate < end {
            let width = right.falseRate - left.falseRate
            guard right.falseRate > end else {
                area += width * (left.trueRate + right.trueRate) / 2
                continue
            }
            let cut = left.trueRate + (right.trueRate - left.trueRate) * (end - left.falseRate) / width
            area += (end - left.falseRate) * (left.trueRate + cut) / 2
        }
        return area
    }
}
