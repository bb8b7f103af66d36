// A machine and its labels as configured, so that reports can name them without the configuration file.
import MachineHealth

/// A machine as the service knows it at start or after a reload.
public struct MachineRegistration: Hashable, Sendable {
    /// The machine's id.
    public var machine: String
    /// The site it stands at.
    public var site: String
    /// The label profile it uses.
    public var profile: String
    /// Its labels, in vocabulary order.
    public var labels: [Label]

    /// Makes a registration.
    public init(machine: String, site: String, profile: String, labels: [Label]) {
        self.machine = machine
        self.site = site
        self.profile = profile
        self.labels = labels
    }
}

/// A label as stored for a machine.
public struct StoredLabel: Hashable, Sendable, Codable {
    /// Stable identifier.
    public let id: LabelID
    /// Names shown to people.
    public let name: LocalizedName
    /// Normal, fault or anchor.
    public let kind: LabelKind
    /// Severity of its alarm.
    public let severity: Severity

    /// Makes a stored label.
    public init(id: LabelID, name: LocalizedName, kind: LabelKind, severity: Severity) {
        self.id = id
        self.name = name
        self.kind = kind
        self.severity = severity
    }
}
