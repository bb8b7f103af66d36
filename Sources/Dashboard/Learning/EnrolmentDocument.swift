// What the API says about a machine's enrolled normal sound.
import Foundation
import Publishing
import TrendLog

/// All versions of a machine's normal sound.
struct EnrolmentDocument: Encodable, Sendable {
    struct Step: Encodable, Sendable {
        let time: Date
        let user: String
    }

    struct Version: Encodable, Sendable {
        let version: Int
        let state: String
        /// Whether it belongs to the model in use and its bytes are there.
        let usable: Bool
        let replaces: OrNull<Int>
        let model: String
        let operatingState: String
        let since: Date
        let until: Date
        let windows: Int
        let points: Int
        let bytes: OrNull<Int>
        let user: String
        let comment: OrNull<String>
        let created: Date
        let confirmed: OrNull<Step>
        let undone: OrNull<Step>
        let report: OrNull<EnrolmentReport>
    }

    let machine: String
    /// The model in use.
    let model: String
    let activeVersion: OrNull<Int>
    let proposedVersion: OrNull<Int>
    /// The newest first.
    let versions: [Version]

    init(machine: String, model: String, versions: [BankRecord]) {
        self.machine = machine
        self.model = model
        activeVersion = OrNull(versions.first { $0.state == .active }?.version)
        proposedVersion = OrNull(versions.first { $0.state == .proposed }?.version)
        self.versions = versions.map { record in
            Version(
                version: record.version,
                state: record.state.rawValue,
                usable: record.model == model && record.bytes != nil,
                replaces: OrNull(record.replaces),
                model: record.model,
                operatingState: record.operatingState,
                since: record.since,
                until: record.until,
                windows: record.windows,
                points: record.points,
                bytes: OrNull(record.bytes),
                user: record.user,
                comment: OrNull(record.comment),
                created: record.created,
                confirmed: OrNull(record.confirmed.map { Step(time: $0.time, user: $0.user) }),
                undone: OrNull(record.undone.map { Step(time: $0.time, user: $0.user) }),
                report: OrNull(try? PayloadCoder.decode(EnrolmentReport.self, from: record.report))
            )
        }
    }
}
