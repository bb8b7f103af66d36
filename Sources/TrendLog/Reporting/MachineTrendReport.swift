// `ausculta trend show MACHINE`: a line per label with its curve, marks of runs and alarms, and what happened in words.
import Foundation
import MachineHealth

/// Writes one machine's trend.
public enum MachineTrendReport {
    private static let widestName = 42
    private static let numbersWidth = 16
    private static let narrowestCurve = 10

    /// Columns the curve has in a report of this style: how many buckets to read.
    public static func curveColumns(labels: [StoredLabel], style: ReportStyle) -> Int {
        max(
            narrowestCurve,
            min(style.width - nameWidth(labels.map(\.id), labels: labels, style: style) - numbersWidth, 120)
        )
    }

    /// The report's lines.
    ///
    /// - Parameter only: show this label alone.
    public static func lines(_ trend: MachineTrend, only: LabelID? = nil, style: ReportStyle) -> [String] {
        var lines = heading(trend, style: style)
        let windows = trend.series.buckets.reduce(0) { $0 + $1.windows + $1.incomplete }
        guard windows > 0 else {
            return lines + emptyText(trend, style: style).wrapped(to: style.width)
        }
        lines.append("")
        lines += curves(trend, only: only, style: style)
        lines += events(trend, only: only, style: style)
        lines += newest(trend, style: style)
        lines += standing(trend, only: only, style: style)
        return lines.map { $0.truncated(to: style.width) }
    }

    private static func heading(_ trend: MachineTrend, style: ReportStyle) -> [String] {
        let summary = trend.summary
        let series = trend.series
        let place = [summary.site, summary.profile].filter { !$0.isEmpty }.joined(separator: ", ")
        var first = summary.machine + (place.isEmpty ? "" : " (\(place))")
        first += "  \(style.time(series.since)) to \(style.time(series.until)) \(style.zoneName(at: series.until))"
        let good = series.buckets.reduce(0) { $0 + $1.windows }
        let incomplete = series.buckets.reduce(0) { $0 + $1.incomplete }
        guard good + incomplete > 0 else { return first.wrapped(to: style.width) }
        var second = "\(good + incomplete) windows"
        let troubled = series.buckets.reduce(0) { $0 + $1.troubled }
        if incomplete > troubled { second += ", \(incomplete - troubled) of them incomplete" }
        if troubled > 0 { second += ", \(troubled) with the microphone in trouble" }
        second += "; one column is \(duration(series.bucketSeconds))"
        if let newest = trend.newest.last {
            let name = newest.top.map { style.name($0, labels: summary.labels) } ?? newest.verdict
            second += "; newest \(style.age(newest.end)): \(name) \(ReportStyle.confidence(newest.confidence))"
        }
        return first.wrapped(to: style.width) + second.wrapped(to: style.width)
    }

    private static func emptyText(_ trend: MachineTrend, style: ReportStyle) -> String {
        guard let latest = trend.summary.latest else { return "No windows yet." }
        return "No windows in this range; the newest one ended \(style.time(latest.end)) (\(style.age(latest.end))),"
            + " so try a longer --since."
    }

    private static func curves(_ trend: MachineTrend, only: LabelID?, style: ReportStyle) -> [String] {
        let series = trend.series
        let labels = trend.summary.labels
        let shown = series.labels.enumerated().filter { only == nil || $0.element == only }
        let width = nameWidth(shown.map(\.element), labels: labels, style: style)
        let axis = TimeAxis(series)
        let indent = String(repeating: " ", count: width + numbersWidth)
        var lines = ["LABEL".padded(to: width) + "   LAST    MAX  0 to 1 over time"]
        var hasMarks = false
        for (index, label) in shown {
            let scores = series.buckets.map { index < $0.scores.count ? $0.scores[index] : nil }
            let last = trend.newest.last { !$0.scores.isEmpty }?.scores.first { $0.label == label }?.confidence
            let maximum = scores.compactMap { $0?.maximum }.max()
            lines.append(
                style.name(label, labels: labels).truncated(to: width).padded(to: width)
                    + ReportStyle.confidence(last).paddedLeft(to: 7)
                    + ReportStyle.confidence(maximum).paddedLeft(to: 7)
                    + "  " + axis.curve(series.buckets, scores: scores)
            )
            var timeline = AlarmTimeline(columns: axis.columns, start: axis.start, columnSeconds: series.bucketSeconds)
            timeline.mark(label, in: trend)
            if !timeline.isEmpty {
                hasMarks = true
                lines.append(indent + timeline.text)
            }
        }
        lines.append(indent + axis.scale(style: style))
        let gaps = axis.curve(series.buckets, scores: series.buckets.map { _ in nil })
        let marks = [
            (Sparkline.gap, "no sound heard"), (Sparkline.incomplete, "too much sound missing"),
            (Sparkline.troubled, "microphone in trouble"),
        ]
        // The first two belong together: where one is, the other one is looked for.
        let hasGaps = gaps.contains(Sparkline.gap) || gaps.contains(Sparkline.incomplete)
        let legend = marks.filter { mark, _ in mark == Sparkline.troubled ? gaps.contains(mark) : hasGaps }
        if !legend.isEmpty { lines.append(legend.map { "\($0.0) \($0.1)" }.joined(separator: "  ")) }
        if hasMarks { lines += AlarmTimeline.legend.wrapped(to: style.width) }
        return lines
    }

