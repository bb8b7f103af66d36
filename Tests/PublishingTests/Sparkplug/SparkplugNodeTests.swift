// The edge node at a real broker: births, data, commands, hosts that go and come, and events that wait for them.
import BrokerSupport
import Foundation
import MQTT
import MachineHealth
import SparkplugB
import Synchronization
import Testing
import TrendLog

@testable import Publishing

@Suite("Publishing: Sparkplug at a real broker", .timeLimit(.minutes(20)))
struct SparkplugNodeTests {
    private let folder: TemporaryStore
    private let commands = Inbox<OperatorCommand>()

    init() throws { folder = try TemporaryStore() }

    private func node(_ broker: PrivateBroker, host: String? = nil) throws -> SparkplugNode {
        var mqtt = MQTTConfiguration(broker: broker.address, clientID: "edge-1")
        mqtt.reconnect = BackOff.Limits(firstSeconds: 0.05, longestSeconds: 0.2)
        let settings = SparkplugSettings(
            name: try EdgeNodeName(group: "plant1", node: "edge-1"),
            primaryHost: host,
            mqtt: mqtt,
            sequenceFile: folder.url.appendingPathComponent("bdseq"),
            version: "1"
        )
        return SparkplugNode(settings, store: folder.store, now: { Date() }, logger: Samples.quiet) {
            [commands] order, machine, reply in
            commands.put(order)
            Task { await reply(.done(order, machine: machine, message: "done")) }
        }
    }

    /// Commits an event with its rows, as the publisher does, and shows it.
    private func happen(_ number: Int, _ node: SparkplugNode, _ monitor: MachineMonitor) async throws {
        let event = Samples.event(number, machine: monitor.machine)
        var picture = Machines.picture(monitor, at: event.time)
        let record = EventRecord(event: event, payload: Data(), deliveries: node.deliveries(of: event, in: picture))
        try await folder.store.commit(WindowCommit(events: [record]))
        picture.event = event
        node.show(picture)
    }

    private func messages(of sightings: [HostSighting], historical: Bool) -> [String] {
        sightings.compactMap { sighting in
            guard sighting.type == .deviceData, let metric = sighting.payload.metric("Event/Message"),
                metric.isHistorical == historical
            else { return nil }
            return metric.value?.text
        }
    }

