// A trend log as large as a busy site makes in three months, written directly: the service would take ninety days.
import Foundation
import GRDB
import MachineHealth
import TrendLog

/// 500 machines over 90 days: one with every window, the others with their sums.
struct LargeStore {
    static let days = 90
    static let hopMS: Int64 = 5_000
    static let pastAlarmsPerMachine = 20
    private static let patternCount = 977

    let url: URL
    let machines: [String]
    /// The end of the data, a whole minute.
    let end: Date
    let labels: [Label]

    init(folder: URL, machineCount: Int, now: Date) {
        url = folder.appendingPathComponent("large.sqlite")
        machines = (1...machineCount).map { "machine-\($0)" }
        end = Date(timeIntervalSince1970: (now.timeIntervalSince1970 / 60).rounded(.down) * 60)
        let names: [(String, LabelKind)] = [
            ("normal", .normal), ("bearing-lacking-oil", .fault), ("valve-plate-broken", .fault),
            ("motor-overheating", .fault), ("other", .anchor),
        ]
        labels = names.map { name, kind in
            Label(id: LabelID(name), name: LocalizedName(["en": name, "zh": name]), kind: kind, prompts: [name])
        }
    }

    /// Makes the file; one that is there is made anew.
    func fill() async throws {
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: url.path + suffix) }
        let store = try TrendLogStore(url: url)
        try await store.register(
            machines.map { MachineRegistration(machine: $0, site: "plant1", profile: "compressor", labels: labels) }
        )
        try store.close()
        let queue = try DatabaseQueue(path: url.path)
        try await queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = OFF") }
        try await queue.write { db in
            let list = labels.map { "\"\($0.id.rawValue)\"" }.joined(separator: ",")
            try db.execute(sql: "INSERT INTO vocabularies (id, labels) VALUES (1, ?)", arguments: ["[\(list)]"])
            try db.execute(sql: "INSERT INTO models (id, name) VALUES (1, 'model@1234')")
            try makePatterns(db)
            try fillWindows(db)
            for index in machines.indices {
                try fillSummaries(db, machine: index + 1)
                try fillAlarms(db, machine: index + 1)
            }
        }
        try await queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE); ANALYZE") }
        try queue.close()
    }

    /// Blobs of scores that wander, for the statements below to choose from.
    private func makePatterns(_ db: Database) throws {
        try db.execute(sql: "CREATE TEMP TABLE patterns (id INTEGER PRIMARY KEY, window BLOB, minute BLOB, hour BLOB)")
        for id in 0..<Self.patternCount {
            let fault = 0.05 + 0.4 * Float(id) / Float(Self.patternCount)
            let scores: [Float] = [0.9 - fault, fault, 0.04, 0.03, 0.03]
            let sums = [12.0, 720.0].map { windows in
                var blob = Data(capacity: 80)
                for score in scores {
                    withUnsafeBytes(of: Double(score) * windows) { blob.append(contentsOf: $0) }
                    withUnsafeBytes(of: score / 2) { blob.append(contentsOf: $0) }
                    withUnsafeBytes(of: min(1, score * 1.5)) { blob.append(contentsOf: $0) }
                }
                return blob
            }
            let window = scores.withUnsafeBufferPointer { Data(buffer: $0) }
            try db.execute(sql: "INSERT INTO patterns VALUES (?, ?, ?, ?)", arguments: [id, window, sums[0], sums[1]])
        }
    }

    /// All windows of the first machine.
    private func fillWindows(_ db: Database) throws {
        let end = end.millisecondsSince1970
        let start = end - Int64(Self.days) * 86_400_000
        try db.execute(
            sql: """
                WITH RECURSIVE times(t) AS (SELECT ?1 UNION ALL SELECT t + ?3 FROM times WHERE t + ?3 < ?2)
                INSERT INTO observations (machine_id, start_ms, end_ms, vocabulary_id, top, confidence, verdict, quality,
                    level_dbfs, missing_fraction, latency_ms, model_id, scores)
                SELECT 1, t, t + 10000, 1, 0, 0.85, 'label', 'good', -24.5, 0, 40, 1, patterns.window
                FROM times CROSS JOIN patterns ON patterns.id = (t / ?3) % \(Self.patternCount)
                """,
            arguments: [start, end, Self.hopMS]
        )
        try db.execute(
            sql: "UPDATE machines SET windows = ?, first_start_ms = ?, last_start_ms = ?",
            arguments: [(end - start) / Self.hopMS, start, end - Self.hopMS]
        )
    }

    /// Sums per hour of all days, and per minute: of all days for the first machine, of the last one for the others.
    private func fillSummaries(_ db: Database, machine: Int) throws {
        let end = end.millisecondsSince1970
        for (seconds, days, column) in [(60, machine == 1 ? Self.days : 1, "minute"), (3_600, Self.days, "hour")] {
            let length = Int64(seconds) * 1_000
            let windows = length / Self.hopMS
            try db.execute(
                sql: """
                    WITH RECURSIVE times(t) AS (SELECT ?1 UNION ALL SELECT t + ?3 FROM times WHERE t + ?3 < ?2)
                    INSERT INTO summaries (machine_id, resolution_s, bucket_ms, vocabulary_id, windows, incomplete,
                        level_sum, level_max, scores)
                    SELECT ?4, ?5, t, 1, ?6, 0, -24.5 * ?6, -20, patterns.\(column)
                    FROM times CROSS JOIN patterns ON patterns.id = (t / ?3 + ?4) % \(Self.patternCount)
                    """,
                arguments: [
                    (end - Int64(days) * 86_400_000) / length * length, end, length, machine, seconds, windows,
                ]
            )
        }
    }

    /// Alarms that were raised, cleared and acknowledged over the days, with a near miss beside each.
    private func fillAlarms(_ db: Database, machine: Int) throws {
        let end = end.millisecondsSince1970
        let step = try db.cachedStatement(
            sql: """
                INSERT INTO alarm_transitions (machine_id, label, alarm_id, from_state, to_state, time_ms, user)
                VALUES (?, 'bearing-lacking-oil', ?, ?, ?, ?, ?)
                """
        )
        let event = try db.cachedStatement(
            sql: """
                INSERT INTO events (id, type, machine_id, label, alarm_id, time_ms, severity, confidence, consecutive,
                    windows, message, payload)
                VALUES (?, ?, ?, 'bearing-lacking-oil', ?, ?, 'warning', 0.9, ?, ?, 'told', x'7b7d')
                """
        )
        for index in 0..<Self.pastAlarmsPerMachine {
            let ago = Int64(index * Self.days + 1) * 86_400_000 / Int64(Self.pastAlarmsPerMachine)
            let time = (end - ago) / Self.hopMS * Self.hopMS
            let id = UUID().text
            let windows =
                "["
                + (1...3).map { "{\"start\":\(time - Int64($0) * 5_000),\"confidence\":0.9}" }
                .joined(separator: ",") + "]"
            try step.execute(arguments: [machine, id, "normal", "unack_active", time, nil])
            try step.execute(arguments: [machine, id, "unack_active", "ack_active", time + 60_000, "li"])
            try step.execute(arguments: [machine, id, "ack_active", "normal", time + 120_000, nil])
            try event.execute(arguments: [UUID().text, "fault_raised", machine, id, time, 3, windows])
            try event.execute(arguments: [UUID().text, "near_miss", machine, nil, time + 300_000, 2, windows])
        }
    }
}
