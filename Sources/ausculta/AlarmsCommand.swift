// `ausculta alarms`: what stands, and dealing with it through the running service.
import ArgumentParser
import Foundation
import MachineHealth
import Publishing
import TrendLog

struct AlarmsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alarms",
        abstract: "List alarms, deal with them, and see how the alarm system does.",
        subcommands: [
            List.self, Acknowledge.self, Shelve.self, Unshelve.self, Reset.self, OutOfService.self, InService.self,
            Audit.self, Statistics.self,
        ]
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
        @OptionGroup var order: AlarmOrderOptions

        func run() async throws {
            let url = try order.store.url()
            let alarmID = try AlarmReference.resolve(id, among: try await TrendLogReader(url: url).alarms())
            try await order.carryOut(.acknowledge(alarmID: alarmID, user: order.orderer, comment: order.comment))
        }
    }
}