    @Test("births come first, data by exception after them, a lost stream is a death, and the end is one")
    func life() async throws {
        try await PrivateBroker.with { broker in
            let (host, node) = (try SparkplugHost(broker), try node(broker))
            try await host.start()
            var monitor = try Machines.failing()
            node.show(Machines.picture(monitor))
            try await running({ await node.run() }) {
                try await host.inbox.wait(count: 2)
                _ = monitor.observe(Machines.window(monitor.machine, 3, failing: true))
                node.show(Machines.picture(monitor, at: Samples.start.addingTimeInterval(25)))
                try await host.inbox.wait(count: 3)
                _ = monitor.streamLost(at: Samples.start.addingTimeInterval(60))
                node.show(Machines.picture(monitor, at: Samples.start.addingTimeInterval(60)))
                try await host.inbox.wait(for: "the device's death") { $0.contains { $0.type == .deviceDeath } }
                await node.close()
            }
            let seen = try await host.inbox.wait(for: "the node's death") { $0.last?.type == .nodeDeath }
            let types = seen.map(\.type)
            #expect(types.prefix(3) == [.nodeBirth, .deviceBirth, .deviceData])
            let data = try #require(seen.first { $0.type == .deviceData })
            #expect(
                data.payload.metric("Fault/bearing-lacking-oil/Consecutive") == nil
                    || data.has("Fault/bearing-lacking-oil/Consecutive", .int32(4))
            )
            #expect(data.payload.metric("Properties/Model") == nil, "unchanged")
            #expect(data.payload.metrics.allSatisfy { $0.dataType == nil })
            let birth = try #require(seen.first)
            #expect(birth.has("bdSeq", .int64(0)) && birth.has("Node Control/Rebirth", .boolean(false)))
            let death = try #require(seen.last)
            #expect(death.has("bdSeq", .int64(0)) && death.payload.metrics.count == 1)
            SparkplugHost.checkSequence(seen)
            await host.stop()
        }
    }

    @Test("each CONNECT has the next number, over restarts; a broker that is away uses none up")
    func birthDeathNumbers() async throws {
        try await PrivateBroker.with { broker in
            for number in 0..<2 {
                let (host, node) = (try SparkplugHost(broker), try node(broker, host: "scada"))
                try await host.start()
                // The second one begins without a broker: its attempts send no CONNECT.
                if number == 1 { broker.stop() }
                let run = Task { await node.run() }
                if number == 1 {
                    try await host.waitForLoss()
                    try await broker.start()
                    try await host.waitForConnection()
                }
                try await host.say(online: true, timestamp: 5)
                let seen = try await host.inbox.wait(for: "a birth") { $0.contains { $0.type == .nodeBirth } }
                #expect(seen.last { $0.type == .nodeBirth }?.has("bdSeq", .int64(Int64(number))) == true)
                await node.close()
                await run.value
                await host.stop()
            }
            let file = try String(contentsOf: folder.url.appendingPathComponent("bdseq"), encoding: .utf8)
            #expect(file == "1\n")
        }
    }

    @Test("a rebirth keeps bdSeq and the connection; many requests are answered together")
    func rebirth() async throws {
        try await PrivateBroker.with { broker in
            let (host, node) = (try SparkplugHost(broker), try node(broker))
            try await host.start()
            node.show(Machines.picture(try Machines.failing()))
            try await running({ await node.run() }) {
                try await host.inbox.wait(count: 2)
                for _ in 0..<200 { try await host.command("Node Control/Rebirth", .boolean(true)) }
                try await host.inbox.wait(for: "births again") { $0.count { $0.type == .nodeBirth } >= 2 }
                await node.close()
            }
            let seen = try await host.inbox.wait(for: "the node's death") { $0.last?.type == .nodeDeath }
            let births = seen.filter { $0.type == .nodeBirth }
            #expect(births.count <= 20, "\(births.count) births for 200 requests")
            #expect(births.allSatisfy { $0.has("bdSeq", .int64(0)) })
            #expect(seen.count { $0.type == .nodeDeath } == 1)
            SparkplugHost.checkSequence(seen)
            await host.stop()
        }
    }

    @Test("a host's order becomes an operator's command, and its outcome a metric")
    func orders() async throws {
        try await PrivateBroker.with { broker in
            let (host, node) = (try SparkplugHost(broker), try node(broker, host: "scada"))
            try await host.start()
            try await host.say(online: true, timestamp: 5)
            let monitor = try Machines.failing()
            let alarm = try #require(monitor.records.first?.alarmID)
            node.show(Machines.picture(monitor))
            try await running({ await node.run() }) {
                try await host.inbox.wait(count: 2)
                try await host.command("Alarm/bearing-lacking-oil/Ack", .string(alarm.text), device: monitor.machine)
                #expect(
                    try await commands.wait(count: 1) == [
                        .acknowledge(
                            alarmID: alarm,
                            user: "sparkplug:scada",
                            comment: "DCMD Alarm/bearing-lacking-oil/Ack"
                        )
                    ]
                )
                try await host.command("Health/State", .string("normal"), device: monitor.machine)
                try await host.inbox.wait(for: "the refusal") { sightings in
                    sightings.contains { sighting in
                        sighting.payload.metric("Command/Result")?.value?.text?.contains("cannot be written") ?? false
                    }
                }
                await node.close()
            }
            let results = host.inbox.values.compactMap { $0.payload.metric("Command/Result")?.value?.text }
            #expect(results.contains { $0.hasPrefix("Alarm/bearing-lacking-oil/Ack: compressor-2: done") })
            await host.stop()
        }
    }

    @Test("while the primary host is away events wait; they come as history, in order, before anything new")
    func storeAndForward() async throws {
        let count = 2_000
        try await PrivateBroker.with(extraLines: ["max_queued_messages 0"]) { broker in
            let (host, node) = (try SparkplugHost(broker), try node(broker, host: "scada"))
            try await host.start()
            try await host.say(online: true, timestamp: 5)
            let monitor = try Machines.failing()
            node.show(Machines.picture(monitor))
            try await running({ await node.run() }) {
                try await host.inbox.wait(count: 2)
                try await host.say(online: false, timestamp: 4)
                try await happen(0, node, monitor)
                try await host.inbox.wait(for: "the first event, as news") {
                    messages(of: $0, historical: false) == ["event 0"]
                }
                try await host.say(online: false, timestamp: 6)
                try await host.inbox.wait(for: "the death") { $0.contains { $0.type == .nodeDeath } }
                for number in 1...count { try await happen(number, node, monitor) }
                try await host.say(online: true, timestamp: 7)
                try await host.inbox.wait(for: "what waited") { messages(of: $0, historical: true).count == count }
                // The host has it all before the broker has confirmed it.
                try await happen(count + 1, node, monitor)
                try await host.inbox.wait(for: "the last event, as news") {
                    messages(of: $0, historical: false).last == "event \(count + 1)"
                }
                await node.close()
            }
            let seen = host.inbox.values
            #expect(messages(of: seen, historical: true) == (1...count).map { "event \($0)" })
            #expect(messages(of: seen, historical: false) == ["event 0", "event \(count + 1)"])
            let second = try #require(seen.lastIndex { $0.type == .nodeBirth })
            #expect(seen[second].has("bdSeq", .int64(1)))
            let history = try #require(seen.firstIndex { $0.payload.metrics.contains { $0.isHistorical } })
            #expect(history > second)
            #expect(seen[(second + 1)..<history].allSatisfy { $0.type == .deviceBirth || $0.type == .nodeDeath })
            SparkplugHost.checkSequence(seen)
            #expect(try await folder.store.reader.outboxStatus(target: SparkplugNode.target).pending == 0)
            await host.stop()
        }
    }

    @Test("events beyond what is kept go, oldest first; without the profile all go")
    func trim() async throws {
        try await PrivateBroker.with { broker in
            let node = try node(broker)
            let monitor = try Machines.failing()
            for number in 0..<10 { try await happen(number, node, monitor) }
            #expect(try await folder.store.trimOutbox(target: SparkplugNode.target, keeping: 4) == 6)
            let topic = "spBv1.0/plant1/DDATA/edge-1/\(monitor.machine)"
            let kept = try await folder.store.pendingMessages(target: SparkplugNode.target, topics: [topic], limit: 100)
            let texts = try kept.map { try SparkplugPayload(decoding: $0.payload).metric("Event/Message")?.value?.text }
            #expect(texts == ["event 6", "event 7", "event 8", "event 9"])
            #expect(try await folder.store.trimOutbox(target: SparkplugNode.target, keeping: 0) == 4)
            #expect(try await folder.store.trimOutbox(target: SparkplugNode.target, keeping: 0) == 0)
        }
    }
}
