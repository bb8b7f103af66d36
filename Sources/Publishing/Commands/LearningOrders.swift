// What people order the service to learn, or to forget again.
import Foundation

/// Enrol the normal sound of a machine from a stretch that was heard already.
public struct EnrolmentOrder: Hashable, Sendable {
    /// The machine; nil where the topic names it.
    public var machine: String?
    /// Start of the stretch.
    public var since: Date
    /// Its end; nil for now.
    public var until: Date?
    /// The operating state; nil where the machine has only one, which replaces all there was.
    public var state: String?
    /// Who orders it.
    public var user: String?
    /// What they note.
    public var comment: String?

    /// Makes an order.
    public init(
        machine: String?,
        since: Date,
        until: Date? = nil,
        state: String? = nil,
        user: String? = nil,
        comment: String? = nil
    ) {
        self.machine = machine
        self.since = since
        self.until = until
        self.state = state
        self.user = user
        self.comment = comment
    }
}

/// Confirm or take back a version of a machine's normal sound.
public struct BankOrder: Hashable, Sendable {
    /// The machine; nil where the topic names it.
    public var machine: String?
    /// The version; nil for the proposal, or the one in use.
    public var version: Int?
    /// Who orders it.
    public var user: String?

    /// Makes an order.
    public init(machine: String?, version: Int? = nil, user: String? = nil) {
        self.machine = machine
        self.version = version
        self.user = user
    }
}

/// Say what a stored window is, or is not.
public struct TeachingOrder: Hashable, Sendable {
    /// The machine; nil where the topic names it.
    public var machine: String?
    /// A moment inside the window.
    public var time: Date
    /// The label.
    public var label: String
    /// Whether the window is not that label.
    public var isRejection: Bool
    /// Who says so.
    public var user: String?
    /// What they note.
    public var comment: String?

    /// Makes an order.
    public init(
        machine: String?,
        time: Date,
        label: String,
        isRejection: Bool = false,
        user: String? = nil,
        comment: String? = nil
    ) {
        self.machine = machine
        self.time = time
        self.label = label
        self.isRejection = isRejection
        self.user = user
        self.comment = comment
    }
}
