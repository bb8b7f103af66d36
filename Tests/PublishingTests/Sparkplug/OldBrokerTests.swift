// The edge node with MQTT 3.1.1, where no broker publishes a will at an intended end: the node says its NDEATH itself.
import BrokerSupport
import Foundation
import MQTT
import SparkplugB
import Testing

@testable import Publishing

@Suite("Publishing: Sparkplug with MQTT 3.1.1", .timeLimit(.minutes(20)))
struct OldBrokerTests {
    /// How the connection comes to speak 3.1.1.
    enum Way: String, CaseIterable {
        case asked
        /// The broker answers MQTT 5 with a refusal.
        case answer
        /// The broker hangs up on MQTT 5.
        case close
    }

    private let folder: TemporaryStore

    init() throws { folder = try TemporaryStore() }

    private func node(_ address: BrokerAddress, _ way: Way, host: String? = nil) throws -> SparkplugNode {
        var mqtt = MQTTConfiguration(broker: address, clientID: "edge-1")
        mqtt.reconnect = BackOff.Limits(firstSeconds: 0.05, longestSeconds: 0.2)
        if way == .asked { mqtt.preferredVersion = .v311 }
        let settings = SparkplugSettings(
            name: try EdgeNodeName(group: "plant1", node: "edge-1"),
            primaryHost: host,
            mqtt: mqtt,
            sequenceFile: folder.url.appendingPathComponent("bdseq"),
            version: "1"
        )
        return SparkplugNode(settings, store: folder.store, now: { Date() }, logger: Samples.quiet) { _, _, _ in }
    }

    /// A broker whose log has every packet, and one that takes nothing but 3.1.1 before it.
    private func withBroker(
        _ way: Way,
        _ body: (PrivateBroker, BrokerAddress) async throws -> Void
    ) async throws {
        try await PrivateBroker.with(extraLines: ["log_type debug"]) { broker in
            guard way != .asked else { return try await body(broker, broker.address) }
            let script = URL(fileURLWithPath: #filePath)
                .appendingPathComponent("../../../MQTTTests/Support/v311_only_proxy.py").standardized
            let old = try await HelperServer(script: script, arguments: [String(broker.address.port), way.rawValue])
            try await body(broker, BrokerAddress(host: "127.0.0.1", port: old.port))
            withExtendedLifetime(old) {}
        }
    }

    /// What the broker took from the node's client, in order, once it took so many disconnects.
    private func packets(_ broker: PrivateBroker, disconnects: Int) async throws -> [String] {
        while true {
            let packets = try packets(broker)
            if packets.count(where: { $0 == "DISCONNECT" }) >= disconnects { return packets }
            await Task.yield()
        }
    }

    private func packets(_ broker: PrivateBroker) throws -> [String] {
        let types = ["NBIRTH", "NDEATH", "DBIRTH", "DDEATH"]
        let file = broker.broker.folder.appendingPathComponent("mosquitto.log")
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").compactMap { line in
            if line.hasPrefix("Received PUBLISH from edge-1 ") { return types.first { line.contains("/\($0)/") } }
            if line.hasPrefix("Received DISCONNECT from edge-1") { return "DISCONNECT" }
            if line.contains("New client connected"), line.contains(" as edge-1 ") {
                return line.contains(" as edge-1 (p2, c1,") ? "CONNECT 3.1.1" : "CONNECT: \(line)"
            }
            return nil
        }
    }

    private func number(_ sighting: HostSighting?) -> MetricValue? { sighting?.payload.metric("bdSeq")?.value }

    @Test(
        "an intended end is an NDEATH of the birth's number, sent before the disconnect, once",
        arguments: Way.allCases
    )
    func intendedEnd(way: Way) async throws {
        try await withBroker(way) { broker, address in
            let (host, node) = (try SparkplugHost(broker), try node(address, way))
            try await host.start()
            node.show(Machines.picture(try Machines.failing()))
            try await running({ await node.run() }) {
                try await host.inbox.wait(count: 2)
                await node.close()
            }
            let seen = try await host.inbox.wait(for: "the node's death") { $0.last?.type == .nodeDeath }
            #expect(seen.map(\.type) == [.nodeBirth, .deviceBirth, .nodeDeath])
            #expect(number(seen.first) != nil && number(seen.last) == number(seen.first))
            #expect(seen.last?.payload.metrics.count == 1)
            SparkplugHost.checkSequence(seen)
            await host.stop()
            let taken = try await packets(broker, disconnects: 1)
            #expect(taken == ["CONNECT 3.1.1", "NBIRTH", "DBIRTH", "NDEATH", "DISCONNECT"])
        }
    }

    @Test("when the primary host goes the node says its NDEATH, and comes back under the next number")
    func primaryHostGone() async throws {
        try await withBroker(.asked) { broker, address in
            let (host, node) = (try SparkplugHost(broker), try node(address, .asked, host: "scada"))
            try await host.start()
            try await host.say(online: true, timestamp: 5)
            node.show(Machines.picture(try Machines.failing()))
            try await running({ await node.run() }) {
                try await host.inbox.wait(count: 2)
                try await host.say(online: false, timestamp: 6)
                try await host.inbox.wait(for: "the death") { $0.contains { $0.type == .nodeDeath } }
                try await host.say(online: true, timestamp: 7)
                try await host.inbox.wait(for: "the second birth") { $0.count { $0.type == .deviceBirth } == 2 }
                await node.close()
            }
            let seen = try await host.inbox.wait(for: "the second death") { $0.count { $0.type == .nodeDeath } == 2 }
            #expect(
                seen.map(\.type) == [
                    .nodeBirth, .deviceBirth, .nodeDeath, .nodeBirth, .deviceBirth, .nodeDeath,
                ]
            )
            #expect(
                seen.filter { $0.device == nil }.map(number) == [.int64(0), .int64(0), .int64(1), .int64(1)]
            )
            SparkplugHost.checkSequence(seen)
            await host.stop()
            let life = ["CONNECT 3.1.1", "NBIRTH", "DBIRTH", "NDEATH", "DISCONNECT"]
            let taken = try await packets(broker, disconnects: 2)
            #expect(taken == life + life)
        }
    }
}
