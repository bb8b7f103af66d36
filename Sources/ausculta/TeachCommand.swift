// `ausculta teach`: say what a stored window is or is not; the running service judges with it at once.
import ArgumentParser
import Foundation
import MachineHealth
import Publishing
import TrendLog

struct TeachCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "teach",
        abstract: "Teach a machine from windows it heard.",
        discussion: """
            A decision about a window counts for its machine and the others of its profile at once, and is taken back the \
            same way. Nothing is trained; docs/detection.md tells how examples count.

            Examples:
              ausculta teach compressor-2 --at "2026-11-22 10:14:05" --label bearing-lacking-oil --config FILE
              ausculta teach compressor-2 --at 5m --reject bearing-lacking-oil --config FILE
              ausculta teach report --config FILE
            """,
        subcommands: [Window.self, List.self, Undo.self, Report.self],
        defaultSubcommand: Window.self
    )

    struct Window: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "window",
            abstract: "Teach one window (the word window may be left out)."
        )

        @Argument(help: "The machine.") var machine: String
        @Option(
            name: .long,
            help: "A moment inside the window: RFC 3339, \"2026-11-22 10:14:05\", or a duration before now."
        )
        var at: String
        @Option(name: .long, help: "The label the window is.") var label: String?
        @Option(name: .long, help: "The label the window is not.") var reject: String?
        @Option(name: .long, help: "What to note with it.") var comment: String?
        @Flag(name: .long, help: "Read times without a zone as UTC.") var utc = false
        @OptionGroup var order: OrderOptions
        @OptionGroup var store: StoreOptions
        @Flag(name: .long, help: "Print the answer as JSON.") var json = false

        func validate() throws {
            guard (label == nil) != (reject == nil) else {
                throw ValidationError("Give either --label ID (what it is) or --reject ID (what it is not).")
            }
        }

        func run() async throws {
            let moment: Date
            do {
                moment = try TimeExpression.date(at, now: Date(), timeZone: utc ? .gmt : .current)
            } catch {
                throw ValidationError(error.description)
            }
            let command = OperatorCommand.teach(
                TeachingOrder(
                    machine: machine,
                    time: moment,
                    label: label ?? reject ?? "",
                    isRejection: label == nil,
                    user: order.user,
                    comment: comment
                )
            )
            let client = try TrendLogCommandClient(url: try store.url())
            try await order.carryOut(command, through: client, json: json)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "What people decided, the newest last.")

        @Argument(help: "Only this machine.") var machine: String?
        @Flag(name: .long, help: "Also list decisions that were taken back.") var all = false
        @OptionGroup var store: StoreOptions
        @Flag(name: .long, help: "Print JSON.") var json = false

        func run() async throws {
            let decisions = try await store.reader().decisions(machine: machine, includingUndone: all)
            if json { return try Console.json(decisions.map(DecisionLine.init)) }
            if decisions.isEmpty { return print("nothing was decided yet") }
            for decision in decisions { print(DecisionLine(decision).line) }
        }
    }

    struct Undo: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Take a decision back.")

        @Argument(help: "The decision's id as listed, or the beginning of it.") var id: String
        @OptionGroup var order: OrderOptions
        @OptionGroup var store: StoreOptions
        @Flag(name: .long, help: "Print the answer as JSON.") var json = false

        func run() async throws {
            let url = try store.url()
            let wanted = id.lowercased()
            let found = try await TrendLogReader(url: url).decisions(includingUndone: true)
                .filter { $0.id.text.hasPrefix(wanted) }
            guard let decision = found.first, found.count == 1 else {
                throw ValidationError(
                    found.isEmpty
                        ? "there is no decision \"\(id)\"; `ausculta teach list` shows those there are."
                        : "\(found.count) decisions begin with \"\(id)\"; give more of it."
                )
            }
            let client = try TrendLogCommandClient(url: url)
            let command = OperatorCommand.undoTeaching(decisionID: decision.id, user: order.user)
            try await order.carryOut(command, through: client, json: json)
        }
    }

    struct Report: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "How well each profile's confidences agree with what people decided."
        )

        @OptionGroup var store: StoreOptions
        @Flag(name: .long, help: "Print JSON.") var json = false

        func run() async throws {
            let summaries = try await store.reader().calibrations().map { record in
                try PayloadCoder.decode(CalibrationSummary.self, from: record.report)
            }
            if json { return print(String(decoding: try PayloadCoder.encode(summaries), as: UTF8.self)) }
            if summaries.isEmpty {
                return print("no profile has the 20 decisions over 2 labels that calibration takes")
            }
            for summary in summaries { print(Self.line(summary)) }
        }

        private static func line(_ summary: CalibrationSummary) -> String {
            func number(_ value: Double) -> String { String(format: "%.3f", value) }
            let use =
                summary.isUsed
                ? "in use" : "not used: it does not help on decisions it was not learned from"
            return
                "\(summary.profile)  temperature \(number(summary.temperature)) from \(summary.decisions) decisions, "
                + "\(use); calibration error \(number(summary.eceBefore)) -> \(number(summary.eceAfter)), "
                + "log loss \(number(summary.logLossBefore)) -> \(number(summary.logLossAfter))"
        }
    }
}

/// A decision as `ausculta teach list` prints it.
private struct DecisionLine: Encodable {
    let id: String
    let machine: String
    let windowStart: String
    let decision: String
    let label: String?
    let user: String
    let comment: String?
    let time: String
    let undoneBy: String?

    init(_ decision: ReviewDecision) {
        id = decision.id.text
        machine = decision.machine
        windowStart = RFC3339.text(decision.start)
        self.decision = decision.verdict.rawValue
        label = decision.label?.rawValue
        user = decision.user
        comment = decision.comment
        time = RFC3339.text(decision.time)
        undoneBy = decision.undone == nil ? nil : decision.undoneBy
    }

    var line: String {
        let end = undoneBy.map { ", taken back by \($0)" } ?? ""
        let note = comment.map { ": \($0)" } ?? ""
        return "\(id)  \(machine)  \(windowStart)  \(decision) \(label ?? "")  by \(user)\(end)\(note)"
    }
}
