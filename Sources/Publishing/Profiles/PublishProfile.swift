// What every publish profile beside the plain JSON one has in common: it sees whole machines and owns its rows in the outbox.
import Foundation
import MachineHealth
import TrendLog

/// A machine as a publish profile sees it, after something changed.
public struct MachinePicture: Sendable {
    /// Its labels.
    public var vocabulary: LabelVocabulary
    /// Every fault's alarm.
    public var records: [AlarmRecord]
    /// Its health.
    public var health: MachineHealthState
    /// Its stream of sound.
    public var stream: StreamStatus
    /// Name and hash of the model that judges it.
    public var model: String
    /// When this was so: the end of the window, or the time of the command.
    public var time: Date
    /// The last thing that happened to it since the picture before, where something did.
    public var event: HealthEvent?

    /// The machine.
    public var machine: String { health.machine }

    /// Takes the picture of a machine.
    public init(_ monitor: MachineMonitor, stream: StreamStatus, model: String, time: Date) {
        vocabulary = monitor.vocabulary
        records = monitor.records
        health = monitor.health
        self.stream = stream
        self.model = model
        self.time = time
    }

    /// A label's names.
    public func name(of label: LabelID) -> LocalizedName? { vocabulary[label]?.name }
}

/// A further way to tell the outside how machines are.
///
/// `show` and `forget` return at once: they are called between a machine's windows.
public protocol PublishProfile: Sendable {
    /// Outbox rows an event is to be committed with; they are the profile's own to send.
    func deliveries(of event: HealthEvent, in picture: MachinePicture) -> [OutboxDelivery]
    /// A machine reads differently; what happened to it is committed.
    func show(_ picture: MachinePicture)
    /// A machine is configured no more.
    func forget(machine: String)
    /// Works until `close` or until the task is cancelled.
    func run() async
    /// Says goodbye, after sending what is due; returns when nothing is sent any more.
    func close() async
}

extension PublishProfile {
    public func deliveries(of event: HealthEvent, in picture: MachinePicture) -> [OutboxDelivery] { [] }
    public func run() async {}
    public func close() async {}
}
