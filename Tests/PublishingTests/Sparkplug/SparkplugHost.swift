// A host application of the tests: keeps every message of one group in the order it came.
import BrokerSupport
import Foundation
import MQTT
import SparkplugB
import Testing

/// What a host received.
struct HostSighting: Sendable {
    let type: MessageType
    let device: String?
    let payload: SparkplugPayload

    func has(_ name: String, _ value: MetricValue) -> Bool { payload.metric(name)?.value == value }
}

/// Subscribes to a group and speaks as host "scada".
final class SparkplugHost: Sendable {
    let inbox = Inbox<HostSighting>()
    private let client: MQTTClient

    init(_ broker: PrivateBroker) throws {
        client = try MQTTClient(MQTTConfiguration(broker: broker.address), logger: Samples.quiet)
    }

    func start() async throws {
        try client.start()
        try await client.waitUntilConnected(timeoutSeconds: 600)
        try await client.subscribe(to: "spBv1.0/plant1/#", qos: .atLeastOnce) { [inbox] message in
            guard let topic = SparkplugTopic(message.topic) else { return }
            do {
                let payload = try SparkplugPayload(decoding: message.payload)
                switch topic {
                case .node(let type, _, _): inbox.put(HostSighting(type: type, device: nil, payload: payload))
                case .device(let type, _, _, let device):
                    inbox.put(HostSighting(type: type, device: device, payload: payload))
                case .hostState: return
                }
            } catch {
                Issue.record("\(message.topic): \(error)")
            }
        }
    }

    func waitForLoss() async throws { try await client.waitForState("a lost connection") { !$0.isConnected } }

    func waitForConnection() async throws { try await client.waitUntilConnected(timeoutSeconds: 600) }

    func say(online: Bool, timestamp: UInt64) async throws {
        let state = Data(#"{"online":\#(online),"timestamp":\#(timestamp)}"#.utf8)
        try await client.publish(topic: "spBv1.0/STATE/scada", payload: state, qos: .atLeastOnce, retain: true)
    }

    func command(_ name: String, _ value: MetricValue, device: String? = nil) async throws {
        let level = device.map { "DCMD/edge-1/\($0)" } ?? "NCMD/edge-1"
        let payload = SparkplugPayload(
            timestampMS: Samples.start.addingTimeInterval(3_600).sparkplugMS,
            metrics: [Metric(name: name, value: value)]
        )
        try await client.publish(topic: "spBv1.0/plant1/\(level)", payload: payload.encoded(), qos: .atMostOnce)
    }

    func stop() async { await client.stop() }

    /// Sequence numbers without gaps from each NBIRTH on; deaths by the will have none.
    static func checkSequence(_ sightings: [HostSighting]) {
        var expected: UInt64?
        for (place, sighting) in sightings.enumerated()
        where sighting.type != .nodeCommand && sighting.type != .deviceCommand {
            switch sighting.type {
            case .nodeDeath:
                #expect(sighting.payload.sequence == nil)
                expected = nil
            case .nodeBirth:
                #expect(sighting.payload.sequence == 0)
                expected = 1
            default:
                #expect(sighting.payload.sequence == expected, "message \(place), \(sighting.type.rawValue)")
                expected = expected.map { ($0 + 1) % 256 }
            }
        }
    }
}
