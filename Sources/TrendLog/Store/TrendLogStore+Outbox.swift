// The outbox: messages committed with their events, waiting for the broker's acknowledgement.
import Foundation
import GRDB

/// One message owed to one receiver.
public struct OutboxMessage: Hashable, Sendable, Identifiable {
    /// Row number; rising in the order of commits.
    public let id: Int64
    /// The event it tells of; the same on every redelivery.
    public let eventID: UUID
    /// Publish profile.
    public let target: String
    /// MQTT topic.
    public let topic: String
    /// Bytes to publish.
    public let payload: Data
    /// MQTT quality of service.
    public let qos: Int
    /// Whether the broker keeps it.
    public let retain: Bool
    /// The event's time.
    public let created: Date
    /// Failed attempts so far.
    public let attempts: Int
}

/// How much an outbox owes.
public struct OutboxStatus: Hashable, Sendable, Codable {
    /// Messages not yet acknowledged by the broker.
    public let pending: Int
    /// Time of the oldest one's event.
    public let oldest: Date?
    /// What the last failed attempt of the oldest one said.
    public let lastError: String?
}

extension TrendLogStore {
    /// Topics a target has pending messages for, the one with the oldest message first.
    public func pendingTopics(target: String) async throws -> [String] {
        // On the writer's connection: a row is seen as soon as its commit has returned, whatever a reader's snapshot is.
        try await onWriter { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT topic FROM outbox WHERE sent_ms IS NULL AND target = ? AND NOT set_aside
                    GROUP BY topic ORDER BY min(id)
                    """,
                arguments: [target]
            )
        }
    }

    /// The next messages owed to a target on one topic, oldest first.
    public func pendingMessages(target: String, topic: String, limit: Int) async throws -> [OutboxMessage] {
        try await onWriter { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT id, event_id, target, topic, payload, qos, retain, created_ms, attempts FROM outbox
                    WHERE sent_ms IS NULL AND target = ? AND topic = ? AND NOT set_aside ORDER BY id LIMIT ?
                    """,
                arguments: [target, topic, limit]
            ).compactMap(OutboxMessage.init(row:))
        }
    }

    /// The next messages owed to a target on any of some topics, oldest first, whatever their topic.
    ///
    /// - Parameter row: only those behind this row.
    public func pendingMessages(
        target: String,
        topics: [String],
        after row: Int64 = 0,
        limit: Int
    ) async throws -> [OutboxMessage] {
        let list = try JSONText.encode(topics)
        return try await onWriter { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT id, event_id, target, topic, payload, qos, retain, created_ms, attempts
                    FROM outbox
                    WHERE id > ? AND sent_ms IS NULL AND target = ? AND NOT set_aside
                        AND topic IN (SELECT value FROM json_each(?))
                    ORDER BY id LIMIT ?
                    """,
                arguments: [row, target, list, limit]
            ).compactMap(OutboxMessage.init(row:))
        }
    }

    /// The last row of a target, sent or not.
    ///
    /// - Parameter event: only rows that tell of it; nil: of all.
    public func lastOutboxRow(target: String, event: UUID? = nil) async throws -> Int64? {
        try await onWriter { db in
            guard let event else {
                return try Int64.fetchOne(db, sql: "SELECT max(id) FROM outbox WHERE target = ?", arguments: [target])
            }
            return try Int64.fetchOne(
                db,
                sql: "SELECT max(id) FROM outbox WHERE event_id = ? AND target = ?",
                arguments: [event.text, target]
            )
        }
    }

    /// Gives up a target's oldest pending messages beyond a number; their events stay in the trend log.
    ///
    /// - Returns: how many were given up.
    @discardableResult
    public func trimOutbox(target: String, keeping count: Int) async throws -> Int {
        try await write { db in
            try db.execute(
                sql: """
                    DELETE FROM outbox WHERE sent_ms IS NULL AND target = ?1 AND id <= (
                        SELECT id FROM outbox WHERE sent_ms IS NULL AND target = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)
                    """,
                arguments: [target, max(0, count)]
            )
            return db.changesCount
        }
    }

    /// Marks messages as acknowledged by the broker. Not synced to disk: after a power failure they are sent again.
    public func markSent(_ ids: [Int64], at time: Date) async throws {
        try await write { db in
            let update = try db.cachedStatement(sql: "UPDATE outbox SET sent_ms = ? WHERE id = ? AND sent_ms IS NULL")
            for id in ids { try update.execute(arguments: [time.millisecondsSince1970, id]) }
        }
    }

    /// Notes a failed attempt; the message stays pending.
    ///
    /// - Parameter settingAside: the broker can never take it, so those after it are not to wait for it. It is kept,
    ///   and tried again after the next start.
    public func markFailed(_ id: Int64, reason: String, settingAside: Bool = false) async throws {
        try await write { db in
            try db.cachedStatement(
                sql: "UPDATE outbox SET attempts = attempts + 1, last_error = ?, set_aside = ? WHERE id = ?"
            ).execute(arguments: [reason, settingAside, id])
        }
    }
}

extension OutboxMessage {
    init?(row: Row) {
        guard let eventID = UUID(uuidString: row["event_id"]) else { return nil }
        self.init(
            id: row["id"],
            eventID: eventID,
            target: row["target"],
            topic: row["topic"],
            payload: row["payload"],
            qos: row["qos"],
            retain: row["retain"],
            created: Date(millisecondsSince1970: row["created_ms"]),
            attempts: row["attempts"]
        )
    }
}
