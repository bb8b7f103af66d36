// A straight line that a third of wild values does not bend.
// Theil (1950), Sen, Estimates of the Regression Coefficient Based on Kendall's Tau (1968).

/// The median of all pairwise slopes, with Sen's interval.
public struct TheilSen: Hashable, Sendable, Codable {
    /// Median slope.
    public let slope: Double
    /// Median value less slope times median time.
    public let intercept: Double
    /// Lower end of the slope's interval.
    public let lowSlope: Double
    /// Upper end.
    public let highSlope: Double

    /// Fits a line.
    ///
    /// - Parameters:
    ///   - times: where, at least two different.
    ///   - values: what.
    ///   - confidence: of the interval, in 0 ..< 1.
    ///   - widening: factor on the interval's half width in ranks, above 1 where neighbouring values resemble each other.
    /// - Returns: nil where no two times differ.
    /// - Complexity: n² log n; thin to a few hundred values first.
    public init?(times: [Double], values: [Double], confidence: Double = 0.95, widening: Double = 1) {
        precondition(times.count == values.count, "times and values differ in number")
        var slopes: [Double] = []
        for right in times.indices {
            for left in 0..<right where times[left] != times[right] {
                slopes.append((values[right] - values[left]) / (times[right] - times[left]))
            }
        }
        guard let median = Statistics.median(slopes), median.isFinite,
            let middleTime = Statistics.median(times), let middleValue = Statistics.median(values)
        else { return nil }
        slopes.sort()
        slope = median
        intercept = middleValue - median * middleTime
        // Variance of Kendall's S, less what ties take away.
        func ties(_ values: [Double]) -> Double {
            var counts: [Double: Double] = [:]
            for value in values { counts[value, default: 0] += 1 }
            return counts.values.sorted().reduce(0) { $0 + $1 * ($1 - 1) * (2 * $1 + 5) }
        }
        let count = Double(times.count)
        let whole = count * (count - 1) * (2 * count + 5)
        let deviation = (max(0, whole - ties(times) - ties(values)) / 18).squareRoot()
        let reach = Statistics.normalQuantile(0.5 + confidence / 2) * deviation * widening
        let pairs = Double(slopes.count)
        let upper = min(slopes.count - 1, Int(min(((pairs + reach) / 2).rounded(.toNearestOrEven), pairs)))
        let lower = max(0, Int(max(((pairs - reach) / 2).rounded(.toNearestOrEven), 0)) - 1)
        lowSlope = slopes[lower]
        highSlope = slopes[upper]
    }
}
