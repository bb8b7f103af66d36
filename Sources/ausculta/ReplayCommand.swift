// `ausculta replay`: what other labels or rules would have made of the windows that are stored.
import ArgumentParser
import Dashboard
import EdgeService
import Foundation
import TrendLog

struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Judge stored windows anew with changed labels or rules, and show which alarms come, move or go.",
        discussion: """
            Works on the embeddings in the trend log, also while the service writes it, and changes nothing. Without a \
            change it shows where the stored history differs from the present configuration.

            Examples:
              ausculta replay compressor-1 --config ausculta.yaml --since 7d --rule "confidence=0.8,consecutive=4"
              ausculta replay --config ausculta.yaml --new-config changed.yaml
              ausculta replay compressor-1 --config ausculta.yaml --labels "normal,bearing lacking oil,其他"
            """
    )

    @Argument(help: "Machines; all configured ones where none is named.") var machines: [String] = []
    @OptionGroup var source: ReplaySource
    @Option(help: "The configuration as it would be.", completion: .file()) var newConfig: String?
    @Option(help: "Labels to try: a YAML file with a list of labels or profiles, or phrases separated by commas.")
    var labels: String?
    @Option(help: "Keys of a rule to try for every label, such as \"confidence=0.8,consecutive=4\".")
    var rule: String?
    @OptionGroup var report: ReportOptions
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        let change = WhatIf(
            configuration: try newConfig.map { try ServiceConfiguration.load($0) },
            labels: try labels.map(Self.labels),
            rule: rule
        )
        let style = report.style()
        guard let document = try await source.replay(machines, change: change, style: style) else {
            throw ExitCode(130)
        }
        if json {
            FileHandle.standardOutput.write(try APIResponse.encode(document) + Data("\n".utf8))
        } else {
            for line in ReplayReport(document, style: style).lines { print(line) }
        }
    }

    private static func labels(_ text: String) throws -> ReplayQuestion.Labels {
        if FileManager.default.fileExists(atPath: text) {
            return .described(try String(contentsOfFile: text, encoding: .utf8))
        }
        let phrases = splitLabels(text)
        guard phrases.count >= 2 else {
            throw ValidationError("--labels '\(text)': there is no such file, and one phrase is no set of labels")
        }
        return .phrases(phrases)
    }
}

/// The stored windows a replay works on.
struct ReplaySource: ParsableArguments {
    @Option(help: "The present configuration.", completion: .file()) var config: String
    @Option(help: "The trend log's file, where it is not the configuration's.", completion: .file()) var store: String?
    @Option(help: "Start: a duration before now (2h, 3d) or a time (\"2026-11-22 10:00\", RFC 3339).")
    var since = "7d"
    @Option(help: "End, exclusive: as --since.") var until = "now"

    /// Replays with progress on standard error; nil after Ctrl-C.
    func replay(_ machines: [String], change: WhatIf, style: ReportStyle) async throws -> ReplayDocument? {
        let (from, to): (Date, Date)
        do {
            from = try TimeExpression.date(since, now: style.now, timeZone: style.timeZone)
            to = try TimeExpression.date(until, now: style.now, timeZone: style.timeZone)
        } catch { throw ValidationError("\(error)") }
        guard from < to else { throw ValidationError("--since is not before --until.") }
        let present = try ServiceConfiguration.load(config)
        let file = store.map { URL(fileURLWithPath: $0) }
        return try await withInterruptCancelling {
            let engine = try await ReplayEngine.load(present, store: file)
            var line = ProgressLine()
            let start = ContinuousClock.now
            defer { line.clear() }
            return try await engine.replay(machines: machines, since: from, until: to, change: change) { progress in
                let (done, total) = (Int(progress.doneSeconds), Int(progress.totalSeconds))
                line.draw(
                    "\(progress.machine): \(100 * done / max(1, total)) %"
                        + ProgressLine.remaining(done: done, of: total, since: start)
                )
            }
        }
    }
}
