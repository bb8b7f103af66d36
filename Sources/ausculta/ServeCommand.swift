// `ausculta serve`: the edge service.
import ArgumentParser
import EdgeService
import Foundation
import Logging
import ServiceLifecycle

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the edge service.",
        discussion: """
            Listens to the machines of a configuration, classifies every window, keeps the trend log and publishes. \
            Ctrl-C or SIGTERM stops in order: what was received is still judged, committed and published. \
            SIGHUP reads the configuration again; an invalid one leaves the running one in place and says why.

            Example:
              ausculta serve --config /etc/ausculta/ausculta.yaml
            """
    )

    @Option(name: .shortAndLong, help: ArgumentHelp("The configuration.", valueName: "file"))
    var config: String

    func run() async throws {
        let configuration = try loadConfiguration(config)
        let level = LogLevel(Logger.Level(rawValue: configuration.logLevel) ?? .info)
        let logger = makeLogger(level)
        let node = try await EdgeNode(configuration, logger: logger)
        let service = EdgeService(
            node: node,
            configurationFile: config,
            logger: logger,
            manager: ServiceManager()
        ) { level.set($0) }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [.init(service: service, successTerminationBehavior: .gracefullyShutdownGroup)],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: Logger(label: "ausculta.lifecycle") { _ in SwiftLogNoOpLogHandler() }
            )
        )
        try await group.run()
    }
}

/// Reads a configuration; its problems go to standard error, one a line, and the exit status is 2.
func loadConfiguration(_ path: String) throws -> ServiceConfiguration {
    do {
        return try ServiceConfiguration.load(path)
    } catch {
        Console.remark("\(error)")
        throw ExitCode(2)
    }
}

/// Where a configuration keeps its trend log.
func storeURL(fromConfig file: URL) throws -> URL {
    URL(fileURLWithPath: try loadConfiguration(file.path).store.path)
}
