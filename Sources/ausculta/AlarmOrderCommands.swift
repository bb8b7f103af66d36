// `ausculta alarms shelve | unshelve | reset | out-of-service | in-service`: orders the running service carries out.
import ArgumentParser
import Foundation
import MachineHealth
import Publishing
import TrendLog

/// Who orders something about an alarm, and how long to wait for the service.
struct AlarmOrderOptions: ParsableArguments {
    @Option(name: .long, help: "Who orders it.") var user: String = NSUserName()
    @Option(name: .long, help: "What to note with it.") var comment: String?
    @Option(name: .long, help: "Seconds to wait for the service.") var timeout = 5.0
    @OptionGroup var store: StoreOptions
    @Flag(name: .long, help: "Print the answer as JSON.") var json = false

    /// Who orders it: whoever is logged in where `--user` is empty.
    var orderer: String { user.allSatisfy(\.isWhitespace) ? NSUserName() : user }

    func validate() throws {
        guard (0.1...3_600).contains(timeout) else { throw ValidationError("--timeout takes 0.1 to 3600 seconds.") }
    }

    /// Gives an order about the alarm a text names.
    func carryOut(_ order: AlarmOrder, on text: String) async throws {
        let alarms = try await TrendLogReader(url: try store.url()).alarms()
        let command =
            switch try AlarmReference.named(text, among: alarms) {
            case .instance(let id): AlarmCommand(order, target: .instance(id), user: orderer, comment: comment)
            case .fault(let machine, let label):
                AlarmCommand(order, machine: machine, target: .label(label), user: orderer, comment: comment)
            }
        try await carryOut(.alarm(command))
    }

    /// Gives a command to the running service and prints its answer.
    func carryOut(_ command: OperatorCommand) async throws {
        let answer = try await TrendLogCommandClient(url: try store.url()).run(
            try command.json(),
            at: Date(),
            timeout: .seconds(timeout)
        )
        let result = try PayloadCoder.decode(CommandResult.self, from: answer)
        if json {
            print(String(decoding: answer, as: UTF8.self))
        } else {
            print(result.summary)
        }
        if !result.ok { throw ExitCode.failure }
    }
}

extension AlarmsCommand {
    struct Shelve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Hide an alarm for a time; it returns by itself.",
            discussion: "The longest time is the rule's shelve_max, 8 hours by default."
        )

        @Argument(help: "The alarm's id or the beginning of it, or MACHINE/LABEL.") var id: String
        @Option(
            name: .customLong("for"),
            help: ArgumentHelp("How long, such as 30m or 2h.", valueName: "duration")
        )
        var duration: String?
        @Flag(name: .long, help: "Until the fault is over once, instead.") var oneShot = false
        @OptionGroup var order: AlarmOrderOptions

        func validate() throws {
            guard (duration == nil) == oneShot else {
                throw ValidationError("Give either --for DURATION or --one-shot.")
            }
            guard let duration else { return }
            do {
                _ = try TimeExpression.seconds(duration)
            } catch {
                throw ValidationError("--for: \(error)")
            }
        }

        func run() async throws {
            let shelving = try duration.map { AlarmShelving.seconds(try TimeExpression.seconds($0)) } ?? .oneShot
            try await order.carryOut(.shelve(shelving), on: id)
        }
    }

    struct Unshelve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Take an alarm off the shelf.")

        @Argument(help: "The alarm's id or the beginning of it, or MACHINE/LABEL.") var id: String
        @OptionGroup var order: AlarmOrderOptions

        func run() async throws { try await order.carryOut(.unshelve, on: id) }
    }

    struct Reset: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Reset a latched alarm whose fault is over.")

        @Argument(help: "The alarm's id or the beginning of it.") var id: String
        @OptionGroup var order: AlarmOrderOptions

        func run() async throws { try await order.carryOut(.reset, on: id) }
    }

    struct OutOfService: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "out-of-service",
            abstract: "Hide an alarm for maintenance, until it is put back into service."
        )

        @Argument(help: "The alarm's id or the beginning of it, or MACHINE/LABEL.") var id: String
        @OptionGroup var order: AlarmOrderOptions

        func run() async throws { try await order.carryOut(.outOfService, on: id) }
    }

    struct InService: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "in-service",
            abstract: "Put an alarm back into service."
        )

        @Argument(help: "The alarm's id or the beginning of it, or MACHINE/LABEL.") var id: String
        @OptionGroup var order: AlarmOrderOptions

        func run() async throws { try await order.carryOut(.inService, on: id) }
    }
}
