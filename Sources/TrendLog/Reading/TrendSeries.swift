// A machine's scores over a stretch of time in equal buckets: what a chart or a sparkline draws.
import Foundation
import MachineHealth

/// Scores over time, down-sampled.
public struct TrendSeries: Hashable, Sendable {
    /// The machine.
    public let machine: String
    /// Start of the range.
    public let since: Date
    /// End of the range, exclusive.
    public let until: Date
    /// Length of a bucket in seconds.
    public let bucketSeconds: Double
    /// Labels seen in the range: those of the machine's vocabulary first, in its order.
    public let labels: [LabelID]
    /// Buckets with at least one window, oldest first; times without sound have none.
    public let buckets: [TrendBucket]

    /// Makes a series.
    public init(
        machine: String,
        since: Date,
        until: Date,
        bucketSeconds: Double,
        labels: [LabelID],
        buckets: [TrendBucket]
    ) {
        self.machine = machine
        self.since = since
        self.until = until
        self.bucketSeconds = bucketSeconds
        self.labels = labels
        self.buckets = buckets
    }
}

/// One bucket of a series.
public struct TrendBucket: Hashable, Sendable {
    /// Start of the bucket.
    public let start: Date
    /// Classified windows.
    public let windows: Int
    /// Windows with too much audio missing.
    public let incomplete: Int
    /// Mean level of the classified windows in dB relative to full scale; nil where there is none.
    public let levelDBFS: Double?
    /// Highest level.
    public let maximumLevelDBFS: Double
    /// Scores in the order of the series' labels; nil where a label was not scored.
    public let scores: [ScoreSummary?]
    /// Distance from normal sound; nil where no window was held against any.
    public let novelty: NoveltySummary?
    /// Windows that said something about the microphone only.
    public let troubled: Int

    /// Makes a bucket.
    public init(
        start: Date,
        windows: Int,
        incomplete: Int,
        levelDBFS: Double?,
        maximumLevelDBFS: Double,
        scores: [ScoreSummary?],
        novelty: NoveltySummary? = nil,
        troubled: Int = 0
    ) {
        self.start = start
        self.windows = windows
        self.incomplete = incomplete
        self.levelDBFS = levelDBFS
        self.maximumLevelDBFS = maximumLevelDBFS
        self.scores = scores
        self.novelty = novelty
        self.troubled = troubled
    }
}
