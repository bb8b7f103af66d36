// Messages through a real broker: what is published arrives, with everything that was attached to it.

import BrokerSupport
import Foundation
import MQTT
import Testing

@Suite("MQTT: publish and subscribe through a real broker")
struct PublishSubscribeTests {
    @Test("a message arrives and QoS 1 returns on PUBACK", arguments: MQTTQoS.allCases)
    func roundTrip(qos: MQTTQoS) async throws {
        try await PrivateBroker.with { broker in
            let client = try MQTTClient(MQTTConfiguration(broker: broker.address))
            let inbox = Inbox<MQTTMessage>()
            try client.start()
            try await client.waitUntilConnected()
            try await client.subscribe(to: "plant1/+/audio", qos: qos) { inbox.put($0) }
            try await client.publish(topic: "plant1/pump-1/audio", payload: Data("hum".utf8), qos: qos)
            let message = try #require(try await inbox.wait(count: 1).first)
            #expect(message.topic == "plant1/pump-1/audio")
            #expect(message.payloadText == "hum")
            #expect(message.qos == qos)
            #expect(!message.retain)
            await client.stop()
            #expect(client.statistics.messagesOut == 1)
            #expect(client.statistics.bytesIn == 3)
            #expect(client.statistics.publishesFailed == 0)
        }
    }

    @Test("MQTT 5 properties arrive as they were sent")
    func properties() async throws {
        try await PrivateBroker.with { broker in
            let client = try MQTTClient(MQTTConfiguration(broker: broker.address))
            let inbox = Inbox<MQTTMessage>()
            try client.start()
            try await client.waitUntilConnected()
            try await client.subscribe(to: "a/b") { inbox.put($0) }
            let sent = MQTTProperties(
                contentType: "audio/L16;rate=16000;channels=1",
                responseTopic: "a/b/result",
                correlationData: Data([0, 1, 2, 255]),
                userProperties: [
                    MQTTUserProperty("seq", "1"), MQTTUserProperty("名称", "轴承缺油"), MQTTUserProperty("seq", "2"),
                ],
                messageExpirySeconds: 3_600,
                payloadIsUTF8: true
            )
            try await client.publish(topic: "a/b", payload: Data("x".utf8), properties: sent)
            let received = try #require(try await inbox.wait(count: 1).first)
            var withoutExpiry = received.properties
            withoutExpiry.messageExpirySeconds = 3_600
            #expect(withoutExpiry == sent)
            // The broker takes off the seconds the message waited.
            let expiry = try #require(received.messageExpirySeconds)
            #expect(expiry > 3_500 && expiry <= 3_600)
            #expect(received.properties.userProperty("seq") == "1")
            await client.stop()
        }
    }

    @Test("a retained message greets a later subscriber, an empty one removes it")
    func retained() async throws {
        try await PrivateBroker.with { broker in
            let client = try MQTTClient(MQTTConfiguration(broker: broker.address))
            try client.start()
            try await client.waitUntilConnected()
            try await client.publish(topic: "tag/1", payload: Data("on".utf8), retain: true)
            let first = Inbox<MQTTMessage>()
            let subscription = try await client.subscribe(to: "tag/#") { first.put($0) }
            let greeting = try #require(try await first.wait(count: 1).first)
            #expect(greeting.retain)
            #expect(greeting.payloadText == "on")
            subscription.cancel()
            try await client.publish(topic: "tag/1", payload: Data(), retain: true)
            let second = Inbox<MQTTMessage>()
            try await client.subscribe(to: "tag/#") { second.put($0) }
            try await client.publish(topic: "tag/2", payload: Data("end".utf8))
            #expect(try await second.wait(count: 1).map(\.topic) == ["tag/2"])
            #expect(first.values.count == 1)
            await client.stop()
        }
    }

    @Test("one megabyte passes unchanged")
    func bigPayload() async throws {
        try await PrivateBroker.with { broker in
            let client = try MQTTClient(MQTTConfiguration(broker: broker.address))
            let inbox = Inbox<MQTTMessage>()
            try client.start()
            try await client.waitUntilConnected()
            try await client.subscribe(to: "big") { inbox.put($0) }
            let payload = Data((0..<1_048_576).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) })
            try await client.publish(topic: "big", payload: payload)
            #expect(try await inbox.wait(count: 1).first?.payload == payload)
            await client.stop()
        }
    }

    @Test("a message larger than the broker takes is refused with its size")
    func oversized() async throws {
        try await PrivateBroker.with(extraLines: ["max_packet_size 1000"]) { broker in
            let client = try MQTTClient(MQTTConfiguration(broker: broker.address))
            try client.start()
            try await client.waitUntilConnected()
            await #expect(throws: MQTTError.payloadTooLarge(topic: "big", bytes: 5_000)) {
                try await client.publish(topic: "big", payload: Data(count: 5_000))
            }
            try await client.publish(topic: "small", payload: Data(count: 500))
            await client.stop()
        }
    }

    @Test("a hundred QoS 1 messages at once pass a window of three, none lost, none twice")
    func boundedInFlight() async throws {
        try await PrivateBroker.with { broker in
            var configuration = MQTTConfiguration(broker: broker.address)
            configuration.maximumInFlight = 3
            let client = try MQTTClient(configuration)
            let inbox = Inbox<MQTTMessage>()
            try client.start()
            try await client.waitUntilConnected()
            try await client.subscribe(to: "n/+") { inbox.put($0) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<100 {
                    group.addTask { try await client.publish(topic: "n/\(number)", payload: Data("x".utf8)) }
                }
                try await group.waitForAll()
            }
            let topics = try await inbox.wait(count: 100).map(\.topic)
            #expect(Set(topics).count == 100)
            #expect(topics.count == 100)
            await client.stop()
        }
    }

    @Test("a slow reader loses the oldest messages, and each loss is counted")
    func boundedBuffer() async throws {
        try await PrivateBroker.with { broker in
            let client = try MQTTClient(MQTTConfiguration(broker: broker.address))
            try client.start()
            try await client.waitUntilConnected()
            let stream = try await client.messages(of: "s/+", bufferLimit: 10)
            let inbox = Inbox<MQTTMessage>()
            try await client.subscribe(to: "s/#") { inbox.put($0) }
            for number in 0..<50 { try await client.publish(topic: "s/\(number)", payload: Data()) }
            try await inbox.wait(count: 50)
            try await client.publish(topic: "s/end", payload: Data())
            try await inbox.wait(count: 51)
            var kept: [String] = []
            for await message in stream {
                kept.append(message.topic)
                if message.topic == "s/end" { break }
            }
            #expect(kept == (41..<50).map { "s/\($0)" } + ["s/end"])
            #expect(stream.droppedCount == 41)
            #expect(client.statistics.messagesDropped == 41)
            await client.stop()
        }
    }
}
