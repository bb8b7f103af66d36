// The reading side of the trend log: any process, at any time, also on a read-only file system.
import Foundation
import GRDB
import MachineHealth

/// Reads a store while a service writes to it, or while none runs.
///
/// Every call sees one consistent state. Long reads go through `windows(…, body:)`, which reads page by page and holds
/// no snapshot in between, so that an export never keeps the write-ahead log from being folded back.
public struct TrendLogReader: Sendable {
    /// The database file.
    public let url: URL
    let database: any DatabaseReader

    init(url: URL, database: any DatabaseReader) {
        self.url = url
        self.database = database
    }

    /// Opens an existing store for reading only.
    ///
    /// - Throws: `TrendLogError`: no such file, another schema, a damaged file.
    public init(url: URL) throws {
        let path = url.path
        guard FileManager.default.fileExists(atPath: path) else { throw Self.missing(path) }
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(10)
        self.url = url
        do {
            database = try Self.open(path, configuration: configuration)
        } catch {
            throw TrendLogError.translating(error, path: path)
        }
    }

    private static func open(_ path: String, configuration: Configuration) throws -> DatabaseQueue {
        do {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.read { try refuseOtherSchema($0, path: path) }
            return queue
        } catch let error as DatabaseError where [.SQLITE_CANTOPEN, .SQLITE_READONLY].contains(error.resultCode) {
            // SQLite reads a WAL database only where it can make the -shm file beside it. A read-only file system has no
            // writer either, so the file may be read as immutable, unless a WAL with unfolded commits lies beside it.
            let walSize = try? FileManager.default.attributesOfItem(atPath: path + "-wal")[.size] as? Int
            guard access(path, R_OK) == 0, (walSize ?? 0) == 0,
                let escaped = path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed)
            else { throw error }
            let queue = try DatabaseQueue(path: "file:\(escaped)?immutable=1", configuration: configuration)
            try queue.read { try refuseOtherSchema($0, path: path) }
            return queue
        }
    }

    /// The file that is not there.
    static func missing(_ path: String) -> TrendLogError {
        TrendLogError(
            .notFound,
            path: path,
            found: "there is no such file",
            remedy:
                "check --store or the configuration's store.path; `ausculta serve` makes the file at its first start"
        )
    }

    /// Refuses a file written by a newer version.
    static func refuseNewerSchema(_ db: Database, path: String) throws {
        let known = Set(Schema.migrator.migrations)
        let unknown = try Schema.migrator.appliedIdentifiers(db).subtracting(known)
        guard let newest = unknown.sorted().last else { return }
        throw TrendLogError(
            .newerSchema,
            path: path,
            found: "it was written by a newer version of ausculta (schema \"\(newest)\", this version knows"
                + " \"\(Schema.migrator.migrations.last ?? "none")\")",
            remedy: "update this program, or use another store.path"
        )
    }

    /// Refuses a file this version cannot read as it stands.
    static func refuseOtherSchema(_ db: Database, path: String) throws {
        try refuseNewerSchema(db, path: path)
        guard try !Schema.migrator.hasCompletedMigrations(db) else { return }
        guard try db.tableExists("observations") else {
            throw TrendLogError(
                .damaged,
                path: path,
                found: "it is an SQLite database, but no trend log",
                remedy: "name the file the service writes (store.path in its configuration)"
            )
        }
        throw TrendLogError(
            .olderSchema,
            path: path,
            found: "it was written by an older version of ausculta",
            remedy: "start the service of this version once: it brings the file up to date"
        )
    }

    /// Runs a read off the cooperative pool, errors in our words.
    func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        do {
            return try await database.read(body)
        } catch {
            throw TrendLogError.translating(error, path: url.path)
        }
    }

    /// The row of a machine.
    ///
    /// - Throws: `TrendLogError` with `.notFound` naming the machines there are.
    func machineID(_ db: Database, _ name: String) throws -> Int64 {
        if let id = try Int64.fetchOne(db, sql: "SELECT id FROM machines WHERE name = ?", arguments: [name]) {
            return id
        }
        let known = try String.fetchAll(db, sql: "SELECT name FROM machines ORDER BY name LIMIT 20")
        throw TrendLogError(
            .notFound,
            path: url.path,
            found: "it has no machine \"\(name)\"",
            remedy: known.isEmpty ? "it has none yet" : "it has: \(known.joined(separator: ", "))"
        )
    }
}
