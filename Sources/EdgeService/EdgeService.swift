// The service as the lifecycle knows it: runs until it is told to stop, reloads on SIGHUP.
import Foundation
import Logging
import ServiceLifecycle
import UnixSignals

/// Runs an `EdgeNode` until graceful shutdown.
public struct EdgeService: Service {
    private let node: EdgeNode
    private let configurationFile: String?
    private let logger: Logger
    private let link: ServiceManagerLink
    private let setLogLevel: @Sendable (Logger.Level) -> Void

    /// - Parameters:
    ///   - configurationFile: read again on SIGHUP; nil leaves the signal alone.
    ///   - manager: who started the service and wants to hear from it; nil where nobody does.
    ///   - setLogLevel: takes over the log level of a configuration that was read again.
    public init(
        node: EdgeNode,
        configurationFile: String?,
        logger: Logger,
        manager: ServiceManager? = nil,
        setLogLevel: @escaping @Sendable (Logger.Level) -> Void = { _ in }
    ) {
        self.node = node
        self.configurationFile = configurationFile
        self.logger = logger
        link = ServiceManagerLink(manager, node: node, logger: logger)
        self.setLogLevel = setLogLevel
    }

    public func run() async throws {
        // Before anything runs: until it is trapped, SIGHUP ends the process.
        let reloads = await UnixSignalsSequence(trapping: configurationFile == nil ? [] : [.sighup])
        do {
            try await node.start()
        } catch {
            await node.stop()
            throw error
        }
        // A broker that is away does not delay it: the box has to hear it come back, not to be restarted for it.
        link.ready()
        await withTaskGroup(of: Void.self) { group in
            if let configurationFile {
                group.addTask { await reload(configurationFile, on: reloads) }
            }
            group.addTask { await link.run() }
            try? await gracefulShutdown()
            group.cancelAll()
        }
        link.stopping()
        logger.notice("stopping: finishing what was received")
        await node.stop()
        logger.notice("stopped")
    }

    private func reload(_ file: String, on signals: UnixSignalsSequence) async {
        for await _ in signals {
            link.reloading()
            defer { link.ready() }
            do {
                let new = try ServiceConfiguration.load(file)
                let changes = try await node.reconfigure(new)
                for change in changes { logger.notice("reload: \(change)") }
                logger.notice("configuration \(file) is in force\(changes.isEmpty ? "; nothing differs" : "")")
                if let level = Logger.Level(rawValue: new.logLevel) { setLogLevel(level) }
            } catch {
                logger.error("configuration \(file) not taken over, the running one stays in place:\n\(error)")
            }
        }
    }
}
