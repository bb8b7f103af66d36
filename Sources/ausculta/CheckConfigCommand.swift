// `ausculta check-config`: every mistake of a configuration at once, each with its line.
import ArgumentParser
import EdgeService
import Foundation

struct CheckConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-config",
        abstract: "Check a configuration file.",
        discussion: """
            Prints every problem with line, key, what was found and what is expected. Exit status: 0 valid, 2 not valid.

            Example:
              ausculta check-config /etc/ausculta/ausculta.yaml
            """
    )

    @Argument(help: "The configuration.")
    var file: String

    @Flag(help: "Print the result as JSON.")
    var json = false

    private struct Report: Encodable {
        var valid: Bool
        var machines: Int?
        var problems: [ConfigurationProblem]
    }

    func run() throws {
        do {
            let configuration = try ServiceConfiguration.load(file)
            guard !json else {
                return try Console.json(Report(valid: true, machines: configuration.machines.count, problems: []))
            }
            let machines = configuration.machines.map { "\($0.id) (\($0.profile))" }.joined(separator: ", ")
            Console.result("\(file): valid")
            Console.result(
                "  site \(configuration.site), node \(configuration.node), broker \(configuration.broker.address)"
            )
            Console.result("  machines: \(machines)")
            Console.result("  trend log: \(configuration.store.path)")
        } catch let errors as ConfigurationErrors {
            if json {
                try Console.json(Report(valid: false, machines: nil, problems: errors.problems))
            } else {
                Console.remark("\(errors)")
            }
            throw ExitCode(2)
        }
    }
}
