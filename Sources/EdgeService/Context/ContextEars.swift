// Subscriptions to machines' context topics, and the way of their values to the health desk.
import Acquisition
import Foundation
import Logging
import MQTT

/// Hears what is told of machines beside their sound.
actor ContextEars {
    /// A machine and the source a message of some topic is for.
    private struct Listener: Sendable {
        let machine: String
        let source: ContextSource
    }

    private let client: MQTTClient
    private let logger: Logger
    private let tell: @Sendable (_ machine: String, _ signal: String, _ value: String?) -> Void
    private var subscriptions: [MQTTSubscription] = []
    private var heard: [String: [ContextSource]] = [:]

    init(
        client: MQTTClient,
        logger: Logger,
        tell: @escaping @Sendable (_ machine: String, _ signal: String, _ value: String?) -> Void
    ) {
        self.client = client
        self.logger = logger
        self.tell = tell
    }

    /// Subscribes to the topics of a configuration and gives up those it has no more.
    ///
    /// A retained message is welcome: it says how things are.
    func listen(_ machines: [MachineConfiguration]) async {
        let wanted = Dictionary(
            uniqueKeysWithValues: machines.filter { !$0.context.sources.isEmpty }.map { ($0.id, $0.context.sources) }
        )
        guard wanted != heard else { return }
        let listeners = Dictionary(
            grouping: wanted.flatMap { machine, sources in sources.map { Listener(machine: machine, source: $0) } },
            by: \.source.topic
        )
        // All anew: a topic may mean something else now, and its retained message has to be heard again.
        let before = subscriptions
        subscriptions = []
        for (topic, listeners) in listeners.sorted(by: { $0.key < $1.key }) {
            do {
                let subscription = try await client.subscribe(to: topic, qos: .atLeastOnce) { [tell] message in
                    for listener in listeners {
                        let value = ContextPayload.value(message.payload, at: listener.source.pointer)
                        tell(listener.machine, listener.source.signal.name, value)
                    }
                }
                subscriptions.append(subscription)
            } catch {
                // The machine is then followed as if the signal had never come: nothing is suppressed.
                let machines = listeners.map(\.machine).sorted().joined(separator: ", ")
                logger.error("context topic \(topic) of \(machines) cannot be followed: \(error)")
            }
        }
        for subscription in before { subscription.cancel() }
        heard = wanted
    }
}
