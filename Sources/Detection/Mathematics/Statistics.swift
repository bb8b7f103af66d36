// Medians, spreads and the few distribution functions the rules need.
import Foundation

enum Statistics {
    /// The middle value, or the mean of the two middle ones; nil for none.
    static func median(_ values: [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    /// 1.4826 times the median distance from the median: a deviation that a few outliers do not move.
    static func robustDeviation(_ values: [Double]) -> Double {
        guard let middle = median(values) else { return 0 }
        return 1.4826 * (median(values.map { ($0 - middle).magnitude }) ?? 0)
    }

    /// Mean and deviation (divided by the count); zeros for none.
    static func meanAndDeviation(_ values: [Double]) -> (mean: Double, deviation: Double) {
        guard !values.isEmpty else { return (0, 0) }
        let count = Double(values.count)
        let mean = values.reduce(0, +) / count
        return (mean, (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot())
    }

    /// P(X ≤ successes) of a binomial distribution.
    static func binomialCumulative(_ successes: Int, trials: Int, probability: Double) -> Double {
        guard successes >= 0 else { return 0 }
        guard successes < trials, probability > 0 else { return 1 }
        guard probability < 1 else { return 0 }
        let (logHit, logMiss) = (log(probability), log1p(-probability))
        var logTerm = Double(trials) * logMiss
        var sum = exp(logTerm)
        for count in 1..<(successes + 1) {
            logTerm += log(Double(trials - count + 1)) - log(Double(count)) + logHit - logMiss
            sum += exp(logTerm)
        }
        return Swift.min(sum, 1)
    }

    /// The value below which a standard normal variable lies with a probability in 0 ..< 1 (bisection on erfc).
    static func normalQuantile(_ probability: Double) -> Double {
        var (low, high) = (-40.0, 40.0)
        for _ in 0..<200 {
            let middle = (low + high) / 2
            if 0.5 * erfc(-middle / 2.0.squareRoot()) < probability { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }

    /// log Σ exp, without overflow.
    static func logSumExp(_ values: [Double]) -> Double {
        guard let top = values.max(), top.isFinite else { return values.max() ?? -.infinity }
        return top + log(values.reduce(0) { $0 + exp($1 - top) })
    }
}
