// Reading banks: their history, and the bytes of those in use.
import Foundation
import GRDB

extension TrendLogReader {
    private static let bankColumns = """
        SELECT machines.name AS machine, models.name AS model, version, state, replaces, operating_state, since_ms,
            until_ms, banks.windows, points, report, user, comment, created_ms, confirmed_ms, confirmed_by, undone_ms,
            undone_by, length(bank) AS bytes
        FROM banks JOIN machines ON machines.id = banks.machine_id JOIN models ON models.id = banks.model_id
        """

    /// Versions of banks, by machine, the newest first.
    ///
    /// - Parameter machine: nil for all machines.
    /// - Throws: `TrendLogError` with `.notFound` for a machine that is not known.
    public func banks(machine: String? = nil, limit: Int = 1_000) async throws -> [BankRecord] {
        try await read { db in
            let id = try machine.map { try machineID(db, $0) }
            return try Row.fetchAll(
                db,
                sql: Self.bankColumns + """
                     WHERE ?1 IS NULL OR machine_id = ?1 ORDER BY machines.name, version DESC LIMIT ?2
                    """,
                arguments: [id, max(0, limit)]
            ).compactMap(BankRecord.init(row:))
        }
    }

    /// One version; nil where there is none.
    public func bank(machine: String, version: Int) async throws -> BankRecord? {
        try await read { db in
            try Row.fetchOne(
                db,
                sql: Self.bankColumns + " WHERE machines.name = ? AND version = ?",
                arguments: [machine, version]
            ).flatMap(BankRecord.init(row:))
        }
    }

    /// The versions in use, by machine.
    public func activeBanks() async throws -> [BankRecord] {
        try await read { db in
            try Row.fetchAll(db, sql: Self.bankColumns + " WHERE state = 'active' ORDER BY machines.name")
                .compactMap(BankRecord.init(row:))
        }
    }

    /// The version in use; nil where none is.
    public func activeBank(machine: String) async throws -> BankRecord? {
        try await read { db in
            try Row.fetchOne(
                db,
                sql: Self.bankColumns + " WHERE machines.name = ? AND state = 'active'",
                arguments: [machine]
            ).flatMap(BankRecord.init(row:))
        }
    }

    /// The bytes of a version; nil where there are none (any more).
    public func bankData(machine: String, version: Int) async throws -> Data? {
        try await read { db in
            try Data.fetchOne(
                db,
                sql: """
                    SELECT bank FROM banks JOIN machines ON machines.id = banks.machine_id
                    WHERE machines.name = ? AND version = ? AND bank IS NOT NULL
                    """,
                arguments: [machine, version]
            )
        }
    }

    /// Machines that have a bank of a model, whatever became of it.
    public func machinesEnrolled(withModel model: String) async throws -> Set<String> {
        try await read { db in
            try String.fetchSet(
                db,
                sql: """
                    SELECT DISTINCT machines.name FROM banks JOIN machines ON machines.id = banks.machine_id
                    JOIN models ON models.id = banks.model_id WHERE models.name = ?
                    """,
                arguments: [model]
            )
        }
    }

    func requiredBank(_ machine: String, version: Int) async throws -> BankRecord {
        guard let record = try await bank(machine: machine, version: version) else {
            throw BankRefusal.unknownVersion(machine: machine, version: version)
        }
        return record
    }
}

extension BankRecord {
    /// Nil where a newer program's row cannot be read.
    fileprivate init?(row: Row) {
        guard let state = BankState(rawValue: row["state"]) else { return nil }
        let report: String = row["report"]
        func step(_ time: String, _ user: String) -> Step? {
            let (when, who): (Int64?, String?) = (row[time], row[user])
            return when.map { Step(time: Date(millisecondsSince1970: $0), user: who ?? "") }
        }
        self.init(
            machine: row["machine"],
            version: row["version"],
            state: state,
            replaces: row["replaces"],
            model: row["model"],
            operatingState: row["operating_state"],
            since: Date(millisecondsSince1970: row["since_ms"]),
            until: Date(millisecondsSince1970: row["until_ms"]),
            windows: row["windows"],
            points: row["points"],
            report: Data(report.utf8),
            user: row["user"],
            comment: row["comment"],
            created: Date(millisecondsSince1970: row["created_ms"]),
            confirmed: step("confirmed_ms", "confirmed_by"),
            undone: step("undone_ms", "undone_by"),
            bytes: row["bytes"]
        )
    }
}
