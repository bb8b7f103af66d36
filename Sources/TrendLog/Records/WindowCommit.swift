// What one judged window (or one operator command) changes in the trend log: written together or not at all.
import Foundation
import MachineHealth

/// A window as it is stored: the domain's observation, its verdict and what the model made of it.
public struct WindowRecord: Hashable, Sendable {
    /// The classified window.
    public var observation: Observation
    /// What it says.
    public var verdict: Verdict
    /// The model that judged it: its name and content hash, as the service writes it on the window topic.
    public var model: String
    /// Time from the window's last sample to its verdict, in milliseconds.
    public var latencyMS: Double
    /// L2-normalised audio embedding; stored as Float16. Nil where the window was not classified.
    public var embedding: [Float]?
    /// Classical description of the sound; stored as Float16.
    public var descriptor: SoundDescriptor?

    /// Makes a window record.
    public init(
        observation: Observation,
        verdict: Verdict,
        model: String,
        latencyMS: Double,
        embedding: [Float]? = nil,
        descriptor: SoundDescriptor? = nil
    ) {
        self.observation = observation
        self.verdict = verdict
        self.model = model
        self.latencyMS = latencyMS
        self.embedding = embedding
        self.descriptor = descriptor
    }
}

/// A compact classical description of a window's sound; the version names its layout.
public struct SoundDescriptor: Hashable, Sendable {
    /// Layout of `values`; vectors of different versions are not compared.
    public let version: Int
    /// The values.
    public let values: [Float]

    /// Makes a descriptor.
    public init(version: Int, values: [Float]) {
        self.version = version
        self.values = values
    }
}

/// One message an event owes to one receiver.
public struct OutboxDelivery: Hashable, Sendable {
    /// The publish profile it belongs to ("json", later "sparkplug"); each drains its own rows in order.
    public var target: String
    /// MQTT topic.
    public var topic: String
    /// The bytes to publish.
    public var payload: Data
    /// MQTT quality of service, 0...2.
    public var qos: Int
    /// Whether the broker keeps it.
    public var retain: Bool

    /// Makes a delivery.
    public init(target: String, topic: String, payload: Data, qos: Int = 1, retain: Bool = false) {
        self.target = target
        self.topic = topic
        self.payload = payload
        self.qos = qos
        self.retain = retain
    }
}

/// An event with the messages that tell the outside of it.
public struct EventRecord: Hashable, Sendable {
    /// The event.
    public var event: HealthEvent
    /// The event as published, kept with it.
    public var payload: Data
    /// Messages to send; each becomes an outbox row in the event's own transaction.
    public var deliveries: [OutboxDelivery]

    /// Makes an event record.
    public init(event: HealthEvent, payload: Data, deliveries: [OutboxDelivery]) {
        self.event = event
        self.payload = payload
        self.deliveries = deliveries
    }
}

/// A machine's tracker as the service wants it back after a restart; opaque here.
public struct TrackerSnapshot: Hashable, Sendable {
    /// The machine.
    public var machine: String
    /// Whatever encodes the tracker.
    public var state: Data
    /// When it was current.
    public var time: Date

    /// Makes a snapshot.
    public init(machine: String, state: Data, time: Date) {
        self.machine = machine
        self.state = state
        self.time = time
    }
}

/// Everything one judged window or one command changes: one transaction.
public struct WindowCommit: Sendable {
    /// The window; nil for commands and for streams that went quiet.
    public var window: WindowRecord?
    /// Alarms whose record changed.
    public var alarms: [AlarmRecord]
    /// Steps of alarms.
    public var transitions: [AlarmTransition]
    /// Events with their outbox rows.
    public var events: [EventRecord]
    /// The machine's tracker after the window.
    public var tracker: TrackerSnapshot?
    /// What an operator ordered, done or refused.
    public var operatorActions: [OperatorAction]

    /// Makes a commit.
    public init(
        window: WindowRecord? = nil,
        alarms: [AlarmRecord] = [],
        transitions: [AlarmTransition] = [],
        events: [EventRecord] = [],
        tracker: TrackerSnapshot? = nil,
        operatorActions: [OperatorAction] = []
    ) {
        self.window = window
        self.alarms = alarms
        self.transitions = transitions
        self.events = events
        self.tracker = tracker
        self.operatorActions = operatorActions
    }

    /// Whether losing this commit to a power failure would lose something the outside was or will be told.
    package var isPrecious: Bool { !events.isEmpty || !transitions.isEmpty || !operatorActions.isEmpty }
}

/// What a commit did.
public struct CommitReceipt: Hashable, Sendable {
    /// False when the machine already had a window with that start: the earlier one stands, counted once.
    public let windowIsNew: Bool
    /// Outbox rows written.
    public let deliveries: Int
}
