// A Sparkplug host application of the demo's own: it knows the broker, and nothing of the service but what comes from there.
import Foundation
import Logging
import MQTT
import SparkplugB

/// A Sparkplug message as a host received it.
public struct SCADASighting: Sendable {
    /// What it is.
    public let type: MessageType
    /// The machine; nil for the edge node itself.
    public let device: String?
    /// What it says.
    public let payload: SparkplugPayload

    /// The text of a metric; nil where it is not in the message, or told as history.
    public func text(_ name: String) -> String? {
        guard let metric = payload.metric(name), !metric.isHistorical else { return nil }
        return metric.value?.text
    }

    /// The number that ties a death to its birth.
    public var birthDeathNumber: Int64? { payload.metric("bdSeq")?.value?.wholeNumber }
}

/// Listens to one group as its primary host.
public final class SCADAHost: Sendable {
    /// The host's id.
    public static let id = "demo-scada"

    private let client: MQTTClient
    private let group: String
    private let stateTopic = SparkplugTopic.hostState(host: SCADAHost.id).text

    /// Makes a host of a group at a broker.
    public init(broker: BrokerAddress, group: String) throws {
        self.group = group
        let topic = stateTopic
        let stamp = Date().sparkplugMS
        client = try MQTTClient(
            MQTTConfiguration(
                broker: broker,
                clientID: MQTTConfiguration.randomClientID(prefix: "demo-scada"),
                will: { MQTTWill(topic: topic, payload: Self.state(false, stamp), qos: .atLeastOnce, retain: true) }
            ),
            logger: Logger(label: "ausculta.demo") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    private static func state(_ isOnline: Bool, _ timestamp: UInt64) -> Data {
        Data(#"{"online":\#(isOnline),"timestamp":\#(timestamp)}"#.utf8)
    }

    /// Connects, subscribes and says that it is there.
    public func start() async throws -> AsyncStream<SCADASighting> {
        let (stream, continuation) = AsyncStream.makeStream(of: SCADASighting.self)
        try client.start()
        try await client.waitUntilConnected(timeoutSeconds: 30)
        try await client.subscribe(to: "\(SparkplugTopic.namespace)/\(group)/#", qos: .atLeastOnce) { message in
            guard let topic = SparkplugTopic(message.topic),
                let payload = try? SparkplugPayload(decoding: message.payload)
            else { return }
            switch topic {
            case .node(let type, _, _):
                continuation.yield(SCADASighting(type: type, device: nil, payload: payload))
            case .device(let type, _, _, let device):
                continuation.yield(SCADASighting(type: type, device: device, payload: payload))
            case .hostState: return
            }
        }
        try await client.publish(
            topic: stateTopic,
            payload: Self.state(true, Date().sparkplugMS),
            qos: .atLeastOnce,
            retain: true
        )
        return stream
    }

    /// Writes the alarm's id to its `Ack`; returns the topic and the metric.
    public func acknowledge(
        _ alarmID: String,
        label: String,
        machine: String,
        node: String
    ) async throws -> (topic: String, metric: String) {
        let topic = SparkplugTopic.device(.deviceCommand, group: group, node: node, device: machine).text
        let metric = "Alarm/\(label)/Ack"
        let time = Date().sparkplugMS
        let payload = SparkplugPayload(
            timestampMS: time,
            metrics: [Metric(name: metric, timestampMS: time, value: .string(alarmID))]
        )
        try await client.publish(topic: topic, payload: payload.encoded(), qos: .atMostOnce)
        return (topic, metric)
    }

    /// Leaves.
    public func stop() async { await client.stop() }
}
