// Listens to a broker nobody has configured yet, for topics that carry audio.
import Foundation
import MQTT

/// What a broker had to offer while somebody listened.
public struct FirstListening: Sendable {
    /// What keeps the broker from being heard; empty where it was.
    public let problems: [DoctorFinding]
    private let heard: [HeardTopic]

    /// The site that most machines heard belong to; nil where none has a usual topic.
    public var site: String? { MachineProposals.site(of: heard) }

    /// Machines that were heard, for a site.
    public func machines(site: String) -> [MachineProposal] { MachineProposals.machines(from: heard, site: site) }

    /// Listens.
    ///
    /// - Parameters:
    ///   - configuration: the broker and the way in.
    ///   - say: told when listening begins, and of every topic with audio.
    /// - Throws: what keeps a listener from being made, such as a password file that cannot be read.
    public static func listen(
        _ configuration: FirstConfiguration,
        seconds: Double,
        say: (String) -> Void
    ) async throws -> FirstListening {
        let broker = BrokerConfiguration(
            address: try BrokerAddress(url: configuration.brokerURL),
            username: configuration.username,
            passwordFile: configuration.passwordFile,
            caFile: configuration.authorityFile,
            clientID: "ausculta",
            keepAliveSeconds: 30
        )
        var facts = BrokerFacts(
            address: broker.address,
            username: broker.username,
            hasAuthorities: broker.caFile != nil
        )
        let (resolution, reach) = await BrokerKnock.reach(broker.address)
        facts.resolution = resolution
        facts.reach = reach
        guard case .open = reach else { return FirstListening(facts, []) }
        if broker.address.usesTLS { facts.certificate = await BrokerKnock.certificate(broker) }
        let client = try BrokerVisit.client(
            MQTTConfiguration(
                broker: broker.address,
                username: broker.username,
                password: try broker.readPassword(),
                tls: MQTTTLS(caFile: broker.caFile)
            )
        )
        facts.connection = try await BrokerVisit.connect(client)
        guard case .accepted(let version) = facts.connection else {
            await client.stop(graceSeconds: 0)
            return FirstListening(facts, [])
        }
        let watch = SoundWatch(maximumPayloadBytes: 32 << 20, dropsCopies: version == .v311)
        let take = watch.handler { _ in true }
        do {
            try await client.subscribe(to: "#", handler: take)
        } catch MQTTError.subscriptionRefused {
            // Brokers that keep the whole tree to themselves may still show ours.
            do {
                try await client.subscribe(to: "ausculta/#", handler: take)
            } catch MQTTError.subscriptionRefused(let filter, let reason) {
                facts.refusedFilters[filter] = reason
            }
        }
        say("listening on \(broker.address) for \(Quantities.text(seconds: seconds))…")
        var told: Set<String> = []
        let topics = try await watch.listen(seconds: seconds) { heard in
            for topic in heard.values where topic.recognised > 0 && told.insert(topic.topic).inserted {
                say("heard \(topic.topic): \(topic.format ?? "audio")")
            }
            return false
        }
        await client.stop(graceSeconds: 0)
        return FirstListening(facts, topics.values.sorted { $0.topic < $1.topic })
    }

    private init(_ facts: BrokerFacts, _ heard: [HeardTopic]) {
        problems = BrokerCheck(facts: facts, now: Date()).findings.filter { $0.status == .problem }
        self.heard = heard
    }
}
