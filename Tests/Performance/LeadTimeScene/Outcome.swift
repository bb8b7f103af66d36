// What the rule and the trend said of a story, and how much earlier one was than the other.
import EdgeService
import Foundation
import MachineHealth

/// One story's outcome.
struct Outcome: Sendable {
    let story: Story
    /// Hours from the beginning of starvation to the plain rule's alarm; nil where it never came.
    let ruleHours: Double?
    /// Hours from the beginning of starvation to the trend's warning of that fault.
    let trendHours: Double?
    /// Length of the forecast's interval in hours, and whether the rule's alarm fell into it.
    let interval: (hours: Double, holds: Bool?)?
    /// Alarms and warnings before the starvation began, or of another fault.
    let falseAlarms: Int
    let falseWarnings: Int

    /// How much earlier the trend was, in hours.
    var leadHours: Double? {
        guard let ruleHours, let trendHours else { return nil }
        return ruleHours - trendHours
    }

    init(_ story: Story, windows: [RehearsedWindow], setting: Setting) {
        self.story = story
        let fault = LabelID("bearing-lacking-oil")
        let onset = ScoreCache.epoch.addingTimeInterval(story.healthySeconds)
        var rehearsal = TrendRehearsal(
            vocabulary: setting.labels,
            rules: setting.rules,
            settings: setting.trend,
            windowSeconds: 10,
            startingAt: ScoreCache.epoch
        )
        var (raised, warned): (Date?, (Date, ForecastInterval)?) = (nil, nil)
        var (alarms, warnings) = (0, 0)
        for news in windows.flatMap({ rehearsal.take($0) }) {
            switch news {
            case .raised(fault, let time) where time >= onset && story.course != .healthy: raised = raised ?? time
            case .warned(fault, let time, let interval) where time >= onset && story.course != .healthy:
                warned = warned ?? (time, interval)
            case .raised: alarms += 1
            case .warned: warnings += 1
            }
        }
        ruleHours = raised.map { $0.timeIntervalSince(onset) / 3_600 }
        trendHours = warned.map { $0.0.timeIntervalSince(onset) / 3_600 }
        interval = warned.map { _, interval in
            let holds = raised.map { (interval.earliest...interval.latest).contains($0) }
            return (interval.latest.timeIntervalSince(interval.earliest) / 3_600, holds)
        }
        falseAlarms = alarms
        falseWarnings = warnings
    }
}

/// What stories are judged by.
struct Setting: Sendable {
    let labels: LabelVocabulary
    let rules: TrendRules
    let trend: TrendSettings
}

/// Median and 95 % interval by a seeded bootstrap.
struct Interval: CustomStringConvertible {
    let median: Double
    let low: Double
    let high: Double

    init?(_ values: [Double]) {
        guard !values.isEmpty else { return nil }
        func median(_ values: [Double]) -> Double {
            let sorted = values.sorted()
            let middle = sorted.count / 2
            return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
        }
        var state: UInt64 = 20_261_127
        func draw() -> Double {
            // Knuth's MMIX generator; its high bits are good enough for resampling.
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return values[Int((state >> 33) % UInt64(values.count))]
        }
        let draws = (0..<2_000).map { _ in median(values.map { _ in draw() }) }.sorted()
        self.median = median(values)
        low = draws[49]
        high = draws[1_949]
    }

    var description: String {
        "\(Self.text(median)) (95 % interval \(Self.text(low)) to \(Self.text(high)))"
    }

    private static func text(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
}
