// Orders about an alarm beyond its acknowledgement: shelve, reset, take out of service, and back.
import Foundation
import MachineHealth

/// An operator's order about one alarm.
public struct AlarmCommand: Hashable, Sendable {
    /// What is to be done; never `.acknowledge`, which is a command of its own.
    public var order: AlarmOrder
    /// The machine; nil where its topic or the alarm's id says it.
    public var machine: String?
    /// Which alarm.
    public var target: AlarmTarget
    /// Who orders it.
    public var user: String?
    /// What they note.
    public var comment: String?

    /// Makes an order.
    public init(
        _ order: AlarmOrder,
        machine: String? = nil,
        target: AlarmTarget,
        user: String? = nil,
        comment: String? = nil
    ) {
        self.order = order
        self.machine = machine
        self.target = target
        self.user = user
        self.comment = comment
    }

    /// The command's name on the wire.
    public var name: String {
        switch order {
        case .acknowledge: "acknowledge"
        case .reset: "reset"
        case .shelve: "shelve"
        case .unshelve: "unshelve"
        case .outOfService: "out_of_service"
        case .inService: "in_service"
        }
    }

    /// The alarm instance it names, where it names one.
    public var alarmID: UUID? {
        guard case .instance(let id) = target else { return nil }
        return id
    }

    /// The fault label it names, where it names one.
    public var label: LabelID? {
        guard case .label(let label) = target else { return nil }
        return label
    }
}

/// Where a command came from, for the audit trail.
public struct CommandOrigin: Hashable, Sendable, CustomStringConvertible {
    public let description: String

    private init(_ description: String) {
        self.description = description
    }

    /// The service's own command line, on the box.
    public static let commandLine = CommandOrigin("command line")

    /// A message on a topic. MQTT does not tell who sent it.
    public static func mqtt(topic: String) -> CommandOrigin { CommandOrigin("mqtt \(topic)") }

    /// A Sparkplug host's write to a device.
    public static func sparkplug(device: String) -> CommandOrigin { CommandOrigin("sparkplug \(device)") }

    /// A request from an address.
    public static func http(address: String?) -> CommandOrigin {
        CommandOrigin(address.map { "http \($0)" } ?? "http")
    }
}