    private static func events(_ trend: MachineTrend, only: LabelID?, style: ReportStyle) -> [String] {
        let events = trend.events.filter { only == nil || $0.label == only || $0.label == nil }
        guard !events.isEmpty else { return [] }
        let shown = events.suffix(20)
        var lines = ["", events.count > shown.count ? "NEWEST \(shown.count) OF \(events.count) EVENTS" : "EVENTS"]
        for event in shown {
            let unsent = event.unsent > 0 ? "  (not yet sent)" : ""
            let line = "\(style.time(event.time))  \(event.type)  \(event.message.singleLine)\(unsent)"
            lines += line.wrapped(to: style.width, indent: 21)
        }
        return lines
    }

    private static func newest(_ trend: MachineTrend, style: ReportStyle) -> [String] {
        guard !trend.newest.isEmpty else { return [] }
        var table = TextTable([
            ("WINDOW", .left), ("TOP LABEL", .left), ("CONF", .right), ("VERDICT", .left), ("LEVEL dBFS", .right),
            ("MISSING", .right),
        ])
        for window in trend.newest {
            table.add([
                style.time(window.start), window.top?.rawValue ?? "-", ReportStyle.confidence(window.confidence),
                window.verdict == window.top?.rawValue ? "valid" : window.verdict, ReportStyle.level(window.levelDBFS),
                "\(Int((window.missingFraction * 100).rounded())) %",
            ])
        }
        return [""] + table.lines(width: style.width, flexible: 1)
    }

    private static func standing(_ trend: MachineTrend, only: LabelID?, style: ReportStyle) -> [String] {
        var lines: [String] = []
        for alarm in trend.alarms where only == nil || alarm.label == only {
            if alarm.state != .normal {
                let id = alarm.alarmID.map { ", id \($0.text)" } ?? ""
                let line = "Alarm \(alarm.label): \(alarm.state.rawValue) since \(style.time(alarm.since))\(id)"
                lines += line.wrapped(to: style.width)
            } else if alarm.consecutive > 0 {
                lines.append("Run \(alarm.label): \(alarm.consecutive) of \(alarm.required) windows")
            }
        }
        return lines.isEmpty ? [] : [""] + lines
    }

    private static func nameWidth(_ ids: [LabelID], labels: [StoredLabel], style: ReportStyle) -> Int {
        let widest = ids.map { style.name($0, labels: labels).displayWidth }.max() ?? 0
        return max(5, min(widest, widestName, style.width - numbersWidth - narrowestCurve))
    }

    private static func duration(_ seconds: Double) -> String {
        for (unit, size) in [("d", 86_400.0), ("h", 3_600), ("min", 60)]
        where seconds >= size && seconds.truncatingRemainder(dividingBy: size) == 0 {
            return "\(Int(seconds / size)) \(unit)"
        }
        let tenths = Int((seconds * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10) s" : "\(tenths / 10).\(tenths % 10) s"
    }
}

/// The columns of a report's curves.
struct TimeAxis {
    /// Left edge of the first column.
    let start: Date
    /// Number of columns.
    let columns: Int
    private let columnSeconds: Double

    init(_ series: TrendSeries) {
        columnSeconds = series.bucketSeconds
        // Aligned buckets may begin before the range does.
        let offset = series.buckets.first.map { bucket in
            (bucket.start.timeIntervalSince(series.since) / series.bucketSeconds).rounded(.down) * series.bucketSeconds
        }
        start = series.buckets.first.map { $0.start.addingTimeInterval(-(max(offset ?? 0, 0))) } ?? series.since
        columns = max(1, Int((series.until.timeIntervalSince(start) / columnSeconds - 1e-6).rounded(.up)))
    }

    /// A label's curve: means where windows were judged, marks where none were.
    func curve(_ buckets: [TrendBucket], scores: [ScoreSummary?]) -> String {
        var columns = [Character](repeating: Sparkline.gap, count: columns)
        for (bucket, score) in zip(buckets, scores) {
            let column = Int((bucket.start.timeIntervalSince(start) / columnSeconds).rounded())
            guard columns.indices.contains(column) else { continue }
            if let score {
                columns[column] = Sparkline.block(score.mean)
            } else {
                let isTroubled = bucket.troubled > 0 && 2 * bucket.troubled >= bucket.incomplete
                columns[column] = bucket.windows > 0 ? " " : isTroubled ? Sparkline.troubled : Sparkline.incomplete
            }
        }
        return String(columns)
    }

    /// Times below the curves, as many as fit.
    func scale(style: ReportStyle) -> String {
        let range = Double(columns) * columnSeconds
        let sample = style.shortTime(start, rangeSeconds: range)
        let step = max(sample.count + 3, columns / 4)
        var text = ""
        for column in stride(from: 0, to: columns, by: step) where column == 0 || column + sample.count <= columns {
            let time = start.addingTimeInterval(Double(column) * columnSeconds)
            text = text.padded(to: column) + style.shortTime(time, rangeSeconds: range)
        }
        return text
    }
}
