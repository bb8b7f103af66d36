// `ausculta alarms`: what stands, and acknowledging it through the running service.
import ArgumentParser
import Foundation
import MachineHealth
import Publishing
import TrendLog

struct AlarmsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alarms",
        abstract: "List alarms and acknowledge them.",
        subcommands: [List.self, Acknowledge.self]
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Alarms that stand, active ones first.")

        @OptionGroup var store: StoreOptions
        @OptionGroup var report: ReportOptions
        @Flag(name: .long, help: "Also list alarms in state normal.") var all = false
        @Flag(name: .long, help: "Print JSON.") var json = false

        func run() async throws {
            let reader = try store.reader()
            let alarms = try await reader.alarms(includingNormal: all)
            if json { return print(try AlarmListReport.json(alarms)) }
            let labels = Dictionary(try await reader.machines().map { ($0.machine, $0.labels) }) { first, _ in first }
            for line in AlarmListReport.lines(alarms, labels: labels, style: report.style()) { print(line) }
        }
    }

    struct Acknowledge: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "ack",
            abstract: "Acknowledge one alarm; the running service carries it out."
        )

        @Argument(help: "The alarm's id as listed, or the beginning of it.") var id: String
        @Option(name: .long, help: "Who acknowledges.") var user: String = NSUserName()
        @Option(name: .long, help: "What to note with it.") var comment: String?
        @Option(name: .long, help: "Seconds to wait for the service.") var timeout = 5.0
        @OptionGroup var store: StoreOptions
        @Flag(name: .long, help: "Print the answer as JSON.") var json = false

        func validate() throws {
            guard (0.1...3_600).contains(timeout) else { throw ValidationError("--timeout takes 0.1 to 3600 seconds.") }
        }

        func run() async throws {
            let url = try store.url()
            let alarmID = try AlarmReference.resolve(id, among: try await TrendLogReader(url: url).alarms())
            let command = OperatorCommand.acknowledge(alarmID: alarmID, user: user, comment: comment)
            let answer = try await TrendLogCommandClient(url: url).run(
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
}
