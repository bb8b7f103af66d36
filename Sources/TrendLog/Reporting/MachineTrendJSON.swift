// `ausculta trend show --json`: the same trend for programs.
import Foundation
import MachineHealth

extension MachineTrendReport {
    /// The trend as a JSON document.
    ///
    /// - Parameter outlook: where it is heading; becomes the key `outlook`.
    public static func json(
        _ trend: MachineTrend,
        only: LabelID? = nil,
        outlook: MachineOutlook? = nil
    ) throws -> String {
        try ReportJSON.text(TrendDocument(trend, only: only, outlook: outlook))
    }
}

private struct TrendDocument: Encodable {
    struct LabelEntry: Encodable {
        var id: String
        var name: [String: String]
        var kind: String?
    }

    struct Bucket: Encodable {
        var start: Date
        var windows: Int
        var incomplete: Int
        var levelDBFS: Double?
        var scores: [String: ScoreSummary]

        enum CodingKeys: String, CodingKey {
            case start, windows, incomplete, scores
            case levelDBFS = "level_dbfs"
        }
    }

    struct Alarm: Encodable {
        var label: String
        var state: AlarmState
        var alarmID: String?
        var since: Date
        var consecutive: Int
        var required: Int
        var severity: Severity

        enum CodingKeys: String, CodingKey {
            case label, state, since, consecutive, required, severity
            case alarmID = "alarm_id"
        }
    }

    struct Event: Encodable {
        var id: String
        var type: String
        var label: String?
        var alarmID: String?
        var time: Date
        var confidence: Double?
        var message: String
        var user: String?
        var comment: String?
        var isSent: Bool

        enum CodingKeys: String, CodingKey {
            case id, type, label, time, confidence, message, user, comment
            case alarmID = "alarm_id"
            case isSent = "sent"
        }
    }

    struct Reading: Encodable {
        var label: String?
        var smoothed: Double
        var slopePerHour: Double?
        var slopeErrorPerHour: Double?
        var limit: Double?
        var forecast: TrendForecast?

        enum CodingKeys: String, CodingKey {
            case label, smoothed, limit, forecast
            case slopePerHour = "slope_per_hour"
            case slopeErrorPerHour = "slope_error_per_hour"
        }
    }

    struct Outlook: Encodable {
        var memorySeconds: Double
        var verdict: String?
        var verdictSince: Date?
        var updated: Date?
        var readings: [Reading]

        enum CodingKeys: String, CodingKey {
            case verdict, updated, readings
            case memorySeconds = "memory_s"
            case verdictSince = "verdict_since"
        }

        init(_ outlook: MachineOutlook, only: LabelID?) {
            memorySeconds = outlook.memorySeconds
            verdict = outlook.verdict
            verdictSince = outlook.verdictSince
            updated = outlook.updated
            readings = outlook.readings.filter { only == nil || $0.label == only }.map {
                Reading(
                    label: $0.label?.rawValue,
                    smoothed: $0.smoothed,
                    slopePerHour: $0.slopePerHour,
                    slopeErrorPerHour: $0.slopeErrorPerHour,
                    limit: $0.limit,
                    forecast: $0.forecast
                )
            }
        }
    }

    var machine: String
    var site: String
    var profile: String
    var since: Date
    var until: Date
    var bucketSeconds: Double
    var labels: [LabelEntry]
    var buckets: [Bucket]
    var alarms: [Alarm]
    var events: [Event]
    var outlook: Outlook?

    enum CodingKeys: String, CodingKey {
        case machine, site, profile, since, until, labels, buckets, alarms, events, outlook
        case bucketSeconds = "bucket_s"
    }

    init(_ trend: MachineTrend, only: LabelID?, outlook: MachineOutlook?) {
        self.outlook = outlook.map { Outlook($0, only: only) }
        let series = trend.series
        let shown = series.labels.enumerated().filter { only == nil || $0.element == only }
        machine = series.machine
        site = trend.summary.site
        profile = trend.summary.profile
        since = series.since
        until = series.until
        bucketSeconds = series.bucketSeconds
        labels = shown.map { _, id in
            let stored = trend.summary.labels.first { $0.id == id }
            return LabelEntry(id: id.rawValue, name: stored?.name.names ?? [:], kind: stored?.kind.rawValue)
        }
        buckets = series.buckets.map { bucket in
            let scores = shown.compactMap { index, id in bucket.scores[index].map { (id.rawValue, $0) } }
            return Bucket(
                start: bucket.start,
                windows: bucket.windows,
                incomplete: bucket.incomplete,
                levelDBFS: bucket.levelDBFS,
                scores: Dictionary(scores) { first, _ in first }
            )
        }
        alarms = trend.alarms.filter { only == nil || $0.label == only }.map {
            Alarm(
                label: $0.label.rawValue,
                state: $0.state,
                alarmID: $0.alarmID?.text,
                since: $0.since,
                consecutive: $0.consecutive,
                required: $0.required,
                severity: $0.severity
            )
        }
        events = trend.events.filter { only == nil || $0.label == only || $0.label == nil }.map {
            Event(
                id: $0.id.text,
                type: $0.type,
                label: $0.label?.rawValue,
                alarmID: $0.alarmID?.text,
                time: $0.time,
                confidence: $0.confidence,
                message: $0.message,
                user: $0.user,
                comment: $0.comment,
                isSent: $0.unsent == 0
            )
        }
    }
}
