// One connection of the Sparkplug node, from the first CONNECT to the last word. The client inside reconnects by itself.
import Foundation
import Logging
import MQTT
import SparkplugB

/// A client with the session rules of an edge node: a clean start, and a will that is the NDEATH of its birth.
final class SparkplugConnection: Sendable {
    /// Messages handed over and not yet written.
    static let queueLimit = 4_096
    private static let retryDelay = Duration.milliseconds(10)

    private let name: EdgeNodeName
    private let client: MQTTClient
    private let numbers: BirthDeathNumbers
    private let inbox: SparkplugInbox
    private let host: String?

    /// Checks the settings; nothing is sent yet.
    init(
        _ settings: SparkplugSettings,
        numbers: BirthDeathNumbers,
        inbox: SparkplugInbox,
        now: @escaping @Sendable () -> Date,
        logger: Logger
    ) throws {
        let name = settings.name
        var mqtt = settings.mqtt
        mqtt.cleanStart = true
        mqtt.sessionExpirySeconds = 0
        mqtt.maximumQueuedQoS0 = Self.queueLimit
        mqtt.connectWasSent = { numbers.connectWasSent() }
        mqtt.will = {
            MQTTWill(
                topic: name.topic(.nodeDeath),
                payload: Self.death(numbers.beginAttempt(), at: now()),
                qos: .atLeastOnce,
                retain: false
            )
        }
        self.name = name
        self.numbers = numbers
        self.inbox = inbox
        host = settings.primaryHost
        client = try MQTTClient(mqtt, logger: logger)
    }

    private static func death(_ number: UInt8, at time: Date) -> Data {
        SparkplugPayload(
            timestampMS: time.sparkplugMS,
            metrics: [SparkplugMapping.birthDeath(number, time: time)]
        ).encoded()
    }

    /// Connects, and goes on telling the inbox what happens until the client is stopped.
    func run() async throws {
        for filter in [name.topic(.nodeCommand), name.deviceCommandFilter] {
            try await client.subscribe(to: filter, qos: .atLeastOnce) { [inbox] message in
                // A retained command is one of another day.
                if !message.retain { inbox.put(.command(message)) }
            }
        }
        if let host {
            try await client.subscribe(to: SparkplugTopic.hostState(host: host).text, qos: .atLeastOnce) {
                [inbox, numbers] message in
                guard let state = HostState(json: message.payload) else { return }
                inbox.put(.host(state, attempt: numbers.attempts))
            }
        }
        let states = client.connectionStates
        try client.start()
        for await state in states {
            switch state {
            case .connected: inbox.put(.connected(attempt: numbers.attempts))
            case .disconnected, .refused: inbox.put(.disconnected)
            case .connecting, .stopped: continue
            }
        }
    }

    /// Whether the broker has accepted the connection and it stands.
    var isConnected: Bool { client.connectionState.isConnected }

    /// Sends one message, waiting while too many are on their way.
    ///
    /// - Throws: where the connection is not the one of `attempt` any more.
    func publish(_ payload: Data, to topic: String, attempt: Int) async throws {
        while true {
            guard numbers.attempts == attempt else {
                throw MQTTError.connectionLost(topic: topic, reason: "the connection is another one by now")
            }
            do {
                return try await client.publish(topic: topic, payload: payload, qos: .atMostOnce, retain: false)
            } catch MQTTError.outgoingQueueFull {
                try await Task.sleep(for: Self.retryDelay)
            }
        }
    }

    /// Returns when the broker has taken everything sent so far.
    func confirm(attempt: Int) async throws {
        try await client.confirmDelivery(bySubscribingAgainTo: name.topic(.nodeCommand))
        guard numbers.attempts == attempt else {
            throw MQTTError.notConnected(broker: "\(client.configuration.broker)", state: "connected anew")
        }
    }

    /// Dies in order: the broker publishes the NDEATH of the will (MQTT 5, reason 0x04), or it is sent first (3.1.1).
    func leave(at time: Date) async {
        var publishesWill = true
        if case .connected(_, .v311) = client.connectionState {
            publishesWill = false
            try? await client.publish(
                topic: name.topic(.nodeDeath),
                payload: Self.death(numbers.current, at: time),
                qos: .atLeastOnce
            )
        }
        await client.stop(publishingWill: publishesWill)
    }
}
