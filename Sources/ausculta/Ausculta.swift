// The program: one subcommand per file.
import ArgumentParser
import CAllocations

@main
struct Ausculta: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ausculta",
        abstract: "Listens to machines: sound over MQTT becomes fault events and a trend log.",
        version: "0.1.0",
        groupedSubcommands: [
            CommandGroup(
                name: "Run:",
                subcommands: [
                    ServeCommand.self, DemoCommand.self, ConfigCommand.self, CheckConfigCommand.self,
                    DoctorCommand.self, UserCommand.self,
                ]
            ),
            CommandGroup(
                name: "Listen:",
                subcommands: [ClassifyCommand.self, EmbedCommand.self, FeaturesCommand.self, EvaluateCommand.self]
            ),
            CommandGroup(
                name: "Look back:",
                subcommands: [TrendCommand.self, AlarmsCommand.self, ReplayCommand.self, LabelsCommand.self]
            ),
            CommandGroup(name: "Learn:", subcommands: [EnrollCommand.self, TeachCommand.self]),
            CommandGroup(name: "Models:", subcommands: [ModelCommand.self, BenchCommand.self, LoadCommand.self]),
            CommandGroup(name: "Send:", subcommands: [PublishCommand.self, SimulateCommand.self]),
        ]
    )

    /// Settles the heap before anything starts a thread, then runs the command.
    static func main() async {
        ca_keep_heap_small()
        await main(nil)
    }
}
