// How sure a figure is: intervals from resamples, and of counted events.
// Efron and Tibshirani, An Introduction to the Bootstrap (1993); Garwood, Fiducial Limits for the Poisson Distribution
// (1936).
import Foundation

/// A range a figure lies in with a stated confidence.
public struct Interval: Hashable, Sendable, Codable {
    /// Lower end.
    public let low: Double
    /// Upper end.
    public let high: Double

    /// Makes a range.
    public init(low: Double, high: Double) {
        self.low = low
        self.high = high
    }

    /// The middle part of resampled figures (percentile bootstrap, linear between neighbours); nil for none.
    ///
    /// - Parameter confidence: in 0 ..< 1.
    public init?(resamples: [Double], confidence: Double = 0.95) {
        let sorted = resamples.filter(\.isFinite).sorted()
        guard let low = Self.quantile((1 - confidence) / 2, of: sorted),
            let high = Self.quantile((1 + confidence) / 2, of: sorted)
        else { return nil }
        self.init(low: low, high: high)
    }

    /// The mean number of events behind a counted one: exact limits of a Poisson distribution.
    ///
    /// - Parameter confidence: in 0 ..< 1.
    public init(eventsCounted count: Int, confidence: Double = 0.95) {
        let tail = (1 - confidence) / 2
        self.init(
            low: count <= 0 ? 0 : Self.poissonMean { 1 - Self.poissonCumulative(count - 1, mean: $0) >= tail },
            high: Self.poissonMean { Self.poissonCumulative(count, mean: $0) <= tail }
        )
    }

    /// The value below which a share of sorted values lies; nil for none.
    static func quantile(_ share: Double, of sorted: [Double]) -> Double? {
        guard let first = sorted.first else { return nil }
        let place = share * Double(sorted.count - 1)
        let below = min(max(0, Int(place)), sorted.count - 1)
        guard below + 1 < sorted.count else { return sorted.last ?? first }
        return sorted[below] + (sorted[below + 1] - sorted[below]) * (place - Double(below))
    }

    /// The smallest mean for which a condition that turns true once holds (bisection).
    private static func poissonMean(where holds: (Double) -> Bool) -> Double {
        var (low, high) = (0.0, 1.0)
        while !holds(high), high < 1e9 { high *= 2 }
        for _ in 0..<100 {
            let middle = (low + high) / 2
            if holds(middle) { high = middle } else { low = middle }
        }
        return (low + high) / 2
    }

    /// P(X ≤ count) for a Poisson variable.
    static func poissonCumulative(_ count: Int, mean: Double) -> Double {
        guard mean > 0 else { return 1 }
        var logTerm = -mean
        var sum = exp(logTerm)
        for step in stride(from: 1, through: count, by: 1) {
            logTerm += log(mean) - log(Double(step))
            sum += exp(logTerm)
        }
        return min(sum, 1)
    }
}
