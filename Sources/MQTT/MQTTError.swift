// Everything that can go wrong on the wire, each with place, finding and remedy in its text.

/// An error of the MQTT client. Configuration errors are found before anything is sent.
public enum MQTTError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A setting that can never work.
    case invalidConfiguration(String)
    /// A topic or filter that MQTT does not allow.
    case invalidTopic(TopicError)
    /// No connection at the moment. Nothing was queued.
    case notConnected(broker: String, state: String)
    /// The connection went away before the broker acknowledged: the message may or may not have arrived.
    case connectionLost(topic: String, reason: String)
    /// The broker answered the message with a refusal (an access rule, a quota).
    case publishRefused(topic: String, reason: String)
    /// The broker does not accept messages this large.
    case payloadTooLarge(topic: String, bytes: Int)
    /// Unacknowledged QoS 0 messages fill the outgoing queue; this one was not taken.
    case outgoingQueueFull(topic: String, limit: Int)
    /// The broker refused a subscription.
    case subscriptionRefused(filter: String, reason: String)
    /// The broker refused the connection itself.
    case connectionRefused(broker: String, reason: String)
    /// A wait with a deadline ran out.
    case timedOut(waitingFor: String, seconds: Double)
    /// The client was stopped and cannot be used again.
    case stopped
    /// The library reported something else.
    case library(operation: String, reason: String)

    public var description: String {
        switch self {
        case .invalidConfiguration(let text):
            "MQTT configuration: \(text)"
        case .invalidTopic(let error):
            error.description
        case .notConnected(let broker, let state):
            "not connected to MQTT broker \(broker) (\(state)); nothing was sent, try again once connected"
        case .connectionLost(let topic, let reason):
            "connection lost before the broker acknowledged the message to '\(topic)': \(reason); send it again"
        case .publishRefused(let topic, let reason):
            "the broker refused the message to '\(topic)': \(reason); check its access rules for this user"
        case .payloadTooLarge(let topic, let bytes):
            "the message to '\(topic)' has \(bytes) bytes, more than the broker accepts; raise the broker's "
                + "max_packet_size or send smaller chunks"
        case .outgoingQueueFull(let topic, let limit):
            "the message to '\(topic)' was dropped: \(limit) messages already wait to be written to the broker"
        case .subscriptionRefused(let filter, let reason):
            "the broker refused the subscription to '\(filter)': \(reason); check its access rules for this user"
        case .connectionRefused(let broker, let reason):
            "MQTT broker \(broker) refused the connection: \(reason)"
        case .timedOut(let what, let seconds):
            "waited \(seconds) s for \(what), in vain"
        case .stopped:
            "this MQTT client was stopped; make a new one"
        case .library(let operation, let reason):
            "libmosquitto could not \(operation): \(reason)"
        }
    }
}
