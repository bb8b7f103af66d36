// What this room needs of a broker connection; the MQTT client is one.
import Foundation
import MQTT

/// A message on its way out.
public struct OutgoingMessage: Hashable, Sendable {
    /// Topic without wildcards.
    public var topic: String
    /// Bytes.
    public var payload: Data
    /// 0...2.
    public var qos: Int
    /// Whether the broker keeps it.
    public var retain: Bool
    /// MQTT 5 correlation data, for answers.
    public var correlationData: Data?

    /// Makes a message.
    public init(topic: String, payload: Data, qos: Int = 1, retain: Bool = false, correlationData: Data? = nil) {
        self.topic = topic
        self.payload = payload
        self.qos = qos
        self.retain = retain
        self.correlationData = correlationData
    }
}

/// What a failed publish says about the ones after it.
public enum PublishFailureScope: Sendable {
    /// Nothing can be sent at present: wait for the connection.
    case connection
    /// Nothing can be sent to this topic (access rules); other topics may work.
    case topic
    /// This message can never be sent (too large); the next one on the topic can.
    case message
}

/// A connection that can publish.
public protocol MessagePublisher: Sendable {
    /// Sends a message; with QoS 1 it returns once the broker has acknowledged it.
    func publish(_ message: OutgoingMessage) async throws
    /// What an error of `publish` means for other messages.
    func failureScope(of error: any Error) -> PublishFailureScope
    /// Whether it is connected: now, then at every change, also at a reconnect that follows at once. Each call makes a
    /// stream of its own.
    var connectivity: AsyncStream<Bool> { get }
}

extension MQTTClient: MessagePublisher {
    public func publish(_ message: OutgoingMessage) async throws {
        try await publish(
            topic: message.topic,
            payload: message.payload,
            qos: MQTTQoS(rawValue: Int32(message.qos)) ?? .atLeastOnce,
            retain: message.retain,
            properties: MQTTProperties(
                contentType: "application/json",
                correlationData: message.correlationData,
                payloadIsUTF8: true
            )
        )
    }

    public func failureScope(of error: any Error) -> PublishFailureScope {
        switch error as? MQTTError {
        case .publishRefused: .topic
        case .payloadTooLarge, .invalidTopic: .message
        default: .connection
        }
    }

    public var connectivity: AsyncStream<Bool> {
        let states = connectionStates
        return AsyncStream { continuation in
            let task = Task {
                for await state in states { continuation.yield(state.isConnected) }
                continuation.finish()
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }
}
