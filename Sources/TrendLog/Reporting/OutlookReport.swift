// `ausculta trend show`: where a machine's faults are heading, below its curves.
import Foundation
import MachineHealth

extension MachineTrendReport {
    /// The outlook as lines; none where the service has stored none.
    public static func lines(
        _ outlook: MachineOutlook,
        labels: [StoredLabel],
        only: LabelID? = nil,
        style: ReportStyle
    ) -> [String] {
        let readings = outlook.readings.filter { only == nil || $0.label == only }
        guard !readings.isEmpty else { return [] }
        var table = TextTable([
            ("TREND", .left), ("SMOOTHED", .right), ("PER HOUR", .right), ("LIMIT", .right), ("FORECAST", .left),
        ])
        for reading in readings {
            table.add([
                reading.label.map { style.name($0, labels: labels) } ?? "Distance from normal sound",
                Sentence.number(reading.smoothed, decimals: 3),
                reading.slopePerHour.map { ($0 > 0 ? "+" : "") + Sentence.number($0, decimals: 4) } ?? "-",
                reading.limit.map { Sentence.number($0, decimals: 2) } ?? "-",
                forecast(reading.forecast, style: style),
            ])
        }
        var lines = [""] + table.lines(width: style.width, flexible: 4)
        if let verdict = outlook.verdict, let since = outlook.verdictSince, let updated = outlook.updated {
            let lasted = TrendWords.length(updated.timeIntervalSince(since))
            lines.append("\(verdict) for \(lasted), since \(style.time(since)); as of \(style.time(updated))")
        }
        return lines
    }

    private static func forecast(_ forecast: TrendForecast?, style: ReportStyle) -> String {
        guard let forecast else { return "none yet" }
        switch forecast.outcome {
        case .between:
            guard let earliest = forecast.earliest, let latest = forecast.latest else { return "none" }
            let span = TrendWords.span(
                earliest.timeIntervalSince(forecast.made),
                latest.timeIntervalSince(forecast.made)
            )
            return "reaches the limit in \(span) from \(style.time(forecast.made))"
        case .reached: return "the limit is reached"
        case .historyTooShort: return "none: the history is too short"
        case .noSlope: return "none: there is no clear rise"
        case .tooFarOff: return "none: farther off than the history lets one see"
        }
    }
}
