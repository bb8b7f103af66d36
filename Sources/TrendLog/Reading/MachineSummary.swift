// A machine at a glance, an alarm's step, an event and the store itself, as read back.
import Foundation
import MachineHealth

/// One machine of the store.
public struct MachineSummary: Hashable, Sendable {
    /// Its id.
    public let machine: String
    /// The site it stands at.
    public let site: String
    /// Its label profile.
    public let profile: String
    /// Windows ever recorded.
    public let windows: Int
    /// Start of the first one.
    public let firstStart: Date?
    /// The newest window.
    public let latest: StoredWindow?
    /// Alarms that are not normal, worst first.
    public let standingAlarms: [AlarmRecord]
    /// Its labels.
    public let labels: [StoredLabel]
}

/// An event as read back.
public struct StoredEvent: Hashable, Sendable {
    /// Its id.
    public let id: UUID
    /// What happened; text, so that a newer program's types can be shown.
    public let type: String
    /// The machine.
    public let machine: String
    /// The fault label.
    public let label: LabelID?
    /// The alarm instance.
    public let alarmID: UUID?
    /// When.
    public let time: Date
    /// Severity.
    public let severity: Severity?
    /// Confidence of the deciding window.
    public let confidence: Double?
    /// Length of the run.
    public let consecutive: Int?
    /// The windows that led to it.
    public let windows: [EventWindow]
    /// One English sentence.
    public let message: String
    /// Who did it.
    public let user: String?
    /// Their comment.
    public let comment: String?
    /// The JSON as published.
    public let payload: Data
    /// Messages of this event the broker has not acknowledged yet.
    public let unsent: Int
}

/// The store's file.
public struct StoreStatus: Hashable, Sendable, Codable {
    /// Bytes of the database file.
    public let fileBytes: Int64
    /// Bytes of it in use.
    public let usedBytes: Int64
    /// Bytes of the write-ahead log.
    public let walBytes: Int64
    /// The newest migration applied.
    public let schema: String
    /// Machines known.
    public let machines: Int
}
