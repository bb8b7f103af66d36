// MQTT 5 first, 3.1.1 where the broker wants it: the decision alone, and with brokers that do want it.

import BrokerSupport
import Foundation
import Testing

@testable import MQTT

@Suite("MQTT: protocol versions")
struct ProtocolFallbackTests {
    @Test("a refused version switches at once and stays switched")
    func refusedVersion() {
        var negotiation = ProtocolNegotiation(preferred: .v5)
        let refused = negotiation.attemptEnded(.versionRefused)
        #expect(refused)
        #expect(negotiation.version == .v311)
        let accepted = negotiation.attemptEnded(.accepted)
        let other = negotiation.attemptEnded(.other)
        #expect(!accepted && !other)
        #expect(negotiation.version == .v311)
    }

    @Test("silent closes switch after two, and back after two more")
    func silentCloses() {
        var negotiation = ProtocolNegotiation(preferred: .v5)
        var versions: [MQTTProtocolVersion] = []
        for _ in 0..<6 {
            versions.append(negotiation.version)
            let isAtOnce = negotiation.attemptEnded(.closedWithoutAnswer)
            #expect(!isAtOnce)
        }
        #expect(versions == [.v5, .v5, .v311, .v311, .v5, .v5])
    }

    @Test("3.1.1 asked for explicitly is never given up, and both refused does not spin")
    func explicitVersion() {
        var explicit = ProtocolNegotiation(preferred: .v311)
        for outcome in [AttemptOutcome.versionRefused, .closedWithoutAnswer, .closedWithoutAnswer, .other] {
            let isAtOnce = explicit.attemptEnded(outcome)
            #expect(!isAtOnce)
            #expect(explicit.version == .v311)
        }
        var both = ProtocolNegotiation(preferred: .v5)
        let first = both.attemptEnded(.versionRefused)
        let second = both.attemptEnded(.versionRefused)
        #expect(first && !second)
        #expect(both.version == .v5)
    }

    @Test(
        "refusals are told apart",
        arguments: [
            (Int32(132), MQTTProtocolVersion.v5, Refusal.version), (1, .v5, .version), (1, .v311, .version),
            (134, .v5, .needsAction), (135, .v5, .needsAction), (133, .v5, .needsAction), (138, .v5, .needsAction),
            (4, .v311, .needsAction), (5, .v311, .needsAction), (2, .v311, .needsAction), (3, .v311, .temporary),
            (136, .v5, .temporary), (137, .v5, .temporary), (151, .v5, .temporary), (159, .v5, .temporary),
        ]
    )
    func refusals(code: Int32, version: MQTTProtocolVersion, expected: Refusal) {
        #expect(Refusal(code: code, version: version) == expected)
    }

    @Test("a forced 3.1.1 connection carries messages without properties")
    func forced311() async throws {
        try await PrivateBroker.with { broker in
            var configuration = MQTTConfiguration(broker: broker.address)
            configuration.preferredVersion = .v311
            let client = try MQTTClient(configuration)
            let inbox = Inbox<MQTTMessage>()
            try client.start()
            try await client.waitUntilConnected()
            #expect(client.connectionState == .connected(sessionPresent: false, protocolVersion: .v311))
            try await client.subscribe(to: "old/+") { inbox.put($0) }
            try await client.publish(
                topic: "old/1",
                payload: Data("x".utf8),
                properties: MQTTProperties(contentType: "audio/wav")
            )
            let message = try #require(try await inbox.wait(count: 1).first)
            #expect(message.payloadText == "x")
            #expect(message.properties == .none)
            await client.stop()
        }
    }

    @Test(
        "a broker of 3.1.1 only is used with 3.1.1, whether it answers MQTT 5 or just hangs up",
        arguments: ["answer", "close"]
    )
    func oldBroker(behaviour: String) async throws {
        try await PrivateBroker.with { broker in
            let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .appendingPathComponent("Support/v311_only_proxy.py")
            let proxy = try await HelperServer(script: script, arguments: [String(broker.address.port), behaviour])
            let client = try MQTTClient(
                MQTTConfiguration(broker: BrokerAddress(host: "127.0.0.1", port: proxy.port))
            )
            let inbox = Inbox<MQTTMessage>()
            try client.start()
            try await client.waitUntilConnected()
            #expect(client.connectionState == .connected(sessionPresent: false, protocolVersion: .v311))
            try await client.subscribe(to: "old") { inbox.put($0) }
            try await client.publish(topic: "old", payload: Data("x".utf8))
            try await inbox.wait(count: 1)
            await client.stop()
        }
    }
}
