// The dashboard, wired: what the configuration says to the server, and the service's rooms to the routes.
import Dashboard
import Foundation
import Logging

extension EdgeNode {
    /// The routes of the dashboard, one line a group. A group sees the service through a narrow protocol of the
    /// Dashboard room, which a file of this folder fulfils.
    private func dashboardRoutes() -> [any APIRoutes] {
        let clips = KeptAlarmClips(reader: trendLog)
        let plantRoutes: [any APIRoutes] = [
            MachineRoutes(plant: plant, reader: trendLog, now: now),
            TrendRoutes(plant: plant, reader: trendLog, now: now),
            OutlookRoutes(plant: plant, source: outlooks),
            EnrolmentRoutes(plant: plant, reader: trendLog, model: modelSignature),
            AlarmRoutes(plant: plant, reader: trendLog, clips: clips, now: now),
            AlarmInsightRoutes(plant: plant, reader: trendLog, now: now),
            EventRoutes(plant: plant, reader: trendLog, clips: clips, now: now),
            SystemRoutes(plant: plant),
            MetricsRoutes(plant: plant),
        ]
        let started = configuration.withLock { $0 }
        let limits = started.http.desk
        let deskRoutes: [any APIRoutes] = [
            DeskRoutes(desk: soundDesk, limits: limits),
            ReplayRoutes(
                desk: ReplayRoom(model: model, reader: trendLog, judges: judges) { [weak self] in
                    self?.configuration.withLock { $0 } ?? started
                },
                now: now
            ),
        ]
        return plantRoutes + evidenceRoutes() + deskRoutes
    }

    /// Where browsers reach the dashboard; nil where there is none.
    public var dashboardURL: String? { dashboard.withLock { $0?.address?.url } }

    /// What the dashboard answers to, files aside; empty where there is none.
    public var dashboardRouteList: [DashboardRoute] { dashboard.withLock { $0?.routes ?? [] } }

    /// Starts the dashboard, unless the configuration says off.
    ///
    /// - Throws: `DashboardStartError` where it cannot listen, `UserFileError` where nobody could sign in. Somebody who
    ///   asks for a dashboard and gets none would otherwise learn of it when they need it.
    func openDashboard() async throws {
        let http = configuration.withLock { $0.http }
        guard http.isOn else { return }
        let server = try DashboardServer(
            DashboardSettings(http, version: Self.version),
            routes: dashboardRoutes(),
            readiness: NodeReadiness(node: self),
            logger: logger,
            now: now
        )
        try await server.start()
        dashboard.withLock { $0 = server }
    }

    /// Ends live streams and closes the port.
    func closeDashboard() async {
        await dashboard.withLock { $0.take() }?.stop()
    }
}

extension DashboardSettings {
    /// What the configuration's section `http` means to the server.
    init(_ http: HTTPConfiguration, version: String) {
        let access: DashboardAccess
        if let header = http.proxyHeader {
            access = .proxy(header: header, roleHeader: http.proxyRoleHeader)
        } else if let file = http.usersFile {
            access = .users(file: file)
        } else {
            access = .open
        }
        self.init(
            host: http.host,
            port: http.port,
            takesAnyPortIfTaken: http.takesAnyPortIfTaken,
            access: access,
            trustedProxies: http.trustedProxies.compactMap { AddressRange($0) },
            hosts: http.hosts,
            version: version
        )
    }
}

/// Whether the node does its work.
struct NodeReadiness: ServiceReadiness {
    /// Less room than this and the trend log will soon fail.
    private static let leastFreeBytes: Int64 = 20_000_000

    let node: EdgeNode

    func checks() async -> [ReadinessCheck] {
        [broker, ReadinessCheck(id: "model", ok: true, text: "\(node.modelSignature) is loaded"), store]
    }

    private var broker: ReadinessCheck {
        let state = node.connectionState
        let address = node.configuration.withLock { $0.broker.address }
        let remedy = state.isConnected ? "" : "; is the broker running, and are broker.url and the credentials right?"
        return ReadinessCheck(id: "broker", ok: state.isConnected, text: "\(address): \(state)\(remedy)")
    }

    private var store: ReadinessCheck {
        let path = node.configuration.withLock { $0.store.path }
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        let files = FileManager.default
        guard files.isWritableFile(atPath: path), files.isWritableFile(atPath: folder) else {
            return ReadinessCheck(
                id: "store",
                ok: false,
                text: "\(path) or its folder cannot be written; give them to the service's user"
            )
        }
        let free = (try? files.attributesOfFileSystem(forPath: folder))?[.systemFreeSize] as? NSNumber
        guard let free, free.int64Value >= Self.leastFreeBytes else {
            return ReadinessCheck(id: "store", ok: false, text: "the disk of \(folder) is full; make room")
        }
        return ReadinessCheck(id: "store", ok: true, text: "\(path) is writable")
    }
}
