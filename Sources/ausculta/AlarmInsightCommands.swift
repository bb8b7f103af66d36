// `ausculta alarms audit | stats`: who ordered what, and how the alarm system does; read while the service runs.
import ArgumentParser
import Foundation
import TrendLog

extension AlarmsCommand {
    struct Audit: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What operators ordered: who, when, from where, and what became of it."
        )

        @Option(name: .long, help: "Only of this machine.") var machine: String?
        @Option(name: .long, help: "At most so many, the newest.") var limit = 100
        @OptionGroup var range: TimeRangeOptions
        @OptionGroup var store: StoreOptions
        @OptionGroup var report: ReportOptions
        @Flag(name: .long, help: "Print JSON.") var json = false

        func validate() throws {
            guard (1...100_000).contains(limit) else { throw ValidationError("--limit takes 1 to 100000.") }
        }

        func run() async throws {
            let style = report.style()
            let (since, until) = try range.dates(timeZone: style.timeZone, now: style.now)
            let actions = try await store.reader().operatorActions(
                machine: machine,
                since: since,
                until: until,
                limit: limit
            )
            if json { return print(try AuditReport.json(actions)) }
            for line in AuditReport.lines(actions, style: style) { print(line) }
        }
    }

    struct Statistics: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "stats",
            abstract: "Key figures: rate, floods, chattering and long-standing alarms.",
            discussion: "Of the last 24 hours where nothing else is said."
        )

        @Option(name: .long, help: "Only of this machine.") var machine: String?
        @OptionGroup var range: TimeRangeOptions
        @OptionGroup var store: StoreOptions
        @OptionGroup var report: ReportOptions
        @Flag(name: .long, help: "Print JSON.") var json = false

        func run() async throws {
            let style = report.style()
            let (since, until) = try range.dates(timeZone: style.timeZone, now: style.now)
            let end = until ?? style.now
            let figures = try await store.reader().alarmStatistics(
                machine: machine,
                since: since ?? end.addingTimeInterval(-86_400),
                until: end
            )
            if json { return print(try AlarmStatisticsReport.json(figures)) }
            for line in AlarmStatisticsReport.lines(figures, style: style) { print(line) }
        }
    }
}
