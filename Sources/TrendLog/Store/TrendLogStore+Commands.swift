// Operator commands from other processes: rows the running service takes and answers.
import Foundation
import GRDB

/// A command waiting for the service; its JSON is that of the MQTT command topic.
public struct StoredCommand: Hashable, Sendable, Identifiable {
    /// Its id.
    public let id: UUID
    /// The command as JSON.
    public let command: Data
    /// When it was given.
    public let created: Date
}

extension TrendLogStore {
    /// Takes the commands given since the last call, oldest first; each is handed out once.
    ///
    /// Cheap when nothing changed (one pragma), so the service may call it several times a second.
    public func takeCommands() async throws -> [StoredCommand] {
        try await onWriter { [self] db in
            let version = try Int64.fetchOne(db, sql: "PRAGMA data_version")
            guard commandsSeen.withLock({ $0 }) != version else { return [] }
            var commands: [StoredCommand] = []
            try db.inTransaction(.immediate) {
                commands = try Row.fetchAll(
                    db,
                    sql: "SELECT id, command, created_ms FROM commands WHERE state = 'pending' ORDER BY sequence"
                ).compactMap(StoredCommand.init(row:))
                try db.execute(sql: "UPDATE commands SET state = 'taken' WHERE state = 'pending'")
                return .commit
            }
            commandsSeen.withLock { $0 = version }
            return commands
        }
    }

    /// Answers a command that was taken.
    ///
    /// - Parameter result: JSON, as published for the same command on MQTT.
    public func answerCommand(_ id: UUID, result: Data, at time: Date) async throws {
        try await write(durable: true) { db in
            try db.execute(
                sql: "UPDATE commands SET state = 'answered', result = ?, answered_ms = ? WHERE id = ?",
                arguments: [result, time.millisecondsSince1970, id.text]
            )
        }
    }

    /// Withdraws everything a service that died left open, so that an old command never acts on a newer state. Call once
    /// at start, before the first `takeCommands`.
    ///
    /// - Returns: how many commands were withdrawn.
    public func withdrawOpenCommands(result: Data, at time: Date) async throws -> Int {
        try await write { db in
            try db.execute(
                sql: """
                    UPDATE commands SET state = 'withdrawn', result = ?, answered_ms = ?
                    WHERE state IN ('pending', 'taken')
                    """,
                arguments: [result, time.millisecondsSince1970]
            )
            return db.changesCount
        }
    }
}

extension StoredCommand {
    init?(row: Row) {
        guard let id = UUID(uuidString: row["id"]) else { return nil }
        self.init(id: id, command: row["command"], created: Date(millisecondsSince1970: row["created_ms"]))
    }
}

/// The giving side of the commands table, for a command-line program beside the running service.
public struct TrendLogCommandClient: Sendable {
    private let url: URL
    private let queue: DatabaseQueue

    /// Opens a store to give commands to the service that writes it.
    ///
    /// - Throws: `TrendLogError` with `.notFound` when no service runs on this store: nothing is written then.
    public init(url: URL) throws {
        let path = url.path
        guard FileManager.default.fileExists(atPath: path) else { throw TrendLogReader.missing(path) }
        guard TrendLogStore.writer(of: url) != nil else {
            throw TrendLogError(
                .notFound,
                path: path,
                found: "no service runs on this store, so nothing was applied",
                remedy: "start it with `ausculta serve`, then give the command again"
            )
        }
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        self.url = url
        do {
            queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.read { try TrendLogReader.refuseOtherSchema($0, path: path) }
        } catch {
            throw TrendLogError.translating(error, path: path)
        }
    }

    /// Gives a command and waits for the service's answer.
    ///
    /// - Parameters:
    ///   - command: JSON of the command.
    ///   - now: the present time, noted with the command.
    ///   - timeout: how long to wait; the command is withdrawn if the service has not taken it by then.
    ///   - pollInterval: how often to look. SQLite cannot tell one process of another's commit.
    /// - Returns: the service's answer as JSON.
    /// - Throws: `TrendLogError` with `.busy` when no answer came; the text says whether the command may still act.
    public func run(
        _ command: Data,
        at now: Date,
        timeout: Duration = .seconds(5),
        pollInterval: Duration = .milliseconds(100)
    ) async throws -> Data {
        let id = UUID().text
        let clock = ContinuousClock()
        let deadline = clock.now + timeout
        do {
            try await queue.write { db in
                try db.execute(
                    sql: "INSERT INTO commands (id, command, created_ms, state) VALUES (?, ?, ?, 'pending')",
                    arguments: [id, command, now.millisecondsSince1970]
                )
            }
            while clock.now < deadline {
                if let result = try await answer(to: id) { return result }
                try await clock.sleep(for: pollInterval)
            }
            let wasWithdrawn = try await queue.write { db in
                try db.execute(
                    sql: "UPDATE commands SET state = 'withdrawn' WHERE id = ? AND state = 'pending'",
                    arguments: [id]
                )
                return db.changesCount > 0
            }
            if !wasWithdrawn, let result = try await answer(to: id) { return result }
            throw TrendLogError(
                .busy,
                path: url.path,
                found: wasWithdrawn
                    ? "the service did not take the command within \(timeout), so it was withdrawn"
                    : "the service took the command but did not answer within \(timeout); it may still apply it",
                remedy: "look at its log and at `ausculta alarms list`, then try again"
            )
        } catch {
            throw TrendLogError.translating(error, path: url.path)
        }
    }

    private func answer(to id: String) async throws -> Data? {
        try await queue.read { db in
            try Data.fetchOne(
                db,
                sql: "SELECT result FROM commands WHERE id = ? AND result IS NOT NULL",
                arguments: [id]
            )
        }
    }
}
