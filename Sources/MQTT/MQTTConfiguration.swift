// Everything the client needs to know before it connects, and the checks on it.

import Foundation

/// How to prove who the broker is, and who we are.
public struct MQTTTLS: Sendable, Hashable {
    /// PEM file of the authorities to trust; nil trusts those of the operating system.
    public var caFile: String?
    /// PEM file of our own certificate chain, together with `keyFile`.
    public var certificateFile: String?
    /// PEM file of our unencrypted private key.
    public var keyFile: String?
    /// Accepts a certificate for another host name. For trials only: it gives up protection from impostors.
    public var allowsWrongHostname: Bool

    public init(
        caFile: String? = nil,
        certificateFile: String? = nil,
        keyFile: String? = nil,
        allowsWrongHostname: Bool = false
    ) {
        self.caFile = caFile
        self.certificateFile = certificateFile
        self.keyFile = keyFile
        self.allowsWrongHostname = allowsWrongHostname
    }
}

/// Settings of one client.
public struct MQTTConfiguration: Sendable {
    public var broker: BrokerAddress
    /// Unique at the broker: a second client with the same id throws the first one out.
    public var clientID: String
    public var username: String?
    public var password: String?
    public var tls: MQTTTLS
    /// Seconds of silence after which either side is considered gone; 0 or 5 to 65535.
    public var keepAliveSeconds: Int
    /// True starts every connection with an empty session at the broker.
    public var cleanStart: Bool
    /// MQTT 5: seconds the broker keeps subscriptions and queued messages after a disconnect.
    public var sessionExpirySeconds: UInt32
    /// Asked before every CONNECT, since Sparkplug B needs a new `bdSeq` in each will. Called on the network thread.
    public var will: @Sendable () -> MQTTWill?
    /// Told when a CONNECT is on its way, before its answer; an attempt that finds no broker sends none. Called on the
    /// network thread.
    public var connectWasSent: @Sendable () -> Void
    /// The version tried first. MQTT 5 falls back to 3.1.1 where the broker refuses it.
    public var preferredVersion: MQTTProtocolVersion
    /// Unacknowledged QoS 1 and 2 messages on the wire; further ones wait their turn.
    public var maximumInFlight: Int
    /// QoS 0 messages handed to the library and not yet written; further ones are refused and counted.
    public var maximumQueuedQoS0: Int
    /// MQTT 5: the broker drops larger messages instead of sending them. Nil sets no limit.
    public var maximumIncomingPacketBytes: UInt32?
    public var reconnect: BackOff.Limits
    /// Pause after refused credentials or a refused certificate: they seldom mend themselves.
    public var refusedRetrySeconds: Double
    /// Longest wait for the broker's answer to CONNECT.
    public var connectTimeoutSeconds: Double

    public init(
        broker: BrokerAddress,
        clientID: String = MQTTConfiguration.randomClientID(),
        username: String? = nil,
        password: String? = nil,
        tls: MQTTTLS = MQTTTLS(),
        keepAliveSeconds: Int = 30,
        cleanStart: Bool = true,
        sessionExpirySeconds: UInt32 = 0,
        will: @escaping @Sendable () -> MQTTWill? = { nil },
        connectWasSent: @escaping @Sendable () -> Void = {},
        preferredVersion: MQTTProtocolVersion = .v5,
        maximumInFlight: Int = 20,
        maximumQueuedQoS0: Int = 1_000,
        maximumIncomingPacketBytes: UInt32? = nil,
        reconnect: BackOff.Limits = BackOff.Limits(),
        refusedRetrySeconds: Double = 30,
        connectTimeoutSeconds: Double = 15
    ) {
        self.broker = broker
        self.clientID = clientID
        self.username = username ?? broker.username
        self.password = password ?? broker.password
        self.tls = tls
        self.keepAliveSeconds = keepAliveSeconds
        self.cleanStart = cleanStart
        self.sessionExpirySeconds = sessionExpirySeconds
        self.will = will
        self.connectWasSent = connectWasSent
        self.preferredVersion = preferredVersion
        self.maximumInFlight = maximumInFlight
        self.maximumQueuedQoS0 = maximumQueuedQoS0
        self.maximumIncomingPacketBytes = maximumIncomingPacketBytes
        self.reconnect = reconnect
        self.refusedRetrySeconds = refusedRetrySeconds
        self.connectTimeoutSeconds = connectTimeoutSeconds
    }

    /// A new id such as `ausculta-9f3c21ab`.
    public static func randomClientID(prefix: String = "ausculta") -> String {
        let suffix = String(UInt32.random(in: .min ... .max), radix: 16)
        return prefix + "-" + String(repeating: "0", count: 8 - suffix.count) + suffix
    }

    /// Throws the first setting that can never work. Files are looked at now, so that a typing error shows at start.
    public func validate() throws(MQTTError) {
        func invalid(_ text: String) -> MQTTError { .invalidConfiguration(text) }
        if clientID.isEmpty { throw invalid("the client id is empty; give one that is unique at the broker") }
        if clientID.utf8.count > TopicName.maximumBytes { throw invalid("the client id is longer than 65535 bytes") }
        if keepAliveSeconds != 0, !(5...65_535).contains(keepAliveSeconds) {
            throw invalid("keep-alive is \(keepAliveSeconds) s; use 0 (off) or 5 to 65535 s")
        }
        if password != nil, username == nil { throw invalid("a password without a username; give both") }
        if maximumInFlight < 1 || maximumInFlight > 65_535 {
            throw invalid("\(maximumInFlight) messages in flight; use 1 to 65535")
        }
        if maximumQueuedQoS0 < 1 { throw invalid("a QoS 0 queue of \(maximumQueuedQoS0); use at least 1") }
        if !broker.usesTLS, tls != MQTTTLS() {
            throw invalid("TLS files are given, but broker URL \(broker) is unencrypted; use mqtts://")
        }
        if (tls.certificateFile == nil) != (tls.keyFile == nil) {
            throw invalid("a client certificate needs both the certificate file and the key file")
        }
        let files = [
            ("CA file", tls.caFile), ("certificate file", tls.certificateFile), ("key file", tls.keyFile),
        ]
        for case (let role, let path?) in files where !FileManager.default.isReadableFile(atPath: path) {
            throw invalid("the \(role) '\(path)' does not exist or cannot be read by this user")
        }
        if let will = will() {
            do { try TopicName.validate(will.topic) } catch { throw .invalidTopic(error) }
        }
    }
}
