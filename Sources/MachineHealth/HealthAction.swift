// What a machine monitor asks its surroundings to do: store, publish, show.

/// One consequence of an input, in the order to carry them out.
public enum HealthAction: Hashable, Sendable {
    /// An alarm moved from one state to another: a row of its history.
    case transition(AlarmTransition)
    /// Something to tell the outside: commit, then publish.
    case event(HealthEvent)
    /// A run broke shortly before its alarm; an event says the same in words.
    case nearMiss(NearMiss)
    /// A fault's record reads differently: store it and publish its retained topic.
    case recordChanged(AlarmRecord)
    /// The machine's health reads differently: publish its retained topic.
    case stateChanged(MachineHealthState)
}

/// Why an operator's order was refused, in words for whoever sent it.
public struct AlarmOrderRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of refusal; nil where the machine has no such alarm (any more).
    public let refusal: AlarmRefusal?
    /// What was found and what to do.
    public let reason: String

    public var description: String { reason }
}

/// Stored alarms that cannot be continued.
public struct MonitorRestoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The machine.
    public let machine: String
    /// What was found and what to do.
    public let reason: String

    public var description: String { "stored state of machine \(machine): \(reason)" }
}
