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
            try fillWindows(db)
            for (index, _) in machines.enumerated() {
                try fillSummaries(db, machine: index + 1)
                try fillAlarms(db, machine: index + 1)
            }
        }
        try await queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE); ANALYZE") }
        try queue.close()
    }

    /// Scores that wander, so that blobs differ.
    private func scores(_ seed: Int64) -> [Float] {
        let wave = Float(seed % 977) / 977
        let fault = 0.05 + 0.4 * wave
        return [0.9 - fault, fault, 0.04, 0.03, 0.03]
    }

    private func fillWindows(_ db: Database) throws {
        let end = end.millisecondsSince1970
        let start = end - Int64(Self.days) * 86_400_000
        let insert = try db.makeStatement(
            sql: """
                INSERT INTO observations (machine_id, start_ms, end_ms, vocabulary_id, top, confidence, verdict, quality,
                    level_dbfs, missing_fraction, latency_ms, model_id, scores)
                VALUES (1, ?, ?, 1, 0, ?, 'label', 'good', -24.5, 0, 40, 1, ?)
                """
        )
        var count = 0
        for time in stride(from: start, to: end, by: Int(Self.hopMS)) {
            let values = scores(time / Self.hopMS)
            let blob = values.withUnsafeBufferPointer { Data(buffer: $0) }
            try insert.execute(arguments: [time, time + 10_000, values[0], blob])
            count += 1
        }
        try db.execute(
            sql: "UPDATE machines SET windows = ?, first_start_ms = ?, last_start_ms = ?",
            arguments: [count, start, end - Self.hopMS]
        )
    }

    private func fillSummaries(_ db: Database, machine: Int) throws {
        let end = end.millisecondsSince1970
        let insert = try db.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO summaries (machine_id, resolution_s, bucket_ms, vocabulary_id, windows, incomplete,
                    level_sum, level_max, scores) VALUES (?, ?, ?, 1, ?, 0, ?, -20, ?)
                """
        )
        // Minutes: all of them for the first machine, the last day's for the others.
        let minuteDays = machine == 1 ? Self.days : 1
        for (seconds, days) in [(60, minuteDays), (3_600, Self.days)] {
            let length = Int64(seconds) * 1_000
            let windows = length / Self.hopMS
            let first = (end - Int64(days) * 86_400_000) / length * length
            for bucket in stride(from: first, to: end, by: Int(length)) {
                var blob = Data(capacity: 80)
                for value in scores(bucket / length + Int64(machine)) {
                    withUnsafeBytes(of: Double(value) * Double(windows)) { blob.append(contentsOf: $0) }
                    withUnsafeBytes(of: value / 2) { blob.append(contentsOf: $0) }
                    withUnsafeBytes(of: min(1, value * 1.5)) { blob.append(contentsOf: $0) }
                }
                try insert.execute(arguments: [machine, seconds, bucket, windows, -24.5 * Double(windows), blob])
            }
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
            let windows = "[" + (1...3).map { "{\"start\":\(time - Int64($0) * 5_000),\"confidence\":0.9}" }
                .joined(separator: ",") + "]"
            try step.execute(arguments: [machine, id, "normal", "unack_active", time, nil])
            try step.execute(arguments: [machine, id, "unack_active", "ack_active", time + 60_000, "li"])
            try step.execute(arguments: [machine, id, "ack_active", "normal", time + 120_000, nil])
            try event.execute(arguments: [UUID().text, "fault_raised", machine, id, time, 3, windows])
            try event.execute(arguments: [UUID().text, "near_miss", machine, nil, time + 300_000, 2, windows])
        }
    }
}
