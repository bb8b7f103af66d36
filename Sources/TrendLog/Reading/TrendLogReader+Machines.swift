// Reading machines, their labels and trackers, and the state of the store itself.
import Foundation
import GRDB
import MachineHealth

extension TrendLogReader {
    /// Every machine at a glance, by name.
    public func machines() async throws -> [MachineSummary] {
        try await read { try Self.machines($0, id: nil) }
    }

    /// One machine at a glance.
    public func machine(_ name: String) async throws -> MachineSummary {
        try await read { db in
            let id = try machineID(db, name)
            guard let summary = try Self.machines(db, id: id).first else { throw TrendLogReader.missing(url.path) }
            return summary
        }
    }

    private static func machines(_ db: Database, id: Int64?) throws -> [MachineSummary] {
        let decoder = try WindowDecoder(db)
        let latest = try db.cachedStatement(
            sql: WindowDecoder.select + " WHERE machine_id = ? ORDER BY start_ms DESC LIMIT 1"
        )
        let alarms = Dictionary(
            grouping: try Self.alarms(db, machineID: id, includingNormal: false),
            by: \.machine
        )
        let labels = try Self.labels(db)
        return try Row.fetchAll(
            db,
            sql: "SELECT * FROM machines WHERE ?1 IS NULL OR id = ?1 ORDER BY name",
            arguments: [id]
        ).map { row in
            let id: Int64 = row["id"]
            let name: String = row["name"]
            let window = try Row.fetchOne(latest, arguments: [id]).map { decoder.window($0, machine: name) }
            let first: Int64? = row["first_start_ms"]
            return MachineSummary(
                machine: name,
                site: row["site"],
                profile: row["profile"],
                windows: row["windows"],
                firstStart: first.map(Date.init(millisecondsSince1970:)),
                latest: window,
                standingAlarms: (alarms[name] ?? []).sorted { $0.severity > $1.severity },
                labels: labels[id] ?? []
            )
        }
    }

    /// A machine's labels in vocabulary order, as registered last.
    public func labels(machine: String) async throws -> [StoredLabel] {
        try await read { db in
            let id = try machineID(db, machine)
            return try Self.labels(db)[id] ?? []
        }
    }

    private static func labels(_ db: Database) throws -> [Int64: [StoredLabel]] {
        var labels: [Int64: [StoredLabel]] = [:]
        for row in try Row.fetchAll(db, sql: "SELECT * FROM labels ORDER BY machine_id, position") {
            let id: Int64 = row["machine_id"]
            let names = try JSONText.decode([String: String].self, from: row["names"])
            labels[id, default: []].append(
                StoredLabel(
                    id: LabelID(row["label"]),
                    name: LocalizedName(names),
                    kind: LabelKind(rawValue: row["kind"]) ?? .anchor,
                    severity: Severity(rawValue: row["severity"]) ?? .warning
                )
            )
        }
        return labels
    }

    /// Trackers as committed last, one per machine that has one.
    public func trackers() async throws -> [TrackerSnapshot] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT machines.name AS machine, state, updated_ms FROM tracker_states
                    JOIN machines ON machines.id = tracker_states.machine_id ORDER BY machines.name
                    """
            ).map { row in
                TrackerSnapshot(
                    machine: row["machine"],
                    state: row["state"],
                    time: Date(millisecondsSince1970: row["updated_ms"])
                )
            }
        }
    }

    /// Size and version of the store.
    public func status() async throws -> StoreStatus {
        let path = url.path
        return try await read { db in
            let pageSize = try Int64.fetchOne(db, sql: "PRAGMA page_size") ?? 0
            let pages = try Int64.fetchOne(db, sql: "PRAGMA page_count") ?? 0
            let free = try Int64.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0
            let wal = try? FileManager.default.attributesOfItem(atPath: path + "-wal")[.size] as? Int64
            return StoreStatus(
                fileBytes: pages * pageSize,
                usedBytes: (pages - free) * pageSize,
                walBytes: wal ?? 0,
                schema: try Schema.migrator.completedMigrations(db).last ?? "",
                machines: try Int.fetchOne(db, sql: "SELECT count(*) FROM machines") ?? 0
            )
        }
    }
}
