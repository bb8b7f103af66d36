// Publishing through a real mosquitto: a broker that is away, restarted and without memory.
import BrokerSupport
import Foundation
import MQTT
import MachineHealth
import Testing
import TrendLog

@testable import Publishing

@Suite("Publishing through a real broker", .timeLimit(.minutes(20)))
struct BrokerTests {
    private let folder: TemporaryStore
    private var store: TrendLogStore { folder.store }

    init() throws { folder = try TemporaryStore() }

    private func client(_ broker: PrivateBroker) throws -> MQTTClient {
        try MQTTClient(MQTTConfiguration(broker: broker.address), logger: Samples.quiet)
    }

    private func publisher(_ client: MQTTClient) throws -> HealthPublisher {
        HealthPublisher(
            profile: JSONProfile(topics: try Samples.topics()),
            store: store,
            publisher: client,
            logger: Samples.quiet,
            now: { Samples.start }
        )
    }

    @Test("what happens reaches a subscriber: window, event and retained topics, committed first")
    func record() async throws {
        try await PrivateBroker.with { broker in
            let (sender, receiver) = (try client(broker), try client(broker))
            let inbox = Inbox<MQTTMessage>()
            try receiver.start()
            try await receiver.waitUntilConnected()
            try await receiver.subscribe(to: "ausculta/#", qos: .atLeastOnce) { inbox.put($0) }
            try sender.start()
            try await sender.waitUntilConnected()
            let health = try publisher(sender)
            try await running(health.run) {
                let event = Samples.event(id: Samples.eventID)
                try await health.record(
                    window: Samples.window(),
                    actions: [.event(event), .recordChanged(Samples.alarm())],
                    name: { _ in Samples.oilName }
                )
                #expect(try await store.reader.events().map(\.id) == [Samples.eventID])
                let seen = try await inbox.wait(count: 3)
                #expect(
                    Set(seen.map(\.topic)) == [
                        "ausculta/plant1/compressor-2/window", "ausculta/plant1/compressor-2/event",
                        "ausculta/plant1/compressor-2/fault/bearing-lacking-oil",
                    ]
                )
                let told = try #require(seen.first { $0.topic.hasSuffix("/event") })
                #expect(try PayloadCoder.decode(EventPayload.self, from: told.payload).id == Samples.eventID.text)
                #expect(told.contentType == "application/json")
            }
            let late = Inbox<MQTTMessage>()
            try await receiver.subscribe(to: "ausculta/plant1/+/fault/+", qos: .atLeastOnce) { late.put($0) }
            let retained = try #require(try await late.wait(count: 1).first)
            #expect(retained.retain)
            #expect(try PayloadCoder.decode(FaultPayload.self, from: retained.payload).active)
            #expect(health.liveMessagesLost == 0)
            await sender.stop()
            await receiver.stop()
        }
    }

    @Test("events from while the broker was away arrive after it, complete and in order; retained topics come back")
    func brokerAway() async throws {
        try await PrivateBroker.with { broker in
            let sender = try client(broker)
            try sender.start()
            try await sender.waitUntilConnected()
            let health = try publisher(sender)
            health.retained.set(
                OutgoingMessage(topic: "ausculta/plant1/x/state", payload: Data("now".utf8), retain: true)
            )
            try await running(health.run) {
                try await Samples.commit(0..<5, to: store)
                health.outbox.wake()
                while try await store.reader.outboxStatus().pending > 0 { await Task.yield() }
                // A broker without persistence forgets all it was told.
                broker.kill9()
                try await sender.waitForState("loss of the broker") { !$0.isConnected }
                try await Samples.commit(5..<200, to: store)
                health.outbox.wake()
                #expect(try await store.reader.outboxStatus().pending == 195)

                let receiver = try client(broker)
                let inbox = Inbox<MQTTMessage>()
                try await receiver.subscribe(to: "ausculta/#", qos: .atLeastOnce) { inbox.put($0) }
                try receiver.start()
                try await broker.start()
                try await receiver.waitUntilConnected()
                let seen = try await inbox.wait(for: "the last event and the retained topic", seconds: 600) { seen in
                    seen.contains { $0.payloadText.contains("\"event 199\"") }
                        && seen.contains { $0.topic.hasSuffix("/state") }
                }
                while try await store.reader.outboxStatus().pending > 0 { await Task.yield() }
                let events = try seen.filter { $0.topic.hasSuffix("/event") }.map {
                    try PayloadCoder.decode(EventPayload.self, from: $0.payload)
                }
                // A subscriber that came later than the first of them has missed those, never one in between.
                let numbers = events.compactMap { Int($0.message.dropFirst("event ".count)) }
                #expect(numbers == Array((numbers.first ?? 0)..<200))
                let stored = Dictionary(
                    uniqueKeysWithValues: try await store.reader.events().map { ($0.message, $0.id.text) }
                )
                #expect(events.allSatisfy { stored[$0.message] == $0.id })
                await receiver.stop()
            }
            await sender.stop()
        }
    }

    @Test("a broker that forbids a topic does not hold up the others")
    func accessRules() async throws {
        let rules = FileManager.default.temporaryDirectory.appendingPathComponent("acl-\(UUID().uuidString)")
        try Data("topic read #\ntopic write ausculta/plant1/allowed/#\n".utf8).write(to: rules)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: rules.path)
        defer { try? FileManager.default.removeItem(at: rules) }
        try await PrivateBroker.with(extraLines: ["acl_file \(rules.path)"]) { broker in
            let sender = try client(broker)
            try sender.start()
            try await sender.waitUntilConnected()
            try await Samples.commit(0..<3, machine: "denied", to: store)
            try await Samples.commit(0..<3, machine: "allowed", to: store)
            let health = try publisher(sender)
            try await running(health.run) {
                while try await store.reader.outboxStatus().pending > 3 { await Task.yield() }
                let events = try await store.reader.events()
                #expect(events.filter { $0.machine == "allowed" }.allSatisfy { $0.unsent == 0 })
                #expect(events.filter { $0.machine == "denied" }.allSatisfy { $0.unsent == 1 })
                #expect(try await store.reader.outboxStatus().lastError?.contains("refused") ?? false)
            }
            await sender.stop()
        }
    }
}
