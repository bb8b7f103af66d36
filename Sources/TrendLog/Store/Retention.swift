// How long and how much the trend log keeps, and the deletion of the rest in small steps.
import Foundation
import GRDB
import MachineHealth

/// What the trend log keeps.
public struct RetentionPolicy: Hashable, Sendable {
    /// Windows, their features, minute sums, events, alarm steps and operators' orders older than this go. Nil keeps them for ever.
    public var maximumAgeSeconds: Double?
    /// When more bytes than this are in use, the oldest windows go, whatever their age. Nil sets no limit.
    public var maximumBytes: Int64?

    /// Makes a policy. Hourly sums are always kept: a year of them takes about 1 MB a machine.
    public init(maximumAgeSeconds: Double? = nil, maximumBytes: Int64? = nil) {
        self.maximumAgeSeconds = maximumAgeSeconds
        self.maximumBytes = maximumBytes
    }
}

/// What a clean-up removed.
public struct RetentionReport: Hashable, Sendable {
    /// Windows with their features.
    public var windows = 0
    /// Events with their sent messages.
    public var events = 0
    /// Bytes given back to the file system.
    public var freedBytes: Int64 = 0
    /// Bytes still in use.
    public var usedBytes: Int64 = 0
    /// Set where `maximumBytes` could not be reached because what is left may not be deleted.
    public var isStillOverLimit = false
}

extension TrendLogStore {
    /// Deletes what the policy does not keep.
    ///
    /// Works in transactions of at most `chunkSize` rows with the writer free in between, so that no window waits long.
    /// Never deleted: messages the broker has not acknowledged, alarms that are not normal, the events and steps of
    /// either, decisions, and the enrolled normal sound in use.
    @discardableResult
    public func enforce(
        _ policy: RetentionPolicy,
        now: Date,
        chunkSize: Int = 2_000
    ) async throws -> RetentionReport {
        var report = RetentionReport()
        let before = try await reader.status().fileBytes
        if let age = policy.maximumAgeSeconds {
            let cutoff = now.addingTimeInterval(-age).millisecondsSince1970
            for machine in try await machineIDs() {
                while case let count = try await deleteWindows(machine, before: cutoff, limit: chunkSize), count > 0 {
                    report.windows += count
                }
            }
            while case let count = try await deleteEvents(before: cutoff, limit: chunkSize), count > 0 {
                report.events += count
            }
            try await deleteSmallRows(before: cutoff)
        }
        if let maximum = policy.maximumBytes {
            while try await usedBytes() > maximum {
                guard let oldest = try await machineWithOldestWindow() else {
                    report.isStillOverLimit = true
                    break
                }
                report.windows += try await deleteWindows(oldest, before: .max, limit: chunkSize)
            }
        }
        try await dropOldBanks()
        try await giveBackPages()
        report.usedBytes = try await usedBytes()
        report.freedBytes = max(0, before - (try await reader.status().fileBytes))
        return report
    }

    private func machineIDs() async throws -> [Int64] {
        try await reader.read { try Int64.fetchAll($0, sql: "SELECT id FROM machines ORDER BY id") }
    }

    private func usedBytes() async throws -> Int64 { try await reader.status().usedBytes }

    private func machineWithOldestWindow() async throws -> Int64? {
        try await reader.read { db in
            try Int64.fetchOne(
                db,
                sql: """
                    SELECT id FROM (SELECT id, (SELECT min(start_ms) FROM observations WHERE machine_id = id) AS oldest
                        FROM machines) WHERE oldest IS NOT NULL ORDER BY oldest LIMIT 1
                    """
            )
        }
    }

    private func deleteWindows(_ machine: Int64, before cutoff: Int64, limit: Int) async throws -> Int {
        try await write { db in
            let last = try Int64.fetchOne(
                db,
                sql: """
                    SELECT max(start_ms) FROM (SELECT start_ms FROM observations
                        WHERE machine_id = ? AND start_ms < ? ORDER BY start_ms LIMIT ?)
                    """,
                arguments: [machine, cutoff, limit]
            )
            guard let last else { return 0 }
            try db.execute(
                sql: "DELETE FROM features WHERE machine_id = ? AND start_ms <= ?",
                arguments: [machine, last]
            )
            try db.execute(
                sql: "DELETE FROM observations WHERE machine_id = ? AND start_ms <= ?",
                arguments: [machine, last]
            )
            let count = db.changesCount
            // Minute sums go with their windows; the bucket that is cut in two stays until its last window goes.
            try db.execute(
                sql: "DELETE FROM summaries WHERE machine_id = ? AND resolution_s = ? AND bucket_ms < ?",
                arguments: [
                    machine, SummaryResolution.minute.rawValue, SummaryResolution.minute.bucketStart(of: last),
                ]
            )
            return count
        }
    }

    private func deleteEvents(before cutoff: Int64, limit: Int) async throws -> Int {
        try await write { db in
            try db.execute(
                sql: """
                    DELETE FROM events WHERE sequence IN (
                        SELECT sequence FROM events WHERE time_ms < ?
                            AND NOT EXISTS (SELECT 1 FROM outbox WHERE event_id = events.id AND sent_ms IS NULL)
                            AND (alarm_id IS NULL
                                OR alarm_id NOT IN (SELECT alarm_id FROM alarms
                                    WHERE state <> 'normal' AND alarm_id IS NOT NULL))
                        ORDER BY time_ms LIMIT ?)
                    """,
                arguments: [cutoff, limit]
            )
            return db.changesCount
        }
    }

    private func deleteSmallRows(before cutoff: Int64) async throws {
        try await write { db in
            try db.execute(
                sql: """
                    DELETE FROM alarm_transitions WHERE time_ms < ? AND alarm_id NOT IN (
                        SELECT alarm_id FROM alarms WHERE state <> 'normal' AND alarm_id IS NOT NULL)
                    """,
                arguments: [cutoff]
            )
            try db.execute(sql: "DELETE FROM operator_actions WHERE time_ms < ?", arguments: [cutoff])
            try db.execute(
                sql: "DELETE FROM commands WHERE created_ms < ? AND state IN ('answered', 'withdrawn')",
                arguments: [cutoff]
            )
        }
    }

    /// Hands free pages back to the file system, some at a time, and folds the write-ahead log back.
    private func giveBackPages() async throws {
        while try await reader.freePages() > 0 {
            let before = try await reader.freePages()
            try await onWriter { try $0.execute(sql: "PRAGMA incremental_vacuum(2000)") }
            guard try await reader.freePages() < before else { break }
        }
        // A reader in another process may hold it open; the next clean-up gets another chance.
        _ = try? await onWriter { try $0.checkpoint(.truncate) }
    }
}

extension TrendLogReader {
    func freePages() async throws -> Int {
        try await read { try Int.fetchOne($0, sql: "PRAGMA freelist_count") ?? 0 }
    }
}
