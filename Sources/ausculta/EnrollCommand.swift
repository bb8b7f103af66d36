// `ausculta enroll`: a machine's normal sound, from what was heard or from what will be heard, through the running service.
import ArgumentParser
import Foundation
import MachineHealth
import Publishing
import TrendLog

struct EnrollCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enroll",
        abstract: "Let a machine learn its own normal sound.",
        discussion: """
            The running service makes a bank of the windows it stored while the machine was healthy, and holds every later \
            window against it. docs/detection.md tells how.

            Examples:
              ausculta enroll compressor-1 --for 30m --config FILE
              ausculta enroll compressor-1 --since 2h --until 1h --comment "after the oil change" --config FILE
              ausculta enroll list --config FILE
            """,
        subcommands: [Start.self, List.self, Show.self, Confirm.self, Undo.self],
        defaultSubcommand: Start.self
    )
}

/// Who orders something and how long to wait for the service.
struct OrderOptions: ParsableArguments {
    @Option(name: .long, help: "Who orders it.") var user: String = NSUserName()
    @Option(name: .long, help: "Seconds to wait for the service.") var timeout = 120.0

    func validate() throws {
        guard (0.1...3_600).contains(timeout) else { throw ValidationError("--timeout takes 0.1 to 3600 seconds.") }
    }

    /// Gives a command to the running service and prints its answer.
    func carryOut(_ command: OperatorCommand, through client: TrendLogCommandClient, json: Bool) async throws {
        let answer = try await client.run(try command.json(), at: Date(), timeout: .seconds(timeout))
        let result = try PayloadCoder.decode(CommandResult.self, from: answer)
        if json {
            print(String(decoding: answer, as: UTF8.self))
        } else {
            print(result.summary)
            for line in result.enrolment?.report?.lines ?? [] { print("  " + line) }
        }
        if !result.ok { throw ExitCode.failure }
    }
}

extension EnrollCommand {
    struct Start: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "start",
            abstract: "Enrol a machine (the word start may be left out)."
        )

        @Argument(help: "The machine.") var machine: String
        @Option(
            name: .customLong("for"),
            help: ArgumentHelp("Listen from now on for so long, then enrol; at least 1m.", valueName: "duration")
        )
        var duration: String?
        @OptionGroup var range: TimeRangeOptions
        @Option(
            name: .long,
            help: "The operating state that was heard (idle, full-load); the bank's other states stay."
        )
        var state: String?
        @Option(name: .long, help: "What to note with it.") var comment: String?
        @Flag(name: .long, help: "Read times without a zone as UTC.") var utc = false
        @OptionGroup var order: OrderOptions
        @OptionGroup var store: StoreOptions
        @Flag(name: .long, help: "Print the answer as JSON.") var json = false

        func validate() throws {
            guard (duration == nil) != (range.since == nil) else {
                throw ValidationError(
                    "Give either --for DURATION (listen from now on) or --since TIME (what was heard already)."
                )
            }
            if duration != nil, range.until != nil {
                throw ValidationError("--until goes with --since, not with --for.")
            }
            if let duration, try seconds(duration) < 60 { throw ValidationError("--for takes at least 1m.") }
        }

        func run() async throws {
            let url = try store.url()
            // First of all, so that nobody waits half an hour for a service that does not run.
            let client = try TrendLogCommandClient(url: url)
            let reader = try TrendLogReader(url: url)
            var (since, until) = try range.dates(timeZone: utc ? .gmt : .current, now: Date())
            if let duration {
                let listening = EnrolmentListening(
                    reader: reader,
                    machine: machine,
                    seconds: try seconds(duration)
                )
                guard let heard = try await withInterruptCancelling({ try await listening.wait() }) else {
                    Console.remark(listening.interruption)
                    throw ExitCode(130)
                }
                (since, until) = (heard.since, heard.until)
            }
            let command = OperatorCommand.enroll(
                EnrolmentOrder(
                    machine: machine,
                    since: since ?? .distantPast,
                    until: until,
                    state: state,
                    user: order.user,
                    comment: comment
                )
            )
            try await order.carryOut(command, through: client, json: json)
        }

        private func seconds(_ text: String) throws -> Double {
            do {
                return try TimeExpression.seconds(text)
            } catch {
                throw ValidationError(error.description)
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Versions of every machine's normal sound.")

        @Argument(help: "Only this machine.") var machine: String?
        @OptionGroup var store: StoreOptions
        @Flag(name: .long, help: "Print JSON.") var json = false

        func run() async throws {
            let banks = try await store.reader().banks(machine: machine)
            if json { return try Console.json(banks.map(BankDocument.init)) }
            if banks.isEmpty { return print("no machine was enrolled yet") }
            for bank in banks { print(BankDocument(bank).line) }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "One version and what its checks found.")

        @Argument(help: "The machine.") var machine: String
        @Option(name: .long, help: "The version; the one in use or the newest where not given.") var version: Int?
        @OptionGroup var store: StoreOptions
        @Flag(name: .long, help: "Print JSON.") var json = false

        func run() async throws {
            let banks = try await store.reader().banks(machine: machine)
            let wanted = version.map { number in banks.first { $0.version == number } }
            guard let bank = wanted ?? banks.first(where: { $0.state == .active }) ?? banks.first else {
                let what = version.map { "no version \($0) of its normal sound" } ?? "no enrolled normal sound"
                throw ValidationError("\(machine) has \(what); `ausculta enroll list` shows what there is.")
            }
            let document = BankDocument(bank)
            if json { return try Console.json(document) }
            print(document.line)
            for line in document.report?.lines ?? [] { print("  " + line) }
        }
    }

    struct Confirm: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Put a proposed enrolment into use.")

        @Argument(help: "The machine.") var machine: String
        @Option(name: .long, help: "The version; the proposed one where not given.") var version: Int?
        @OptionGroup var order: OrderOptions
        @OptionGroup var store: StoreOptions
        @Flag(name: .long, help: "Print the answer as JSON.") var json = false

        func run() async throws {
            let client = try TrendLogCommandClient(url: try store.url())
            let wish = BankOrder(machine: machine, version: version, user: order.user)
            try await order.carryOut(.confirmEnrolment(wish), through: client, json: json)
        }
    }

    struct Undo: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take the enrolment in use back, or turn a proposal down; the version before it is in use again."
        )

        @Argument(help: "The machine.") var machine: String
        @Option(name: .long, help: "The version; the one in use where not given.") var version: Int?
        @OptionGroup var order: OrderOptions
        @OptionGroup var store: StoreOptions
        @Flag(name: .long, help: "Print the answer as JSON.") var json = false

        func run() async throws {
            let client = try TrendLogCommandClient(url: try store.url())
            let wish = BankOrder(machine: machine, version: version, user: order.user)
            try await order.carryOut(.undoEnrolment(wish), through: client, json: json)
        }
    }
}
