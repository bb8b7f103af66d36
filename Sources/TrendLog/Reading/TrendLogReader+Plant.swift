// What a view of the whole plant reads: every machine's last hour at once, and single windows looked up by time.
import Foundation
import GRDB
import MachineHealth

extension TrendLogReader {
    /// The highest confidence any fault label had in each minute, for every machine, in one query.
    ///
    /// - Parameters:
    ///   - since: the first minute; taken down to a whole one.
    ///   - count: how many minutes.
    /// - Returns: machine to `count` values, nil where nothing was classified. Machines that were not heard are absent.
    public func faultPeaks(since: Date, minutes count: Int) async throws -> [String: [Double?]] {
        let minute = SummaryResolution.minute
        let from = minute.bucketStart(of: since.millisecondsSince1970)
        let to = from + Int64(max(0, count)) * minute.milliseconds
        return try await read { db in
            let vocabularies = try Vocabularies.fetch(db)
            var faults: [Int64: Set<String>] = [:]
            for row in try Row.fetchAll(db, sql: "SELECT machine_id, label FROM labels WHERE kind = 'fault'") {
                faults[row[0], default: []].insert(row[1])
            }
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT machines.id, machines.name, bucket_ms, vocabulary_id, scores
                    FROM machines CROSS JOIN summaries ON machine_id = machines.id
                    WHERE resolution_s = ? AND bucket_ms >= ? AND bucket_ms < ? AND vocabulary_id > 0
                    ORDER BY machines.id
                    """,
                arguments: [minute.rawValue, from, to]
            )
            var peaks: [String: [Double?]] = [:]
            var machine: Int64?
            var name = ""
            var values: [Double?] = []
            var positions: [Int64: [Int]] = [:]
            while let row = try rows.next() {
                let id: Int64 = row[0]
                if id != machine {
                    if machine != nil { peaks[name] = values }
                    machine = id
                    name = row[1]
                    values = Array(repeating: nil, count: count)
                    positions = [:]
                }
                let vocabulary: Int64 = row[3]
                let known = positions[vocabulary]
                let indices =
                    known
                    ?? (vocabularies[vocabulary] ?? []).enumerated().compactMap { index, label in
                        faults[id]?.contains(label.rawValue) == true ? index : nil
                    }
                if known == nil { positions[vocabulary] = indices }
                let slot = Int(((row[2] as Int64) - from) / minute.milliseconds)
                let peak = try row.withUnsafeData(atIndex: 4) { data in
                    data?.withUnsafeBytes { ScoreAccumulator.highestMaximum(in: $0, at: indices) }
                }
                guard let peak, values.indices.contains(slot) else { continue }
                values[slot] = max(values[slot] ?? 0, Double(peak))
            }
            if machine != nil { peaks[name] = values }
            return peaks
        }
    }

    /// The window that follows each of some times: the first that starts later.
    public func windows(machine: String, following times: [Date]) async throws -> [Date: StoredWindow] {
        guard !times.isEmpty else { return [:] }
        return try await read { db in
            let id = try machineID(db, machine)
            let decoder = try WindowDecoder(db)
            let statement = try db.cachedStatement(
                sql: WindowDecoder.select + " WHERE machine_id = ? AND start_ms > ? ORDER BY start_ms LIMIT 1"
            )
            var windows: [Date: StoredWindow] = [:]
            for time in times {
                windows[time] = try Row.fetchOne(statement, arguments: [id, time.millisecondsSince1970])
                    .map { decoder.window($0, machine: machine) }
            }
            return windows
        }
    }

    /// Start of a machine's first window; nil where it was never heard, or is not known.
    public func firstStart(machine: String) async throws -> Date? {
        try await read { db in
            try Int64.fetchOne(
                db,
                sql: "SELECT first_start_ms FROM machines WHERE name = ? AND first_start_ms IS NOT NULL",
                arguments: [machine]
            ).map(Date.init(millisecondsSince1970:))
        }
    }
}
