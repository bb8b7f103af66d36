// What hides an alarm: a shelf, a suppression, being out of service; and what lies beneath meanwhile.
import Foundation

/// An operator's shelf: it ends by itself.
public struct AlarmShelf: Hashable, Sendable, Codable {
    /// When the alarm was put on it.
    public let since: Date
    /// When it returns by itself, at the latest.
    public let until: Date
    /// Whether it returns as soon as the fault is over once.
    public let isOneShot: Bool
    /// Who shelved it.
    public let user: String
    /// Why.
    public let comment: String?

    /// Makes a shelf.
    public init(since: Date, until: Date, isOneShot: Bool = false, user: String, comment: String? = nil) {
        self.since = since
        self.until = until
        self.isOneShot = isOneShot
        self.user = user
        self.comment = comment
    }
}

/// Why what is heard says nothing about a machine at present.
public enum SuppressionCause: String, Hashable, Sendable, Codable, CaseIterable {
    case machineStopped = "machine_stopped"
    /// It runs again, and its sound has not settled.
    case machineStarting = "machine_starting"
    /// Something beside it disturbs: an open door, a person, a neighbour at work.
    case disturbed
}

/// A suppression by logic.
public struct AlarmSuppression: Hashable, Sendable, Codable {
    /// Why.
    public let cause: SuppressionCause
    /// Since when.
    public let since: Date

    /// Makes a suppression.
    public init(cause: SuppressionCause, since: Date) {
        self.cause = cause
        self.since = since
    }
}

/// Maintenance: the alarm is out of service until somebody says otherwise.
public struct ServiceRemoval: Hashable, Sendable, Codable {
    /// Since when.
    public let since: Date
    /// Who took it out of service.
    public let user: String
    /// Why.
    public let comment: String?

    /// Makes a removal from service.
    public init(since: Date, user: String, comment: String? = nil) {
        self.since = since
        self.user = user
        self.comment = comment
    }
}

/// One thing that hides an alarm.
public enum AlarmCover: Hashable, Sendable {
    case shelf(AlarmShelf)
    case suppression(AlarmSuppression)
    case outOfService(ServiceRemoval)

    /// Which of the three.
    public enum Kind: Hashable, Sendable, CaseIterable {
        case shelf
        case suppression
        case outOfService
    }

    /// Which of the three it is.
    public var kind: Kind {
        switch self {
        case .shelf: .shelf
        case .suppression: .suppression
        case .outOfService: .outOfService
        }
    }
}

/// All that hides an alarm, and where it would stand without.
public struct AlarmHiding: Hashable, Sendable, Codable {
    /// Where the alarm would stand but for a fault that arose meanwhile; never a hidden state.
    public internal(set) var beneath: AlarmState
    /// Whether a fault arose meanwhile, is present, and has not been shown.
    public internal(set) var hasArisen = false
    /// An operator's shelf.
    public internal(set) var shelf: AlarmShelf?
    /// A suppression by logic.
    public internal(set) var suppression: AlarmSuppression?
    /// Maintenance.
    public internal(set) var outOfService: ServiceRemoval?

    init(beneath: AlarmState) {
        self.beneath = beneath
    }

    /// Whether the fault is present beneath.
    public var hasCondition: Bool { beneath.isActive || hasArisen }

    /// The state it shows: maintenance before the shelf, the shelf before suppression; nil where nothing hides any more.
    var shown: AlarmState? {
        if outOfService != nil { return .outOfService }
        if shelf != nil { return .shelved }
        return suppression == nil ? nil : .suppressed
    }

    func has(_ kind: AlarmCover.Kind) -> Bool {
        switch kind {
        case .shelf: shelf != nil
        case .suppression: suppression != nil
        case .outOfService: outOfService != nil
        }
    }

    mutating func put(_ cover: AlarmCover) {
        switch cover {
        case .shelf(let shelf): self.shelf = shelf
        case .suppression(let suppression): self.suppression = suppression
        case .outOfService(let removal): outOfService = removal
        }
    }

    mutating func remove(_ kind: AlarmCover.Kind) {
        switch kind {
        case .shelf: shelf = nil
        case .suppression: suppression = nil
        case .outOfService: outOfService = nil
        }
    }
}
