// From a topic to a machine's inbox: what the MQTT callback does with each message of audio.
import Acquisition
import Foundation
import Logging
import MQTT
import Publishing
import Synchronization

/// Which machine a topic's audio belongs to, and the inboxes it goes to.
final class AudioRouter: Sendable {
    private struct Routes {
        /// Filters without wildcards.
        var exact: [String: String] = [:]
        var wildcards: [(filter: TopicFilter, machine: String)] = []
        var inboxes: [String: MachineInbox] = [:]
        var strangers: Set<String> = []
    }

    private static let rememberedStrangers = 1_000

    private let routes = Mutex(Routes())
    private let logger: Logger

    init(logger: Logger) {
        self.logger = logger
    }

    /// Replaces all routes; inboxes of machines that stay are kept by the caller.
    func replace(_ machines: [MachineConfiguration], inboxes: [String: MachineInbox]) throws {
        var exact: [String: String] = [:]
        var wildcards: [(TopicFilter, String)] = []
        for machine in machines {
            if machine.topic.contains("+") || machine.topic.contains("#") {
                wildcards.append((try TopicFilter(machine.topic), machine.id))
            } else {
                exact[machine.topic] = machine.id
            }
        }
        let (newExact, newWildcards) = (exact, wildcards)
        routes.withLock { routes in
            routes.exact = newExact
            routes.wildcards = newWildcards.map { ($0.0, $0.1) }
            routes.inboxes = inboxes
            routes.strangers = []
        }
    }

    /// Chunks that wait in each machine's inbox now.
    var queuedChunks: [String: Int] {
        let inboxes = routes.withLock { $0.inboxes }
        return inboxes.mapValues(\.count)
    }

    /// Hands a message to its machine's inbox; never waits. Runs on the network thread.
    func deliver(_ message: MQTTMessage, at arrival: Date) {
        // A retained chunk is an old one: the broker repeats it at every reconnect.
        guard !message.retain else { return }
        let (inbox, machine, isNewStranger) = routes.withLock { routes -> (MachineInbox?, String, Bool) in
            let machine =
                routes.exact[message.topic]
                ?? routes.wildcards.first { $0.filter.matches(message.topic) }?.machine
            if let machine, let inbox = routes.inboxes[machine] { return (inbox, machine, false) }
            let isNew =
                routes.strangers.count < Self.rememberedStrangers && routes.strangers.insert(message.topic).inserted
            return (nil, "", isNew)
        }
        guard let inbox else {
            if isNewStranger {
                logger.warning(
                    """
                    audio on \(message.topic) belongs to no configured machine and is ignored; add the machine to the \
                    configuration, or correct the sender's topic
                    """
                )
            }
            return
        }
        inbox.push(
            AudioChunk(
                machine: machine,
                arrival: arrival,
                payload: message.payload,
                contentType: message.contentType,
                userProperties: message.userProperties.map { ($0.name, $0.value) }
            )
        )
    }

    /// The subscriptions that bring every machine's audio, without overlap: a broker may send a message once per
    /// matching subscription.
    ///
    /// The site's own `…/+/audio` is always among them, so that audio of a machine nobody configured is noticed.
    static func filters(for machines: [MachineConfiguration], topics: TopicScheme) -> [String] {
        let common = topics.audio(machine: "+")
        let own = machines.map(\.topic).filter { !TopicFilter.matches(filter: common, topic: $0) }
        return [common] + Array(Set(own)).sorted()
    }
}
