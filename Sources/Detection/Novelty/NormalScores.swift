// What a score reads on the machine's own normal sound: the yardstick a new score is held against.

/// Mean and deviation of a method's scores on normal windows.
public struct NormalScores: Hashable, Sendable, Codable {
    /// Mean of the scores.
    public let mean: Double
    /// The deviation used: never below the method's resolution, wider where there are few scores.
    public let deviation: Double
    /// Scores it rests on.
    public let count: Int

    /// Scores below which a z-score is a hint, not a measurement.
    public static let reliableCount = 8

    /// Whether it rests on enough scores.
    public var isReliable: Bool { count >= Self.reliableCount }

    /// Learns the yardstick.
    ///
    /// Identical points give a spread of zero, and any sound would then be infinitely far away; so the deviation is at
    /// least `resolution` and 2 % of the mean. Few scores know their spread badly: it is widened by 1 + 4 / count.
    ///
    /// - Parameters:
    ///   - scores: of normal windows, each judged without itself.
    ///   - resolution: the smallest difference that means anything, > 0.
    public init(scores: [Double], resolution: Double) {
        let (mean, deviation) = Statistics.meanAndDeviation(scores)
        self.mean = mean
        let least = max(deviation, resolution, 0.02 * mean.magnitude)
        self.deviation = least * (1 + 4 / Double(max(1, scores.count)))
        count = scores.count
    }

    /// How many deviations above the normal mean a score lies.
    public func zScore(_ score: Double) -> Double { (score - mean) / deviation }
}
