// `ausculta trend`: the trend log on the terminal and as files, also while the service runs.
import ArgumentParser
import EdgeService
import Foundation
import MachineHealth
import TrendLog

struct TrendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trend",
        abstract: "Read the trend log, also while the service writes it.",
        subcommands: [List.self, Show.self, Export.self]
    )
}

/// A stretch of time on the command line.
struct TimeRangeOptions: ParsableArguments {
    @Option(name: .long, help: "Start: a duration before now (2h, 3d) or a time (\"2026-11-22 10:00\", RFC 3339).")
    var since: String?

    @Option(name: .long, help: "End, exclusive: as --since.")
    var until: String?

    func dates(timeZone: TimeZone, now: Date) throws -> (since: Date?, until: Date?) {
        do {
            let from = try since.map { try TimeExpression.date($0, now: now, timeZone: timeZone) }
            let to = try until.map { try TimeExpression.date($0, now: now, timeZone: timeZone) }
            if let from, from >= to ?? now {
                throw ValidationError("--since is not before \(to == nil ? "now" : "--until").")
            }
            return (from, to)
        } catch let error as TimeExpressionError {
            throw ValidationError(error.description)
        }
    }
}

extension TrendCommand {
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Every machine in one line, alarms first.")

        @OptionGroup var store: StoreOptions
        @OptionGroup var report: ReportOptions
        @Flag(name: .long, help: "Print JSON.") var json = false

        func run() async throws {
            let machines = try await store.reader().machines()
            if json { return print(try MachineListReport.json(machines)) }
            for line in MachineListReport.lines(machines, style: report.style()) { print(line) }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "One machine over time: a curve per label, runs, near misses and alarms."
        )

        @Argument(help: "The machine.") var machine: String
        @OptionGroup var range: TimeRangeOptions
        @Option(name: .long, help: "Only this label.") var label: String?
        @Option(name: .long, help: "How many of the newest windows to list.") var windows = 5
        @OptionGroup var store: StoreOptions
        @OptionGroup var report: ReportOptions
        @Flag(name: .long, help: "Print JSON.") var json = false

        func run() async throws {
            let reader = try store.reader()
            let style = report.style()
            let (since, until) = try range.dates(timeZone: style.timeZone, now: style.now)
            let newest = try await reader.latestWindow(machine: machine)?.end
            let end = until ?? Self.end(now: style.now, newest: newest, since: since)
            let labels = try await reader.labels(machine: machine)
            if let label, !labels.isEmpty, !labels.contains(where: { $0.id.rawValue == label }) {
                throw ValidationError(
                    "\(machine) has no label \"\(label)\"; it has: \(labels.map(\.id.rawValue).joined(separator: ", "))"
                )
            }
            let trend = try await reader.trend(
                machine: machine,
                since: since ?? end.addingTimeInterval(-7_200),
                until: end,
                columns: MachineTrendReport.curveColumns(labels: labels, style: style),
                newestWindows: max(0, windows)
            )
            let only = label.map(LabelID.init(rawValue:))
            let outlook = try await StoredOutlook.read(
                reader,
                machine: machine,
                configuration: try store.config.map { try ServiceConfiguration.load($0) }
            )
            if json { return print(try MachineTrendReport.json(trend, only: only, outlook: outlook)) }
            for line in MachineTrendReport.lines(trend, only: only, style: style) { print(line) }
            guard let outlook else { return }
            for line in MachineTrendReport.lines(outlook, labels: labels, only: only, style: style) { print(line) }
        }

        /// Where the report ends unless told: now; at the newest window where that lies ahead (recordings published faster
        /// than real time), or where a machine was last heard before the two hours that are shown.
        private static func end(now: Date, newest: Date?, since: Date?) -> Date {
            guard let newest else { return now }
            if newest > now { return newest }
            return since == nil && newest < now.addingTimeInterval(-7_200) ? newest : now
        }
    }

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Every window as CSV, JSON or JSON lines, to standard output."
        )

        @Argument(help: "Machines; all where none is named.") var machines: [String] = []
        @Option(name: .long, help: "csv, json or jsonl.") var format: TrendExporter.Format = .csv
        @OptionGroup var range: TimeRangeOptions
        @Option(name: .long, help: "Only windows with this label on top.") var label: String?
        @Flag(name: .long, help: "Read times without a zone as UTC.") var utc = false
        @OptionGroup var store: StoreOptions

        func run() async throws {
            let (since, until) = try range.dates(timeZone: utc ? .gmt : .current, now: Date())
            var buffer = Data()
            let flush = {
                try FileHandle.standardOutput.write(contentsOf: buffer)
                buffer.removeAll(keepingCapacity: true)
            }
            try await TrendExporter(reader: store.reader(), format: format).export(
                machines: machines,
                since: since,
                until: until,
                label: label.map(LabelID.init(rawValue:))
            ) { text in
                buffer.append(contentsOf: text.utf8)
                if buffer.count > 65_536 { try flush() }
            }
            try flush()
        }
    }
}
