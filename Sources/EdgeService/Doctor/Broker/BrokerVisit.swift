// Goes to the broker as the service would, under a name of its own, and listens; publishes nothing.
import Foundation
import Logging
import MQTT

/// One visit at the broker.
struct BrokerVisit: Sendable {
    /// Longest wait for the broker's answer.
    private static let answerSeconds = 30.0
    /// Attempts that end without an answer before the doctor gives up: an old broker hangs up twice on MQTT 5.
    private static let attempts = 3

    let configuration: ServiceConfiguration
    let listenSeconds: Double
    /// Told when listening begins.
    let say: @Sendable (String) -> Void

    /// What was found on the way, and what was heard; nil where no listening came about.
    func make() async -> (facts: BrokerFacts, heard: HeardPlant?) {
        let broker = configuration.broker
        var facts = BrokerFacts(
            address: broker.address,
            username: broker.username,
            hasClientCertificate: broker.certificateFile != nil,
            hasAuthorities: broker.caFile != nil
        )
        let (resolution, reach) = await BrokerKnock.reach(broker.address)
        facts.resolution = resolution
        facts.reach = reach
        guard case .open = reach else { return (facts, nil) }
        if broker.address.usesTLS { facts.certificate = await BrokerKnock.certificate(broker) }
        do {
            let client = try Self.client(try configuration.senderMQTT())
            facts.connection = try await Self.connect(client)
            var heard: HeardPlant?
            if case .accepted(let version) = facts.connection {
                heard = try await listen(client, version: version, facts: &facts)
            }
            await client.stop(graceSeconds: 0)
            return (facts, heard)
        } catch {
            facts.connection = .refused(reason: "\(error)")
            return (facts, nil)
        }
    }

    /// A client that logs nothing, tries again soon and whose id is its own.
    static func client(_ settings: MQTTConfiguration) throws -> MQTTClient {
        var settings = settings
        settings.clientID = MQTTConfiguration.randomClientID(prefix: "ausculta-doctor")
        settings.reconnect = BackOff.Limits(firstSeconds: 0.1, longestSeconds: 0.5)
        return try MQTTClient(settings, logger: Logger(label: "ausculta.doctor") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Starts a client and waits for the broker's answer.
    static func connect(_ client: MQTTClient) async throws -> BrokerFacts.Connection {
        try client.start()
        let states = client.connectionStates
        return await withTaskGroup(of: BrokerFacts.Connection.self) { group in
            group.addTask {
                var hasTried = false
                var failures = 0
                for await state in states {
                    switch state {
                    case .connecting: hasTried = true
                    case .connected(_, let version): return .accepted(version)
                    case .refused(let reason): return .refused(reason: reason)
                    case .disconnected(let reason):
                        guard hasTried else { continue }
                        failures += 1
                        if failures >= attempts { return .failed(reason: reason) }
                    case .stopped: return .failed(reason: "the client was stopped")
                    }
                }
                return .failed(reason: "no answer")
            }
            group.addTask {
                try? await Task.sleep(for: .seconds(answerSeconds))
                return .failed(reason: "no answer within \(Int(answerSeconds)) s")
            }
            defer { group.cancelAll() }
            return await group.next() ?? .failed(reason: "no answer")
        }
    }

    private func listen(
        _ client: MQTTClient,
        version: MQTTProtocolVersion,
        facts: inout BrokerFacts
    ) async throws -> HeardPlant {
        let ears = SoundWatch(maximumPayloadBytes: configuration.intake.maxPayloadBytes, dropsCopies: version == .v311)
        for machine in configuration.machines {
            do {
                try await client.subscribe(to: machine.topic, handler: ears.handler(for: machine))
                facts.grantedFilterCount += 1
            } catch MQTTError.subscriptionRefused(_, let reason) {
                facts.refusedFilters[machine.topic] = reason
            }
        }
        // What belongs to a machine comes by the machine's own subscription.
        let claimed = configuration.machines.compactMap { try? TopicFilter($0.topic) }
        let rest = ears.handler { topic in !claimed.contains { $0.matches(topic) } }
        var seesWholeSite = true
        do {
            try await client.subscribe(to: "ausculta/\(configuration.site)/#", handler: rest)
        } catch MQTTError.subscriptionRefused {
            seesWholeSite = false
        }
        say(
            "listening to \(configuration.machines.count) machines for up to \(Quantities.text(seconds: listenSeconds))…"
        )
        let names = Set(configuration.machines.map(\.id))
        let topics = try await ears.listen(seconds: listenSeconds) { heard in
            let well = heard.filter { $0.value.seconds >= SoundWatch.enoughSeconds }
            return names.isSubset(of: Set(well.keys.compactMap(\.machine)))
        }
        return HeardPlant(
            seconds: listenSeconds,
            machines: configuration.machines.map { machine in
                HeardMachine(
                    id: machine.id,
                    filter: machine.topic,
                    isRefused: facts.refusedFilters[machine.topic] != nil,
                    topics: topics.filter { $0.key.machine == machine.id }.map { $0.value }.sorted {
                        $0.topic < $1.topic
                    }
                )
            },
            unclaimed: topics.filter { $0.key.machine == nil && $0.value.recognised > 0 }.map { $0.value }
                .sorted { $0.topic < $1.topic },
            seesWholeSite: seesWholeSite
        )
    }
}
