// A version of a machine's normal sound as `ausculta enroll list` prints it.
import Foundation
import Publishing
import TrendLog

/// One version, for the terminal and as JSON.
struct BankDocument: Encodable {
    let machine: String
    let version: Int
    let state: String
    let replaces: Int?
    let model: String
    let operatingState: String
    let since: String
    let until: String
    let windows: Int
    let points: Int
    let bytes: Int?
    let user: String
    let comment: String?
    let created: String
    let confirmedBy: String?
    let undoneBy: String?
    private let findings: [EnrolmentReport.Finding]
    let report: EnrolmentReport?

    private enum CodingKeys: String, CodingKey {
        case machine, version, state, replaces, model, operatingState, since, until, windows, points, bytes, user,
            comment
        case created, confirmedBy, undoneBy, findings
    }

    init(_ bank: BankRecord) {
        machine = bank.machine
        version = bank.version
        state = bank.state.rawValue
        replaces = bank.replaces
        model = bank.model
        operatingState = bank.operatingState
        since = RFC3339.text(bank.since)
        until = RFC3339.text(bank.until)
        windows = bank.windows
        points = bank.points
        bytes = bank.bytes
        user = bank.user
        comment = bank.comment
        created = RFC3339.text(bank.created)
        confirmedBy = bank.confirmed?.user
        undoneBy = bank.undone?.user
        report = try? PayloadCoder.decode(EnrolmentReport.self, from: bank.report)
        findings = report?.findings ?? []
    }

    /// One line.
    var line: String {
        let place = operatingState.isEmpty ? "" : ", state \(operatingState)"
        let by = confirmedBy.map { "\(user), confirmed by \($0)" } ?? user
        let end = undoneBy.map { ", taken back by \($0)" } ?? ""
        let note = comment.map { ": \($0)" } ?? ""
        return "\(machine) version \(version) \(state)\(place)  \(windows) windows of \(since) to \(until), "
            + "\(points) points, by \(by)\(end)\(note)"
    }
}
