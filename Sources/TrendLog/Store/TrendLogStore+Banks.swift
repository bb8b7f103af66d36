// Writing banks: a new version, the confirmation of a proposal, and the way back to the version before.
import Foundation
import GRDB

extension TrendLogStore {
    /// Old versions of a machine whose bytes are kept beside those in use, to undo to or to compare with.
    public static let oldBanksKept = 8

    /// Stores a new version that takes effect at once; the active one is superseded.
    ///
    /// Proposals that were still open are turned down in its favour.
    public func enrol(_ draft: BankDraft, at time: Date) async throws -> BankRecord {
        let version = try await write(durable: true) { db in
            let machine = try Self.machineID(db, draft.machine)
            try db.execute(
                sql: """
                    UPDATE banks SET state = 'undone', undone_ms = ?, undone_by = ?
                    WHERE machine_id = ? AND state = 'proposed'
                    """,
                arguments: [time.millisecondsSince1970, draft.user, machine]
            )
            let active = try Self.supersedeActive(db, machine: machine)
            return try Self.insert(draft, .active, replaces: active, machine: machine, at: time, db)
        }
        return try await reader.requiredBank(draft.machine, version: version)
    }

    /// Stores a version that waits for an operator; an older proposal is turned down in its favour.
    public func propose(_ draft: BankDraft, at time: Date) async throws -> BankRecord {
        let version = try await write(durable: true) { db in
            let machine = try Self.machineID(db, draft.machine)
            try db.execute(
                sql: """
                    UPDATE banks SET state = 'undone', undone_ms = ?, undone_by = ?
                    WHERE machine_id = ? AND state = 'proposed'
                    """,
                arguments: [time.millisecondsSince1970, draft.user, machine]
            )
            return try Self.insert(draft, .proposed, replaces: nil, machine: machine, at: time, db)
        }
        return try await reader.requiredBank(draft.machine, version: version)
    }

