// A machine's enrolled normal sound as it is stored: opaque bytes, and who enrolled what when.
import Foundation

/// Where a version of a machine's bank stands.
public enum BankState: String, Sendable, Codable, CaseIterable {
    /// Made by the service itself; it works once an operator confirms it.
    case proposed
    /// The one windows are held against.
    case active
    /// A later version took its place.
    case superseded
    /// Taken back, or a proposal that was turned down.
    case undone
}

/// A new version of a bank.
public struct BankDraft: Hashable, Sendable {
    /// The machine.
    public var machine: String
    /// The model whose embeddings it holds, as results are signed with.
    public var model: String
    /// The operating state that was enrolled; empty where the machine has only one.
    public var operatingState: String
    /// Start of the stretch it was made from.
    public var since: Date
    /// End of that stretch.
    public var until: Date
    /// Windows that were used.
    public var windows: Int
    /// Points kept over all operating states.
    public var points: Int
    /// What the quality checks found, as JSON.
    public var report: Data
    /// Who enrolled; the service's own name for proposals.
    public var user: String
    /// What they noted.
    public var comment: String?
    /// The bank's bytes.
    public var bank: Data

    /// Makes a draft.
    public init(
        machine: String,
        model: String,
        operatingState: String = "",
        since: Date,
        until: Date,
        windows: Int,
        points: Int,
        report: Data,
        user: String,
        comment: String? = nil,
        bank: Data
    ) {
        self.machine = machine
        self.model = model
        self.operatingState = operatingState
        self.since = since
        self.until = until
        self.windows = windows
        self.points = points
        self.report = report
        self.user = user
        self.comment = comment
        self.bank = bank
    }
}

/// A version of a bank as read back, without its bytes.
public struct BankRecord: Hashable, Sendable {
    /// Who did something when.
    public struct Step: Hashable, Sendable {
        /// When.
        public let time: Date
        /// Who.
        public let user: String
    }

    /// The machine.
    public let machine: String
    /// Counts from 1 for each machine.
    public let version: Int
    /// Where it stands.
    public let state: BankState
    /// The version that was active before it, to which undoing returns.
    public let replaces: Int?
    /// The model whose embeddings it holds.
    public let model: String
    /// The operating state that was enrolled.
    public let operatingState: String
    /// Start of the stretch it was made from.
    public let since: Date
    /// End of that stretch.
    public let until: Date
    /// Windows that were used.
    public let windows: Int
    /// Points kept over all operating states.
    public let points: Int
    /// What the quality checks found, as JSON.
    public let report: Data
    /// Who enrolled.
    public let user: String
    /// What they noted.
    public let comment: String?
    /// When it was made.
    public let created: Date
    /// Who confirmed a proposal; nil for what was enrolled by a person.
    public let confirmed: Step?
    /// Who took it back.
    public let undone: Step?
    /// Size of the stored bytes; nil where they are gone.
    public let bytes: Int?
}

/// Why a change of banks was refused; nothing was changed.
public enum BankRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    case nothingActive(machine: String)
    case nothingProposed(machine: String)
    case notProposed(machine: String, version: Int, BankState)
    case unknownVersion(machine: String, version: Int)
    case alreadyUndone(machine: String, version: Int)
    case notTheLast(machine: String, version: Int, active: Int)
    case isGone(machine: String, version: Int)

    public var description: String {
        switch self {
        case .nothingActive(let machine):
            "\(machine) has no enrolled normal sound to take back; `ausculta enroll list` shows what there is"
        case .nothingProposed(let machine):
            "\(machine) has no proposed enrolment to confirm; `ausculta enroll list` shows what there is"
        case .notProposed(let machine, let version, let state):
            "version \(version) of \(machine) is \(state.rawValue); only a proposed one can be confirmed"
        case .unknownVersion(let machine, let version):
            "\(machine) has no version \(version) of its normal sound; `ausculta enroll list` shows those there are"
        case .alreadyUndone(let machine, let version):
            "version \(version) of \(machine) was taken back before"
        case .notTheLast(let machine, let version, let active):
            "version \(version) of \(machine) is not in use, version \(active) is; take that one back first"
        case .isGone(let machine, let version):
            "the bytes of version \(version) of \(machine) were deleted since; enrol the machine anew"
        }
    }
}
