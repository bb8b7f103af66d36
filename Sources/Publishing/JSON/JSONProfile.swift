// The plain JSON publish profile: domain values in, messages and a commit out. Pure, so that tests need no broker.
import Foundation
import MachineHealth
import TrendLog

/// What a window or a command comes to: first the commit, then the messages.
public struct PublishPlan: Sendable {
    /// Written before anything is sent; holds the events with their outbox rows.
    public var commit: WindowCommit
    /// Retained topics that read differently now.
    public var retained: [OutgoingMessage]
    /// Messages worth sending only now (QoS 0).
    public var live: [OutgoingMessage]

    /// Commits the same and tells nothing.
    mutating func mute() {
        retained = []
        live = []
        for index in commit.events.indices { commit.events[index].deliveries = [] }
    }
}

/// Turns windows and health actions into the messages of the plain JSON profile.
public struct JSONProfile: Sendable {
    /// The outbox target of this profile's events.
    public static let target = "json"

    /// The site's topics.
    public let topics: TopicScheme

    /// Makes the profile of a site.
    public init(topics: TopicScheme) {
        self.topics = topics
    }

    /// What to commit and publish for a window, a command or the passing of time.
    ///
    /// - Parameters:
    ///   - window: the judged window, where there is one.
    ///   - actions: what the machine's monitor asked for.
    ///   - tracker: the monitor's state after it.
    ///   - stream: the machine's stream as counted by the intake.
    ///   - outlook: the machine's trends, where they are followed.
    ///   - name: a label's names.
    public func plan(
        window: WindowRecord?,
        actions: [HealthAction],
        tracker: TrackerSnapshot? = nil,
        stream: StreamStatus = StreamStatus(),
        outlook: MachineOutlook? = nil,
        name: (LabelID) -> LocalizedName?
    ) throws -> PublishPlan {
        var plan = PublishPlan(commit: WindowCommit(window: window, tracker: tracker), retained: [], live: [])
        if let window { plan.live.append(try windowMessage(window)) }
        for action in actions {
            switch action {
            case .transition(let transition):
                plan.commit.transitions.append(transition)
            case .event(let event):
                plan.commit.events.append(try eventRecord(event, name: event.label.flatMap(name)))
            case .nearMiss:
                // Told by the event that comes with it.
                continue
            case .recordChanged(let alarm):
                plan.commit.alarms.append(alarm)
                plan.retained.append(try faultMessage(alarm, name: name(alarm.label)))
            case .stateChanged(let health):
                plan.retained.append(try stateMessage(health, stream: stream, outlook: outlook))
            }
        }
        return plan
    }

    /// A window's message.
    public func windowMessage(_ record: WindowRecord) throws -> OutgoingMessage {
        OutgoingMessage(
            topic: topics.window(machine: record.observation.machine),
            payload: try PayloadCoder.encode(WindowPayload(record, site: topics.site)),
            qos: 0
        )
    }

    /// A fault's retained message.
    public func faultMessage(_ alarm: AlarmRecord, name: LocalizedName?) throws -> OutgoingMessage {
        OutgoingMessage(
            topic: topics.fault(machine: alarm.machine, label: alarm.label),
            payload: try PayloadCoder.encode(FaultPayload(alarm, name: name, site: topics.site)),
            retain: true
        )
    }

    /// A machine's retained state message.
    public func stateMessage(
        _ health: MachineHealthState,
        stream: StreamStatus,
        outlook: MachineOutlook? = nil
    ) throws -> OutgoingMessage {
        OutgoingMessage(
            topic: topics.state(machine: health.machine),
            payload: try PayloadCoder.encode(
                StatePayload(health, stream: stream, site: topics.site, outlook: outlook)
            ),
            retain: true
        )
    }

    /// An event as it is stored, with the outbox row that will tell of it.
    public func eventRecord(_ event: HealthEvent, name: LocalizedName?) throws -> EventRecord {
        let payload = try PayloadCoder.encode(EventPayload(event, name: name, site: topics.site))
        let delivery = OutboxDelivery(
            target: Self.target,
            topic: topics.event(machine: event.machine),
            payload: payload
        )
        return EventRecord(event: event, payload: payload, deliveries: [delivery])
    }

    /// A node's retained status message; with `.offline` and no time it is the will.
    public func nodeStatusMessage(
        node: String,
        status: NodeStatusPayload.Status,
        version: String,
        since: Date?
    ) throws -> OutgoingMessage {
        OutgoingMessage(
            topic: topics.nodeStatus(node: node),
            payload: try PayloadCoder.encode(
                NodeStatusPayload(status: status, node: node, site: topics.site, version: version, since: since)
            ),
            retain: true
        )
    }
}
