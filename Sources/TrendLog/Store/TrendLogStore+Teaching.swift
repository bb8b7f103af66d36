// Writing what people teach of any stored window, and the calibrations learned from it.
import Foundation
import GRDB
import MachineHealth

extension TrendLogStore {
    /// Calibrations of a profile that are kept, the newest.
    private static let calibrationsKept = 20

    /// Notes a decision about a stored window, whether or not it is on the review list.
    ///
    /// The window that holds most of the moment is taken; where an item of it waits on the review list, that one is
    /// decided, so that nobody is asked again.
    ///
    /// - Parameters:
    ///   - time: a moment inside the window, or its start.
    ///   - verdict: `.label` or `.reject`.
    /// - Throws: `ReviewRefusal` where no window was stored there or it was decided already, `TrendLogError` for a machine
    ///   that is not known.
    public func teach(
        machine: String,
        at moment: Date,
        verdict: ReviewVerdict,
        label: LabelID,
        user: String,
        comment: String? = nil,
        time: Date
    ) async throws -> ReviewDecision {
        guard let window = try await reader.window(machine: machine, at: moment) else {
            throw ReviewRefusal.noWindow(machine: machine, at: moment)
        }
        if let standing = try await reader.decision(machine: machine, start: window.start) {
            throw ReviewRefusal.alreadyDecided(standing.itemID, by: standing.user)
        }
        let item: UUID
        if let waiting = try await reader.openReviewItem(machine: machine, start: window.start) {
            item = waiting
        } else {
            let new = ReviewItem(
                machine: machine,
                start: window.start,
                end: window.end,
                reason: .manual,
                label: window.top,
                confidence: window.confidence,
                distance: 0,
                scores: window.scores,
                model: window.model,
                created: time
            )
            try await add(new)
            item = new.id
        }
        return try await decide(item: item, verdict: verdict, label: label, user: user, comment: comment, at: time)
    }

    /// Stores what was learned of a profile's confidences.
    public func save(_ calibration: CalibrationRecord) async throws {
        try await write(durable: true) { db in
            try db.execute(
                sql: """
                    INSERT INTO calibrations (profile, model_id, is_used, temperature, log_priors, decisions, report,
                        created_ms)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    calibration.profile, try Self.modelID(db, calibration.model), calibration.isUsed,
                    calibration.temperature, try JSONText.encode(calibration.logPriors), calibration.decisions,
                    String(decoding: calibration.report, as: UTF8.self), calibration.created.millisecondsSince1970,
                ]
            )
            try db.execute(
                sql: """
                    DELETE FROM calibrations WHERE profile = ?1 AND sequence NOT IN (
                        SELECT sequence FROM calibrations WHERE profile = ?1 ORDER BY sequence DESC LIMIT ?2)
                    """,
                arguments: [calibration.profile, Self.calibrationsKept]
            )
        }
    }
}

extension TrendLogReader {
    /// The stored window that a moment lies deepest in; one that begins then goes before.
    public func window(machine: String, at moment: Date) async throws -> StoredWindow? {
        let near = try await windows(
            machine: machine,
            since: moment.addingTimeInterval(-60),
            until: moment.addingTimeInterval(0.001),
            limit: 120
        )
        // Times are typed to the second: a window that begins within it was meant.
        let next = try await windows(machine: machine, since: moment, until: moment.addingTimeInterval(1), limit: 1)
        if let exact = near.last(where: { abs($0.start.timeIntervalSince(moment)) < 0.0005 }) { return exact }
        let holding = near.filter { $0.start <= moment && moment < $0.end }
        let depth = { (window: StoredWindow) in
            min(moment.timeIntervalSince(window.start), window.end.timeIntervalSince(moment))
        }
        return holding.max { depth($0) < depth($1) } ?? next.first
    }

    /// The standing decision about a window; nil where nobody decided it.
    public func decision(machine: String, start: Date) async throws -> ReviewDecision? {
        try await decisions(machine: machine).last {
            $0.start.millisecondsSince1970 == start.millisecondsSince1970
        }
    }

    /// The item of a window that waits, or left the review list undecided.
    func openReviewItem(machine: String, start: Date) async throws -> UUID? {
        try await read { db in
            try String.fetchOne(
                db,
                sql: """
                    SELECT id FROM review_items WHERE machine_id = ? AND start_ms = ? AND state IN ('open', 'expired')
                    ORDER BY state = 'open' DESC, sequence LIMIT 1
                    """,
                arguments: [try machineID(db, machine), start.millisecondsSince1970]
            ).flatMap(UUID.init(uuidString:))
        }
    }
}
