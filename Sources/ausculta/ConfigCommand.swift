// `ausculta config`: making configuration files.
import ArgumentParser

struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Make a configuration file.",
        discussion: "See also: ausculta check-config FILE, ausculta doctor --config FILE.",
        subcommands: [ConfigInitCommand.self]
    )
}
