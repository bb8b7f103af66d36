// The pure half of a trend: how long its steps are, where it has holes, how its rows become lines.
import Foundation
import MachineHealth
import TrendLog

/// How a range of time is cut for a chart.
enum TrendStep: Hashable, Sendable {
    /// One point a window.
    case windows
    /// Equal buckets, aligned to multiples of their length.
    case buckets(seconds: Double)

    /// Lengths buckets can have.
    private static let lengths: [Double] = [
        1, 2, 5, 10, 15, 20, 30, 60, 120, 180, 240, 300, 600, 900, 1_200, 1_800, 3_600, 7_200, 10_800, 14_400, 21_600,
        43_200, 86_400, 172_800, 604_800,
    ]

    /// The finest cut with at most so many points.
    ///
    /// - Parameters:
    ///   - rangeSeconds: length of the range.
    ///   - points: how many the caller wants at most.
    ///   - hopSeconds: time from one window to the next: no bucket is so short that it is empty only for that.
    init(rangeSeconds: Double, points: Int, hopSeconds: Double) {
        if rangeSeconds / hopSeconds + 2 <= Double(points) {
            self = .windows
            return
        }
        let shortest = hopSeconds * 1.2
        let fits = { (length: Double) in length >= shortest && rangeSeconds / length + 1 <= Double(points) }
        self = .buckets(
            seconds: Self.lengths.first(where: fits)
                ?? (max(rangeSeconds / Double(max(1, points - 1)), shortest) / 604_800).rounded(.up) * 604_800
        )
    }

    /// What the points are made of.
    var source: String {
        switch self {
        case .windows: "windows"
        case .buckets(let seconds) where seconds.truncatingRemainder(dividingBy: 3_600) == 0: "hours"
        case .buckets(let seconds) where seconds.truncatingRemainder(dividingBy: 60) == 0: "minutes"
        case .buckets: "windows"
        }
    }

    /// The start of the step a time lies in.
    static func aligned(_ time: Date, seconds: Double) -> Date {
        Date(timeIntervalSince1970: (time.timeIntervalSince1970 / seconds).rounded(.down) * seconds)
    }
}

/// A stretch without judged sound.
struct TrendGap: Hashable, Sendable, Encodable {
    enum Reason: String, Sendable, Encodable {
        /// Nothing arrived.
        case noAudio = "no_audio"
        /// Sound arrived with too much missing to be judged.
        case notClassified = "not_classified"
    }

    let start: Date
    let end: Date
    let reason: Reason
}

/// A chart's lines.
struct TrendLines: Hashable, Sendable {
    var times: [Int64] = []
    var mean: [String: [Double?]] = [:]
    var max: [String: [Double?]] = [:]
    var levels: [Double?] = []
    var windows: [Int] = []
    var novelty = NoveltyLines()
    var troubled: [Int] = []
    var gaps: [TrendGap] = []

    private let labels: [LabelID]

    /// Lines of equal buckets; those without a window are there too, so that a line breaks where nothing was heard.
    ///
    /// - Parameters:
    ///   - series: buckets aligned to multiples of their length.
    ///   - heardSince: the machine's first window; before it nothing is missing.
    ///   - settled: up to when every window must have been judged; later holes are not told yet.
    init(_ series: TrendSeries, heardSince: Date?, settled: Date) {
        self.init(labels: series.labels)
        let step = series.bucketSeconds
        let first = TrendStep.aligned(series.since, seconds: step)
        var filled = Dictionary(series.buckets.map { ($0.start, $0) }) { first, _ in first }
        // One step after another from the first: times are whole milliseconds, so sums stay exact.
        var start = first
        while start < series.until {
            let bucket = filled.removeValue(forKey: start)
            append(start, bucket)
            let end = start.addingTimeInterval(step)
            if (bucket?.windows ?? 0) == 0 {
                let isIncomplete = (bucket?.incomplete ?? 0) > 0
                let from = Swift.max(start, series.since, isIncomplete ? .distantPast : (heardSince ?? .distantFuture))
                addGap(from, Swift.min(end, series.until, settled), isIncomplete ? .notClassified : .noAudio)
            }
            start = end
        }
    }

    /// Lines with one point a window, oldest first; where one is missing the line breaks.
    init(
        _ stored: [StoredWindow],
        labels: [LabelID],
        since: Date,
        until: Date,
        hopSeconds: Double,
        heardSince: Date?,
        settled: Date
    ) {
        self.init(labels: labels)
        var coveredUntil: Date? = heardSince.map { Swift.max($0, since) }
        for window in stored {
            if let covered = coveredUntil { addBreak(covered, window.start, hopSeconds: hopSeconds) }
            append(window)
            coveredUntil = Swift.max(coveredUntil ?? window.end, window.end)
        }
        if let coveredUntil { addBreak(coveredUntil, Swift.min(until, settled), hopSeconds: hopSeconds) }
    }

    private init(labels: [LabelID]) {
        self.labels = labels
        for label in labels {
            mean[label.rawValue] = []
            max[label.rawValue] = []
        }
    }

    private mutating func append(_ start: Date, _ bucket: TrendBucket?) {
        times.append(start.millisecondsSince1970)
        windows.append(bucket?.windows ?? 0)
        levels.append(bucket?.levelDBFS?.level)
        novelty.append(bucket?.novelty)
        troubled.append(bucket?.troubled ?? 0)
        for (index, label) in labels.enumerated() {
            let score = bucket.flatMap { $0.scores.indices.contains(index) ? $0.scores[index] : nil }
            mean[label.rawValue]?.append(score?.mean.rounded(decimals: 4))
            max[label.rawValue]?.append(score?.maximum.rounded(decimals: 4))
        }
    }

    private mutating func append(_ window: StoredWindow) {
        let isClassified = window.quality == .good
        times.append(window.start.millisecondsSince1970)
        windows.append(isClassified ? 1 : 0)
        levels.append(isClassified ? window.levelDBFS.level : nil)
        novelty.append(window.novelty)
        troubled.append(window.trouble == nil ? 0 : 1)
        let scores = Dictionary(window.scores.map { ($0.label, $0.confidence) }) { first, _ in first }
        for label in labels {
            let score = scores[label]?.rounded(decimals: 4)
            mean[label.rawValue]?.append(score)
            max[label.rawValue]?.append(score)
        }
        if !isClassified { addGap(window.start, window.end, .notClassified) }
    }

    /// A hole between windows, told where more than a window's turn or two was left out.
    private mutating func addBreak(_ from: Date, _ to: Date, hopSeconds: Double) {
        guard to.timeIntervalSince(from) > 2 * hopSeconds else { return }
        addGap(from, to, .noAudio)
        times.append(from.millisecondsSince1970)
        windows.append(0)
        levels.append(nil)
        novelty.append(nil as NoveltySummary?)
        troubled.append(0)
        for label in labels {
            mean[label.rawValue]?.append(nil)
            max[label.rawValue]?.append(nil)
        }
    }

    private mutating func addGap(_ start: Date, _ end: Date, _ reason: TrendGap.Reason) {
        guard start < end else { return }
        if let last = gaps.last, last.reason == reason, last.end >= start {
            gaps[gaps.count - 1] = TrendGap(start: last.start, end: Swift.max(last.end, end), reason: reason)
        } else {
            gaps.append(TrendGap(start: start, end: end, reason: reason))
        }
    }
}
