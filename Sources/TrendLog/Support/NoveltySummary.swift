// How unlike normal sound a stretch of time was: what a summary row holds of it.

/// Novelty over the windows of a bucket.
public struct NoveltySummary: Hashable, Sendable, Codable {
    /// Windows that were held against normal sound.
    public var windows: Int
    /// Mean of their scores, in deviations above normal.
    public var mean: Double
    /// Highest score.
    public var maximum: Double
    /// The limit as it was last in this stretch; another bank brings another one.
    public var limit: Double?
    /// Windows above their limit.
    public var novel: Int

    /// Makes a summary.
    public init(windows: Int, mean: Double, maximum: Double, limit: Double?, novel: Int) {
        self.windows = windows
        self.mean = mean
        self.maximum = maximum
        self.limit = limit
        self.novel = novel
    }
}

/// Running sums of novelty.
struct NoveltyAccumulator: Equatable {
    var windows = 0
    var sum = 0.0
    var maximum: Double?
    var limit: Double?
    var novel = 0

    /// Adds a later stretch.
    mutating func add(_ other: NoveltyAccumulator) {
        windows += other.windows
        sum += other.sum
        if let theirs = other.maximum { maximum = max(maximum ?? theirs, theirs) }
        limit = other.limit ?? limit
        novel += other.novel
    }

    /// Nil where no window was held against normal sound.
    var summary: NoveltySummary? {
        guard windows > 0, let maximum else { return nil }
        return NoveltySummary(
            windows: windows,
            mean: sum / Double(windows),
            maximum: maximum,
            limit: limit,
            novel: novel
        )
    }
}
