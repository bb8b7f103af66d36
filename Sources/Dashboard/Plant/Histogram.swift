// Durations counted by size, as Prometheus wants them, and quantiles of the last few for people.

/// Counts of observations up to each of some bounds.
public struct Histogram: Hashable, Sendable {
    /// For the time from sound to verdict: the promise is two seconds.
    public static let latencyBounds: [Double] = [0.1, 0.25, 0.5, 1, 2, 5, 10, 30]
    /// For one window in the model.
    public static let inferenceBounds: [Double] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5]

    /// Upper bounds, rising; the last, infinite one is left out.
    public let bounds: [Double]
    /// Observations in each bucket, not added up; one more than bounds.
    public private(set) var counts: [Int]
    /// Sum of all observations.
    public private(set) var sum = 0.0

    /// Makes an empty histogram.
    public init(bounds: [Double]) {
        self.bounds = bounds
        counts = Array(repeating: 0, count: bounds.count + 1)
    }

    /// All observations.
    public var count: Int { counts.reduce(0, +) }

    /// Counts one; what is no number is left out.
    public mutating func observe(_ value: Double) {
        guard value.isFinite else { return }
        counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
        sum += value
    }
}

/// Quantiles of a small sample.
enum Quantiles {
    /// The value below which a share of the values lies (nearest rank); nil for none.
    static func value(_ share: Double, of values: [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        let rank = Int((share * Double(values.count)).rounded(.up)) - 1
        return values.sorted()[min(max(rank, 0), values.count - 1)]
    }
}
