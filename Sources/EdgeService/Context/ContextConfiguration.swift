// Which topics tell of a machine beside its sound, and how their messages are read.
import Acquisition
import MachineHealth

/// One context topic of a machine.
public struct ContextSource: Hashable, Sendable {
    /// How its values are understood.
    public var signal: ContextSignal
    /// The topic.
    public var topic: String
    /// Where in the message the value lies; nil for a message that is the value.
    public var pointer: JSONPointer?
}

/// The context of one machine.
public struct ContextConfiguration: Hashable, Sendable {
    /// Its topics.
    public var sources: [ContextSource] = []
    /// How long its sound takes to settle after a start.
    public var settleSeconds = ContextPolicy().settleSeconds

    /// What the machine's monitor follows.
    var policy: ContextPolicy { ContextPolicy(signals: sources.map(\.signal), settleSeconds: settleSeconds) }
}
