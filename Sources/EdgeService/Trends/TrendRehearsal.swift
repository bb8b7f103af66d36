// A machine followed without broker, clock or trend log: the same rules, trends and forecasts, for measurements.
import Foundation
import MachineHealth
import TrendLog

/// One judged window of a rehearsal.
package struct RehearsedWindow: Hashable, Sendable {
    /// First sample's time.
    package let start: Date
    /// Probability per label.
    package let scores: [LabelScore]
    /// Distance from the machine's normal sound; nil where none is enrolled.
    package let novelty: Novelty?

    package init(start: Date, scores: [LabelScore], novelty: Novelty? = nil) {
        self.start = start
        self.scores = scores
        self.novelty = novelty
    }
}

/// What a rehearsal tells.
package enum RehearsalNews: Hashable, Sendable {
    /// The plain rule raised its alarm.
    case raised(LabelID, Date)
    /// The trend warned.
    case warned(LabelID, Date, ForecastInterval)
}

/// Takes judged windows in order of time and tells what the service would.
package struct TrendRehearsal {
    private let windowSeconds: Double
    private var monitor: MachineMonitor
    private var desk: TrendDesk
    private let forecaster: TrendForecaster
    private let labels: [LabelID]
    private var closed: [TrendBucket] = []
    private var open: (start: Date, windows: [RehearsedWindow])?

    /// - Parameters:
    ///   - windowSeconds: duration of a window.
    ///   - followsNovelty: whether the machine's normal sound is enrolled, so that `changed` is followed.
    package init(
        vocabulary: LabelVocabulary,
        rules: TrendRules,
        settings: TrendSettings,
        windowSeconds: Double,
        followsNovelty: Bool = false,
        startingAt start: Date
    ) {
        self.windowSeconds = windowSeconds
        labels = vocabulary.labels.map(\.id)
        monitor = MachineMonitor(
            machine: "rehearsal",
            vocabulary: vocabulary,
            rules: rules,
            startingAt: start,
            followsNovelty: followsNovelty
        )
        desk = TrendDesk(board: OutlookBoard())
        forecaster = TrendForecaster(historySeconds: settings.historySeconds)
        desk.open(settings, monitors: [monitor.machine: monitor], stored: [:])
    }

    /// Takes a window.
    package mutating func take(_ window: RehearsedWindow) -> [RehearsalNews] {
        var news = close(before: window.start)
        let observation = Observation(
            machine: monitor.machine,
            start: window.start,
            end: window.start.addingTimeInterval(windowSeconds),
            scores: window.scores,
            levelDBFS: -30,
            missingFraction: 0,
            quality: .good,
            novelty: window.novelty
        )
        let verdict = monitor.verdict(on: observation)
        for case .event(let event) in monitor.observe(observation) where event.type == .faultRaised {
            if let label = event.label { news.append(.raised(label, event.time)) }
        }
        desk.observe(observation, verdict: verdict, of: monitor)
        open?.windows.append(window)
        return news
    }

    /// Closes the bucket before a window and makes the forecasts that are due then.
    private mutating func close(before time: Date) -> [RehearsalNews] {
        let step = forecaster.bucketSeconds
        let start = Date(timeIntervalSince1970: (time.timeIntervalSince1970 / step).rounded(.down) * step)
        guard let full = open, full.start < start else {
            if open == nil { open = (start, []) }
            return []
        }
        closed.append(bucket(full.start, full.windows))
        open = (start, [])
        let since = start.addingTimeInterval(-forecaster.historySeconds)
        closed.removeAll { $0.start < since }
        let series = TrendSeries(
            machine: monitor.machine,
            since: since,
            until: start,
            bucketSeconds: step,
            labels: labels,
            buckets: closed
        )
        let limits = Dictionary(uniqueKeysWithValues: labels.map { ($0, monitor.rules[$0].confidence) })
            .filter { monitor.vocabulary[$0.key]?.kind == .fault }
        return desk.take(forecaster.forecasts(series, limits: limits), of: monitor).compactMap { event in
            guard let label = event.label, let forecast = event.forecast else { return nil }
            return .warned(label, start, forecast)
        }
    }

    private static func summary(_ novelty: [Novelty]) -> NoveltySummary? {
        guard let last = novelty.last, let maximum = novelty.map(\.score).max() else { return nil }
        return NoveltySummary(
            windows: novelty.count,
            mean: novelty.reduce(0) { $0 + $1.score } / Double(novelty.count),
            maximum: maximum,
            limit: last.limit,
            novel: novelty.count { $0.isNovel }
        )
    }

    private func bucket(_ start: Date, _ windows: [RehearsedWindow]) -> TrendBucket {
        let scores = labels.map { label -> ScoreSummary? in
            let values = windows.compactMap { window in
                window.scores.first { $0.label == label }?.confidence
            }
            guard let least = values.min(), let most = values.max() else { return nil }
            return ScoreSummary(minimum: least, mean: values.reduce(0, +) / Double(values.count), maximum: most)
        }
        return TrendBucket(
            start: start,
            windows: windows.count,
            incomplete: 0,
            levelDBFS: -30,
            maximumLevelDBFS: -30,
            scores: scores,
            novelty: Self.summary(windows.compactMap(\.novelty))
        )
    }
}
