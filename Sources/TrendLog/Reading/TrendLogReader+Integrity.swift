// Whether the file is sound, and which version of the tables it has.
import Foundation
import GRDB

extension TrendLogReader {
    /// The version of the tables: the name of the last migration applied, such as `3-detection`.
    ///
    /// - Throws: `TrendLogError`.
    public func schemaVersion() async throws -> String {
        try await read { db in
            let applied = try Schema.migrator.appliedIdentifiers(db)
            return Schema.migrator.migrations.last { applied.contains($0) } ?? "none"
        }
    }

    /// What SQLite's `quick_check` finds wrong, at most 20 lines; empty where the file is sound.
    ///
    /// - Parameter seconds: how long it may take; large files take minutes.
    /// - Returns: nil where it did not finish in that time.
    /// - Throws: `TrendLogError` where the file cannot be read at all.
    public func integrityProblems(withinSeconds seconds: Double) async throws -> [String]? {
        try await withThrowingTaskGroup(of: [String]?.self) { group in
            group.addTask {
                let lines = try await read { try String.fetchAll($0, sql: "PRAGMA quick_check(20)") }
                return lines == ["ok"] ? [] : lines
            }
            group.addTask {
                try await Task.sleep(for: .seconds(seconds))
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }
}
