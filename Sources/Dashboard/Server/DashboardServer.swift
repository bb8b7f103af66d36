// The dashboard's HTTP server: started with the service, stopped before it.
import Foundation
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// Why the dashboard could not start; says where and what to do.
public struct DashboardStartError: Error, Sendable, CustomStringConvertible {
    public let description: String
    /// Whether another program listens there.
    public let isPortTaken: Bool
}

/// Where a running dashboard is reached.
public struct DashboardAddress: Hashable, Sendable, CustomStringConvertible {
    public let host: String
    public let port: Int

    /// For a browser on this machine, or on another one where the server listens on every address.
    public var url: String {
        let isEvery = host == "0.0.0.0" || host == "::"
        let name = isEvery ? ProcessInfo.processInfo.hostName : host
        return "http://\(name.contains(":") ? "[\(name)]" : name):\(port)/"
    }

    public var description: String { "\(host.contains(":") ? "[\(host)]" : host):\(port)" }
}

/// HTTP server of pages and API. `start`, then `stop`.
public final class DashboardServer: Sendable {
    private struct Running {
        let group: ServiceGroup
        let task: Task<Void, Never>
        let address: DashboardAddress
    }

    /// Everything the server answers to, files aside.
    public let routes: [DashboardRoute]

    private let settings: DashboardSettings
    private let responder: RouterResponder<APIContext>
    private let logger: Logger
    private let running = Mutex<Running?>(nil)

    /// Prepares the server; nothing listens yet.
    ///
    /// - Parameters:
    ///   - routes: what it answers to, beside pages, sessions, probes and its own description.
    ///   - now: time of sessions and of the sign-in's limits.
    /// - Throws: `UserFileError` where the users file cannot be used.
    public init(
        _ settings: DashboardSettings,
        routes: [any APIRoutes],
        readiness: any ServiceReadiness,
        logger: Logger,
        now: @escaping @Sendable () -> Date = { Date() }
    ) throws(UserFileError) {
        self.settings = settings
        self.logger = logger
        let access = try AccessControl(
            settings.access,
            trustedProxies: settings.trustedProxies,
            now: now,
            logger: logger
        )
        // Whoever has to prove who they are cannot be impersonated by a name that was pointed here.
        let isOpen = settings.access == .open
        let hosts = isOpen || !settings.hosts.isEmpty ? HostNames(settings.hosts + [settings.host]) : nil
        let table = RouteTable.Box()
        let router = Router(context: APIContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: FrameMiddleware())
        router.add(
            middleware: AccessMiddleware(access: access, crossSite: CrossSiteGuard(access: access, hosts: hosts))
        )
        router.add(middleware: BodyLimitMiddleware())
        router.add(middleware: FallbackMiddleware(files: StaticFiles(settings.web), table: table))
        let own: [any APIRoutes] = [
            SessionRoutes(access: access, version: settings.version), HealthRoutes(readiness: readiness),
            DescriptionRoutes(folder: settings.web),
        ]
        for group in own + routes { group.add(to: router) }
        self.routes = table.fill(from: router).routes
        responder = router.buildResponder()
    }

    /// Where it listens; nil where it does not.
    public var address: DashboardAddress? { running.withLock { $0?.address } }

    /// What a test client needs to ask without a socket.
    public var application: some ApplicationProtocol { application(port: settings.port) { _ in } }

    /// Listens.
    ///
    /// - Throws: `DashboardStartError`.
    public func start() async throws(DashboardStartError) {
        do {
            try await listen(port: settings.port)
        } catch {
            guard error.isPortTaken, settings.takesAnyPortIfTaken, settings.port != 0 else { throw error }
            logger.notice("\(error)")
            try await listen(port: 0)
        }
        if settings.web.pages == nil {
            logger.error(
                "the dashboard's pages were not found; looked in \(settings.web.places.joined(separator: ", "))"
            )
        }
        if let address {
            logger.notice("dashboard: \(address.url) (access: \(settings.access.name))")
            if !DashboardSettings.isLoopback(settings.host), case .users = settings.access {
                logger.warning(
                    "dashboard: passwords cross the network unencrypted unless a reverse proxy with TLS stands before it"
                )
            }
        }
    }

    /// Ends live streams, lets running requests end within two seconds, and closes the port.
    public func stop() async {
        guard let running = running.withLock({ $0.take() }) else { return }
        await running.group.triggerGracefulShutdown()
        await running.task.value
    }

    private func listen(port: Int) async throws(DashboardStartError) {
        let (outcomes, outcome) = AsyncStream.makeStream(of: Result<Int?, any Error>.self)
        let application = application(port: port) { outcome.yield(.success($0)) }
        var configuration = ServiceGroupConfiguration(
            services: [application],
            logger: Logger(label: "ausculta.http.lifecycle") { _ in SwiftLogNoOpLogHandler() }
        )
        configuration.maximumGracefulShutdownDuration = .seconds(DashboardLimits.stopSeconds)
        let group = ServiceGroup(configuration: configuration)
        let task = Task.detached { [logger] in
            do {
                try await group.run()
            } catch is CancellationError {
                // Something ran on after the server was told to stop.
            } catch {
                outcome.yield(.failure(error))
                logger.debug("dashboard: \(error)")
            }
            outcome.finish()
        }
        var iterator = outcomes.makeAsyncIterator()
        switch await iterator.next() {
        case .success(let bound):
            let address = DashboardAddress(host: settings.host, port: bound ?? port)
            running.withLock { $0 = Running(group: group, task: task, address: address) }
        case .failure(let error):
            await task.value
            throw explain(error, port: port)
        case nil:
            await task.value
            throw explain(CancellationError(), port: port)
        }
    }

    private func explain(_ error: any Error, port: Int) -> DashboardStartError {
        let place = "http.listen \(DashboardAddress(host: settings.host, port: port))"
        switch (error as? IOError)?.errnoCode {
        case EADDRINUSE:
            return DashboardStartError(
                description: """
                    \(place): another program listens there already (another ausculta?); end it, or give another port in \
                    http.listen (port 0 takes any free one, listen: off does without the dashboard)
                    """,
                isPortTaken: true
            )
        case EACCES:
            return DashboardStartError(
                description: "\(place): ports below 1024 need privileges; give another port in http.listen",
                isPortTaken: false
            )
        case EADDRNOTAVAIL:
            return DashboardStartError(
                description:
                    "\(place): this machine does not have that address; see `ip address`, or listen on 127.0.0.1",
                isPortTaken: false
            )
        default:
            return DashboardStartError(
                description: "\(place): the dashboard cannot listen there: \(error); correct http.listen",
                isPortTaken: false
            )
        }
    }

    private func application(
        port: Int,
        bound: @escaping @Sendable (Int?) -> Void
    ) -> Application<RouterResponder<APIContext>> {
        Application(
            responder: responder,
            server: .http1(
                configuration: .init(
                    idleTimeout: .seconds(DashboardLimits.idleSeconds),
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: DashboardLimits.headerBytes.field,
                        maxHeaderListSize: DashboardLimits.headerBytes.all,
                        maxHeaderFieldCount: 100
                    )
                )
            ),
            configuration: ApplicationConfiguration(
                address: .hostname(settings.host, port: port),
                serverName: "ausculta",
                availableConnectionsDelegate: MaximumAvailableConnections(DashboardLimits.connections)
            ),
            onServerRunning: { channel in bound(channel.localAddress?.port) },
            logger: logger
        )
    }
}
