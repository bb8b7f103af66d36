// Messages, their MQTT 5 properties and the will, as plain Swift values.
// MQTT 5: https://docs.oasis-open.org/mqtt/mqtt/v5.0/os/mqtt-v5.0-os.html (section 3.3.2.3 for the properties).

import Foundation

/// How hard the two sides try to deliver one message.
public enum MQTTQoS: Int32, Sendable, Comparable, CaseIterable {
    case atMostOnce = 0
    case atLeastOnce = 1
    case exactlyOnce = 2

    public static func < (left: MQTTQoS, right: MQTTQoS) -> Bool { left.rawValue < right.rawValue }
}

/// The protocol spoken on one connection. Properties and reason codes exist in MQTT 5 only.
public enum MQTTProtocolVersion: String, Sendable, CaseIterable {
    case v311 = "3.1.1"
    case v5 = "5"
}

/// One name and value pair of an MQTT 5 message. Names may repeat and order counts, hence no dictionary.
public struct MQTTUserProperty: Sendable, Hashable {
    public let name: String
    public let value: String

    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// The MQTT 5 properties an application sends with a message. Over 3.1.1 they are left out on the wire.
public struct MQTTProperties: Sendable, Hashable {
    /// MIME type of the payload, such as `audio/wav`.
    public var contentType: String?
    /// Where the receiver should answer.
    public var responseTopic: String?
    /// Bytes the receiver sends back with its answer.
    public var correlationData: Data?
    public var userProperties: [MQTTUserProperty]
    /// Seconds after which the broker drops an undelivered message.
    public var messageExpirySeconds: UInt32?
    /// True marks the payload as UTF-8 text.
    public var payloadIsUTF8: Bool

    public init(
        contentType: String? = nil,
        responseTopic: String? = nil,
        correlationData: Data? = nil,
        userProperties: [MQTTUserProperty] = [],
        messageExpirySeconds: UInt32? = nil,
        payloadIsUTF8: Bool = false
    ) {
        self.contentType = contentType
        self.responseTopic = responseTopic
        self.correlationData = correlationData
        self.userProperties = userProperties
        self.messageExpirySeconds = messageExpirySeconds
        self.payloadIsUTF8 = payloadIsUTF8
    }

    public static let none = MQTTProperties()

    /// First value of a user property, nil where the sender gave none.
    public func userProperty(_ name: String) -> String? {
        userProperties.first { $0.name == name }?.value
    }
}

/// A message as it arrived. The payload is a copy, free of the network library.
public struct MQTTMessage: Sendable, Hashable {
    public let topic: String
    public let payload: Data
    public let qos: MQTTQoS
    /// True where the broker sent a stored message because of a new subscription.
    public let retain: Bool
    public let properties: MQTTProperties

    public init(
        topic: String,
        payload: Data,
        qos: MQTTQoS = .atMostOnce,
        retain: Bool = false,
        properties: MQTTProperties = .none
    ) {
        self.topic = topic
        self.payload = payload
        self.qos = qos
        self.retain = retain
        self.properties = properties
    }

    public var contentType: String? { properties.contentType }
    public var responseTopic: String? { properties.responseTopic }
    public var correlationData: Data? { properties.correlationData }
    public var userProperties: [MQTTUserProperty] { properties.userProperties }
    public var messageExpirySeconds: UInt32? { properties.messageExpirySeconds }

    /// The payload as text, with broken UTF-8 replaced, for logs and tests.
    public var payloadText: String { String(decoding: payload, as: UTF8.self) }
}

/// What the broker publishes for this client when the connection dies without a DISCONNECT.
public struct MQTTWill: Sendable, Hashable {
    public var topic: String
    public var payload: Data
    public var qos: MQTTQoS
    public var retain: Bool
    public var properties: MQTTProperties
    /// MQTT 5: seconds the broker waits for the client to come back before it publishes the will.
    public var delaySeconds: UInt32

    public init(
        topic: String,
        payload: Data,
        qos: MQTTQoS = .atLeastOnce,
        retain: Bool = false,
        properties: MQTTProperties = .none,
        delaySeconds: UInt32 = 0
    ) {
        self.topic = topic
        self.payload = payload
        self.qos = qos
        self.retain = retain
        self.properties = properties
        self.delaySeconds = delaySeconds
    }
}
