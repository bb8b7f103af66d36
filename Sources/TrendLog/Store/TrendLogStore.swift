// The writing side of the trend log: opens or creates the file, holds the writer's lock, runs writes on their own thread.
import Foundation
import GRDB
import MachineHealth
import Synchronization

/// The service's trend log: one SQLite file in WAL mode, one writer, any number of readers in any process.
///
/// ```swift
/// let store = try TrendLogStore(url: url)
/// try await store.register(machines, at: now)
/// let receipt = try await store.commit(commit)
/// ```
///
/// Writes run one after the other on a dispatch queue of their own, never on the cooperative pool, and are not undone
/// by the cancellation of the task that asked for them: what a service commits while it shuts down is committed.
///
/// Durability: a transaction that returned survives the death of the process (kill -9) always. Transactions with events
/// or alarm steps are also synced to the disk before they return (`synchronous=FULL`), so they survive a power failure;
/// plain windows are not (`NORMAL`), because a sync per window wears out the flash of a box that hears hundreds of
/// machines. A power failure can lose the windows since the last event or checkpoint, never the file.
public final class TrendLogStore: Sendable {
    /// The database file.
    public let url: URL
    /// Reads of the same file, concurrent with writes.
    public let reader: TrendLogReader

    let pool: DatabasePool
    private let lock: Mutex<StoreLock?>
    /// SQLite's change counter for other connections as of the last look at the commands table.
    let commandsSeen = Mutex<Int64?>(nil)

    /// Opens or creates a store and brings its tables up to date. Blocks; call it before the service starts.
    ///
    /// - Throws: `TrendLogError`: another writer, a newer schema, a full or read-only disk, a damaged file.
    public init(url: URL) throws {
        let path = url.path
        self.url = url
        do {
            let folder = url.deletingLastPathComponent()
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw TrendLogError(
                .cannotOpen,
                path: path,
                found: "its folder cannot be made (\(error.localizedDescription))",
                remedy: "make the folder and give the service's user write access to it, or change store.path"
            )
        }
        let lock = try StoreLock(storePath: path)
        do {
            pool = try DatabasePool(path: path, configuration: Self.configuration)
            try Self.migrate(pool, path: path)
        } catch {
            throw TrendLogError.translating(error, path: path)
        }
        self.lock = Mutex(lock)
        reader = TrendLogReader(url: url, database: pool)
    }

    /// Closes the file and gives up the writer's lock; later calls throw. Not needed before the process ends.
    public func close() throws {
        do { try pool.close() } catch { throw TrendLogError.translating(error, path: url.path) }
        lock.withLock { $0 = nil }
    }

    /// The process that writes to a store at present, as its lock tells: nil when none does.
    public static func writer(of url: URL) -> StoreWriter? {
        StoreLock.holder(storePath: url.path).map(StoreWriter.init(processID:))
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        configuration.maximumReaderCount = 4
        configuration.prepareDatabase { db in
            guard !db.configuration.readonly else { return }
            // Takes effect in a new file only, and only ahead of its first page.
            try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
            // Keeps a WAL that grew during a long export from staying large for ever.
            try db.execute(sql: "PRAGMA journal_size_limit = 67108864")
        }
        return configuration
    }

    private static func migrate(_ pool: DatabasePool, path: String) throws {
        let migrator = Schema.migrator
        try pool.read { try TrendLogReader.refuseNewerSchema($0, path: path) }
        try migrator.migrate(pool)
        // What the broker could never take may be welcome after a restart with other settings.
        try pool.write { try $0.execute(sql: "UPDATE outbox SET set_aside = 0 WHERE sent_ms IS NULL AND set_aside") }
    }

    /// Runs `body` in one transaction on the writer's thread.
    ///
    /// - Parameter durable: syncs the transaction to the disk before returning.
    func write<Value: Sendable>(
        durable: Bool = false,
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        try await onWriter { db in
            // SQLite refuses to change this inside a transaction; the pragma itself costs microseconds.
            try db.execute(sql: durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL")
            var value: Value?
            try db.inTransaction(.immediate) {
                value = try body(db)
                return .commit
            }
            guard let value else {
                throw DatabaseError(resultCode: .SQLITE_ABORT, message: "transaction without value")
            }
            return value
        }
    }

    /// Runs `body` on the writer's thread, outside any transaction.
    func onWriter<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        let path = url.path
        return try await withCheckedThrowingContinuation { continuation in
            pool.asyncWriteWithoutTransaction { db in
                do {
                    continuation.resume(returning: try body(db))
                } catch {
                    continuation.resume(throwing: TrendLogError.translating(error, path: path))
                }
            }
        }
    }
}

/// The process that holds a store's lock.
public struct StoreWriter: Hashable, Sendable {
    /// Its process id, where the lock file tells.
    public let processID: Int32?
}
