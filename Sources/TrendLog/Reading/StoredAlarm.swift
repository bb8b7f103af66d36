// One raise of an alarm with what became of it: what an alarm list shows, past ones too.
import Foundation
import MachineHealth

/// An alarm instance as read back: raised once, perhaps cleared, perhaps acknowledged.
public struct StoredAlarm: Hashable, Sendable {
    /// Who acknowledged it.
    public struct Acknowledgement: Hashable, Sendable {
        /// When.
        public let time: Date
        /// Who.
        public let user: String?
        /// What they said.
        public let comment: String?
    }

    /// The instance.
    public let alarmID: UUID
    /// The machine.
    public let machine: String
    /// The fault label.
    public let label: LabelID
    /// Where it stands; normal where it is over, or where the same fault was raised anew since.
    public let state: AlarmState
    /// Severity when it was raised.
    public let severity: Severity
    /// End of the window that raised it.
    public let raised: Date
    /// When the fault was over.
    public let cleared: Date?
    /// Its acknowledgement.
    public let acknowledged: Acknowledgement?
    /// Confidence of the window that raised it.
    public let confidence: Double?
    /// Windows in a row that raised it.
    public let consecutive: Int?
    /// Windows the rule asks for, as far as it still stands.
    public let required: Int?
    /// Whether the machine is heard; good for alarms that are over.
    public let quality: Quality
    /// One English sentence.
    public let message: String?
    /// Its place in the list.
    public let position: AlarmPosition

    /// Whether an operator still has to do with it: the fault is present, or nobody has acknowledged it.
    public var isStanding: Bool { state != .normal }
}

/// A place in the list of alarms, newest first; as text it serves as a cursor.
public struct AlarmPosition: Hashable, Sendable, LosslessStringConvertible {
    let milliseconds: Int64
    let row: Int64

    init(milliseconds: Int64, row: Int64) {
        self.milliseconds = milliseconds
        self.row = row
    }

    /// Reads a cursor; nil where it is none.
    public init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let milliseconds = Int64(parts[0]), let row = Int64(parts[1]) else { return nil }
        self.init(milliseconds: milliseconds, row: row)
    }

    public var description: String { "\(milliseconds).\(row)" }
}

/// Which alarms to list.
public struct AlarmFilter: Hashable, Sendable {
    /// Whether an alarm still asks for something.
    public enum Standing: String, Sendable, CaseIterable {
        /// The fault is present, or nobody has acknowledged it yet.
        case active
        /// Over and done with.
        case past
        case all
    }

    /// Whether it stands.
    public var standing: Standing
    /// Only of this machine.
    public var machine: String?
    /// Only of this label.
    public var label: LabelID?
    /// Only of this severity.
    public var severity: Severity?
    /// Raised at this time or later.
    public var since: Date?
    /// Raised before this time.
    public var until: Date?

    /// Makes a filter; without arguments every alarm passes.
    public init(
        standing: Standing = .all,
        machine: String? = nil,
        label: LabelID? = nil,
        severity: Severity? = nil,
        since: Date? = nil,
        until: Date? = nil
    ) {
        self.standing = standing
        self.machine = machine
        self.label = label
        self.severity = severity
        self.since = since
        self.until = until
    }
}

/// A page of the list of alarms.
public struct AlarmPage: Hashable, Sendable {
    /// Newest first.
    public let alarms: [StoredAlarm]
    /// Where the next page begins; nil where this is the last.
    public let next: AlarmPosition?

    /// Makes a page.
    public init(alarms: [StoredAlarm], next: AlarmPosition?) {
        self.alarms = alarms
        self.next = next
    }
}