    /// Makes a proposal the active version.
    ///
    /// - Parameter version: nil takes the one there is.
    /// - Throws: `BankRefusal`.
    public func confirmBank(
        machine name: String,
        version wanted: Int? = nil,
        user: String,
        at time: Date
    ) async throws -> BankRecord {
        let version = try await write(durable: true) { db in
            let machine = try Self.machineID(db, name)
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT version, state FROM banks
                    WHERE machine_id = ?1 AND (version = ?2 OR (?2 IS NULL AND state = 'proposed'))
                    """,
                arguments: [machine, wanted]
            )
            guard let row else {
                throw wanted.map { BankRefusal.unknownVersion(machine: name, version: $0) }
                    ?? BankRefusal.nothingProposed(machine: name)
            }
            let version: Int = row["version"]
            let state = BankState(rawValue: row["state"]) ?? .undone
            guard state == .proposed else {
                throw BankRefusal.notProposed(machine: name, version: version, state)
            }
            let active = try Self.supersedeActive(db, machine: machine)
            try db.execute(
                sql: """
                    UPDATE banks SET state = 'active', replaces = ?, confirmed_ms = ?, confirmed_by = ?
                    WHERE machine_id = ? AND version = ?
                    """,
                arguments: [active, time.millisecondsSince1970, user, machine, version]
            )
            return version
        }
        return try await reader.requiredBank(name, version: version)
    }

    /// Takes the active version back, which makes the one before it active again; or turns a proposal down.
    ///
    /// - Parameter version: nil takes the active one, else the proposal.
    /// - Returns: what was taken back, and what is active now.
    /// - Throws: `BankRefusal`.
    public func undoBank(
        machine name: String,
        version wanted: Int? = nil,
        user: String,
        at time: Date
    ) async throws -> (undone: BankRecord, active: BankRecord?) {
        let (version, restored) = try await write(durable: true) { db -> (Int, Int?) in
            let machine = try Self.machineID(db, name)
            let active = try Int.fetchOne(
                db,
                sql: "SELECT version FROM banks WHERE machine_id = ? AND state = 'active'",
                arguments: [machine]
            )
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT version, state, replaces FROM banks
                    WHERE machine_id = ?1 AND (version = ?2 OR (?2 IS NULL AND state IN ('active', 'proposed')))
                    ORDER BY state = 'active' DESC LIMIT 1
                    """,
                arguments: [machine, wanted]
            )
            guard let row else {
                throw wanted.map { BankRefusal.unknownVersion(machine: name, version: $0) }
                    ?? BankRefusal.nothingActive(machine: name)
            }
            let version: Int = row["version"]
            let state = BankState(rawValue: row["state"]) ?? .undone
            let before: Int? = row["replaces"]
            switch state {
            case .undone: throw BankRefusal.alreadyUndone(machine: name, version: version)
            case .superseded: throw BankRefusal.notTheLast(machine: name, version: version, active: active ?? 0)
            case .active, .proposed: break
            }
            try db.execute(
                sql: """
                    UPDATE banks SET state = 'undone', undone_ms = ?, undone_by = ? WHERE machine_id = ? AND version = ?
                    """,
                arguments: [time.millisecondsSince1970, user, machine, version]
            )
            guard state == .active, let before else { return (version, state == .active ? nil : active) }
            let isThere = try Bool.fetchOne(
                db,
                sql: "SELECT bank IS NOT NULL FROM banks WHERE machine_id = ? AND version = ?",
                arguments: [machine, before]
            )
            guard isThere == true else { throw BankRefusal.isGone(machine: name, version: before) }
            try db.execute(
                sql: "UPDATE banks SET state = 'active' WHERE machine_id = ? AND version = ?",
                arguments: [machine, before]
            )
            return (version, before)
        }
        let undone = try await reader.requiredBank(name, version: version)
        guard let restored else { return (undone, nil) }
        return (undone, try await reader.requiredBank(name, version: restored))
    }

    /// Deletes the bytes of old versions beyond the newest few of each machine. What is active or proposed, and the
    /// version an undo would return to, stay.
    func dropOldBanks() async throws {
        try await write { db in
            try db.execute(
                sql: """
                    UPDATE banks SET bank = NULL WHERE sequence IN (
                        SELECT sequence FROM (
                            SELECT sequence, row_number() OVER (PARTITION BY machine_id ORDER BY version DESC) AS place
                            FROM banks AS old
                            WHERE bank IS NOT NULL AND state IN ('superseded', 'undone')
                                AND NOT EXISTS (SELECT 1 FROM banks AS used WHERE used.machine_id = old.machine_id
                                    AND used.state = 'active' AND used.replaces = old.version)
                        ) WHERE place > ?)
                    """,
                arguments: [Self.oldBanksKept]
            )
        }
    }

    private static func supersedeActive(_ db: Database, machine: Int64) throws -> Int? {
        let active = try Int.fetchOne(
            db,
            sql: "SELECT version FROM banks WHERE machine_id = ? AND state = 'active'",
            arguments: [machine]
        )
        try db.execute(
            sql: "UPDATE banks SET state = 'superseded' WHERE machine_id = ? AND state = 'active'",
            arguments: [machine]
        )
        return active
    }

    private static func insert(
        _ draft: BankDraft,
        _ state: BankState,
        replaces: Int?,
        machine: Int64,
        at time: Date,
        _ db: Database
    ) throws -> Int {
        let last = try Int.fetchOne(
            db,
            sql: "SELECT max(version) FROM banks WHERE machine_id = ?",
            arguments: [machine]
        )
        let version = (last ?? 0) + 1
        try db.execute(
            sql: """
                INSERT INTO banks (machine_id, version, state, replaces, model_id, operating_state, since_ms, until_ms,
                    windows, points, report, user, comment, created_ms, bank)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                machine, version, state.rawValue, replaces, try modelID(db, draft.model), draft.operatingState,
                draft.since.millisecondsSince1970, draft.until.millisecondsSince1970, draft.windows, draft.points,
                String(decoding: draft.report, as: UTF8.self), draft.user, draft.comment, time.millisecondsSince1970,
                draft.bank,
            ]
        )
        return version
    }
}
