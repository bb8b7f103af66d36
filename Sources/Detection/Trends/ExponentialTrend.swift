// A level and its slope that follow the present and forget the past, over windows at any distance in time.
import Foundation

/// Exponentially weighted straight line through (time, value), kept as ten sums.
///
/// A value observed t seconds ago weighs exp(-t / memory). Times are kept relative to the latest window: sums over
/// absolute seconds would lose the slope in rounding after days.
public struct ExponentialTrend: Hashable, Sendable, Codable {
    /// Seconds after which a value weighs a third.
    public let memorySeconds: Double
    /// The latest window's time.
    public private(set) var latestSeconds: Double?
    /// Windows taken.
    public private(set) var count = 0
    /// Windows left out: older than the latest, or no number.
    public private(set) var ignored = 0

    private var weights = Moments()
    private var squaredWeights = Moments()
    private var value = 0.0
    private var valueTime = 0.0
    private var valueSquare = 0.0

    /// Σ w, Σ w t, Σ w t², t relative to the latest window.
    private struct Moments: Hashable, Sendable, Codable {
        var zeroth = 0.0
        var first = 0.0
        var second = 0.0

        mutating func age(by seconds: Double, keeping share: Double) {
            second = share * (second - 2 * seconds * first + seconds * seconds * zeroth)
            first = share * (first - seconds * zeroth)
            zeroth *= share
        }
    }

    /// A slope and how sure it is.
    public struct Slope: Hashable, Sendable, Codable {
        /// Change per second.
        public let perSecond: Double
        /// Its standard error, taking values as independent: neighbouring windows are not, so allow for more.
        public let standardError: Double
        /// Values it rests on in effect.
        public let effectiveCount: Double
    }

    /// Makes an empty trend.
    ///
    /// - Throws: `DetectionError` for a memory that is no time.
    public init(memorySeconds: Double) throws(DetectionError) {
        guard memorySeconds > 0, memorySeconds.isFinite else {
            throw DetectionError(.unknown, "a memory of \(memorySeconds) s, expected above 0, such as 3600")
        }
        self.memorySeconds = memorySeconds
    }

    /// Takes a value; a time no later than the latest and values that are no numbers are counted and left out.
    public mutating func observe(_ observed: Double, atSeconds time: Double) {
        guard observed.isFinite, time.isFinite, latestSeconds.map({ time > $0 }) ?? true else {
            ignored += 1
            return
        }
        if let latestSeconds {
            let passed = time - latestSeconds
            let share = exp(-passed / memorySeconds)
            if share > 1e-12 {
                weights.age(by: passed, keeping: share)
                squaredWeights.age(by: passed, keeping: share * share)
                valueTime = share * (valueTime - passed * value)
                value *= share
                valueSquare *= share
            } else {
                (weights, squaredWeights) = (Moments(), Moments())
                (value, valueTime, valueSquare) = (0, 0, 0)
            }
        }
        latestSeconds = time
        count += 1
        weights.zeroth += 1
        squaredWeights.zeroth += 1
        value += observed
        valueSquare += observed * observed
    }

    /// The weighted mean; nil before the first value.
    public var mean: Double? { weights.zeroth > 0 ? value / weights.zeroth : nil }

    /// The line's slope; nil with fewer than three values in effect or all at one time.
    public var slope: Slope? {
        let total = weights.zeroth
        guard total > 0, squaredWeights.zeroth > 0 else { return nil }
        let effective = total * total / squaredWeights.zeroth
        let meanTime = weights.first / total
        let spread = weights.second - total * meanTime * meanTime
        guard count >= 3, effective > 2.5, spread > 1e-12 * max(1, weights.second) else { return nil }
        let together = valueTime - meanTime * value
        let slope = together / spread
        let mean = value / total
        let residual = max(0, valueSquare - total * mean * mean - slope * together)
        let variance = residual / total * effective / (effective - 2)
        let squared =
            squaredWeights.second - 2 * meanTime * squaredWeights.first + meanTime * meanTime * squaredWeights.zeroth
        return Slope(
            perSecond: slope,
            standardError: (variance * max(0, squared)).squareRoot() / spread,
            effectiveCount: effective
        )
    }
}
