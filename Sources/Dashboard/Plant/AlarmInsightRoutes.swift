// /api/v1/alarms/stats, /hidden and /audit: key figures, what is hidden, and who ordered what.
import Foundation
import Hummingbird
import MachineHealth
import Publishing
import TrendLog

/// What an alarm engineer looks at.
public struct AlarmInsightRoutes: APIRoutes {
    private static let daySeconds = 86_400.0

    private let plant: any PlantSource
    private let reader: TrendLogReader
    private let now: @Sendable () -> Date

    /// Makes the routes.
    public init(
        plant: any PlantSource,
        reader: TrendLogReader,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.plant = plant
        self.reader = reader
        self.now = now
    }

    public func add(to router: Router<APIContext>) {
        router.get("/api/v1/alarms/stats") { request, _ in try await statistics(RequestQuery(request)) }
        router.get("/api/v1/alarms/hidden") { request, _ in try hidden(RequestQuery(request)) }
        router.get("/api/v1/alarms/audit") { request, _ in try await audit(RequestQuery(request)) }
    }

    private func statistics(_ query: RequestQuery) async throws -> Response {
        let (since, until) = try query.range(
            now: now(),
            defaultSeconds: Self.daySeconds,
            longestSeconds: 366 * Self.daySeconds
        )
        let machine = query.text("machine")
        let nothing = AlarmStatistics(steps: [], records: [], since: since, until: until)
        let figures = try await reader.known(or: nothing) { reader in
            try await reader.alarmStatistics(machine: machine, since: since, until: until)
        }
        return try APIResponse.json(AlarmStatisticsDocument(figures))
    }

    private struct HiddenAlarm: Encodable {
        @OrNull var alarmID: String?
        let machine: String
        let machineName: Words
        let label: String
        let name: Words
        let state: AlarmState
        let since: Date
        let severity: Severity
        let hidden: FaultPayload.Hidden
    }

    private struct HiddenList: Encodable {
        let alarms: [HiddenAlarm]
    }

    /// Shelved, suppressed and out of service, whether a fault is beneath or not: nothing is hidden and forgotten.
    private func hidden(_ query: RequestQuery) throws -> Response {
        let wanted = query.text("machine")
        let alarms = plant.machines.filter { wanted == nil || $0.description.id == wanted }.flatMap { machine in
            machine.records.compactMap { record -> HiddenAlarm? in
                guard let hiding = record.hiding else { return nil }
                return HiddenAlarm(
                    alarmID: record.alarmID?.text,
                    machine: record.machine,
                    machineName: Words(machine.description.name, id: record.machine),
                    label: record.label.rawValue,
                    name: machine.name(of: record.label),
                    state: record.state,
                    since: record.since,
                    severity: record.severity,
                    hidden: FaultPayload.Hidden(hiding)
                )
            }
        }
        return try APIResponse.json(HiddenList(alarms: alarms))
    }

    private struct AuditList: Encodable {
        let actions: [AuditEntry]
    }

    private func audit(_ query: RequestQuery) async throws -> Response {
        let machine = query.text("machine")
        let (since, until) = (try query.date("since"), try query.date("until"))
        let limit = try query.integer("limit", in: 1...1_000, default: 100)
        let actions = try await reader.operatorActions(machine: machine, since: since, until: until, limit: limit)
        return try APIResponse.json(AuditList(actions: actions.map(AuditEntry.init)))
    }
}
