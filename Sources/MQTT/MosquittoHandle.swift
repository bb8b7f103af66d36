// The C handle of libmosquitto: one object per connection attempt, and every call that touches it.
// https://mosquitto.org/api/files/mosquitto-h.html

import CMosquitto
import Foundation

/// Owns a `struct mosquitto *`.
///
/// `@unchecked Sendable`: the pointer never changes, `mosquitto_threaded_set` makes publish, subscribe and disconnect
/// safe from any thread, `loop` is called by one thread only, and the handle is destroyed when the last reference is
/// gone. A handle serves one connection: what the library still holds in its queues dies with it, so a message that
/// failed here is never sent a second time behind the caller's back.
final class MosquittoHandle: @unchecked Sendable {
    private let pointer: OpaquePointer

    /// Started once for the process. Writing to a connection the broker has closed must be an error here, not a signal
    /// that ends the process.
    private static let libraryStarted: Bool = {
        signal(SIGPIPE, SIG_IGN)
        return mosquitto_lib_init() == MOSQ_ERR_SUCCESS.rawValue
    }()
    static let success = MOSQ_ERR_SUCCESS.rawValue

    init(configuration: MQTTConfiguration, version: MQTTProtocolVersion, will: MQTTWill?) throws(MQTTError) {
        guard Self.libraryStarted else { throw .library(operation: "start", reason: "mosquitto_lib_init failed") }
        guard let pointer = mosquitto_new(configuration.clientID, configuration.cleanStart, nil) else {
            throw .library(operation: "make a client", reason: String(cString: strerror(errno)))
        }
        self.pointer = pointer
        try Self.check("run on several threads", mosquitto_threaded_set(pointer, true))
        let protocolNumber = version == .v5 ? MQTT_PROTOCOL_V5 : MQTT_PROTOCOL_V311
        try Self.check("choose MQTT \(version.rawValue)", setOption(MOSQ_OPT_PROTOCOL_VERSION, protocolNumber))
        try Self.check("turn off Nagle's delay", setOption(MOSQ_OPT_TCP_NODELAY, 1))
        mosquitto_max_inflight_messages_set(pointer, UInt32(configuration.maximumInFlight))
        if let username = configuration.username {
            let code = mosquitto_username_pw_set(pointer, username, configuration.password)
            try Self.check("take the user name and password", code)
        }
        if configuration.broker.usesTLS { try setUpTLS(configuration.tls) }
        if let will { try set(will, version: version) }
    }

    deinit { mosquitto_destroy(pointer) }

    /// Sets the object the callbacks receive. It must outlive every call into the library.
    func setCallbacks(for link: BrokerLink) {
        mosquitto_user_data_set(pointer, Unmanaged.passUnretained(link).toOpaque())
        mosquitto_connect_v5_callback_set(pointer, mosquittoDidConnect)
        mosquitto_disconnect_v5_callback_set(pointer, mosquittoDidDisconnect)
        mosquitto_publish_v5_callback_set(pointer, mosquittoDidPublish)
        mosquitto_message_v5_callback_set(pointer, mosquittoDidReceive)
        mosquitto_subscribe_v5_callback_set(pointer, mosquittoDidSubscribe)
        mosquitto_log_callback_set(pointer, mosquittoDidLog)
    }

    /// Opens the TCP connection and sends CONNECT. Blocks for name resolution and the TCP handshake.
    func connect(_ configuration: MQTTConfiguration, version: MQTTProtocolVersion) throws(MQTTError) -> Int32 {
        var properties = PropertyList()
        if version == .v5 {
            if configuration.sessionExpirySeconds > 0 {
                try properties.add(MQTT_PROP_SESSION_EXPIRY_INTERVAL, uint32: configuration.sessionExpirySeconds)
            }
            if let limit = configuration.maximumIncomingPacketBytes {
                try properties.add(MQTT_PROP_MAXIMUM_PACKET_SIZE, uint32: limit)
            }
        }
        let broker = configuration.broker
        return mosquitto_connect_bind_v5(
            pointer,
            broker.host,
            Int32(broker.port),
            Int32(configuration.keepAliveSeconds),
            nil,
            properties.head
        )
    }

    /// Moves bytes for at most `timeoutMilliseconds`; the callbacks run inside.
    func loop(timeoutMilliseconds: Int32) -> Int32 {
        mosquitto_loop(pointer, timeoutMilliseconds, 1)
    }

    /// Queues one message and returns its id. Wakes the network thread, never writes itself.
    func publish(_ message: MQTTMessage, version: MQTTProtocolVersion) throws(MQTTError) -> Int32 {
        var properties = PropertyList()
        if version == .v5 { try properties.add(message.properties) }
        var messageID: Int32 = 0
        let code = message.payload.withUnsafeBytes { bytes in
            mosquitto_publish_v5(
                pointer,
                &messageID,
                message.topic,
                Int32(bytes.count),
                bytes.baseAddress,
                message.qos.rawValue,
                message.retain,
                properties.head
            )
        }
        switch code {
        case MOSQ_ERR_SUCCESS.rawValue:
            return messageID
        case MOSQ_ERR_PAYLOAD_SIZE.rawValue, MOSQ_ERR_OVERSIZE_PACKET.rawValue:
            throw .payloadTooLarge(topic: message.topic, bytes: message.payload.count)
        case MOSQ_ERR_NO_CONN.rawValue, MOSQ_ERR_CONN_LOST.rawValue:
            throw .connectionLost(topic: message.topic, reason: Self.text(ofError: code))
        default:
            throw .library(operation: "publish to '\(message.topic)'", reason: Self.text(ofError: code))
        }
    }

    /// Queues a SUBSCRIBE and returns its id.
    ///
    /// - Parameters:
    ///   - identifier: MQTT 5 only; nil sends none.
    ///   - onlyNewRetained: MQTT 5 only; true wants stored messages only for a subscription the session has not yet.
    func subscribe(
        _ filter: String,
        qos: MQTTQoS,
        identifier: UInt32?,
        onlyNewRetained: Bool
    ) throws(MQTTError) -> Int32 {
        var properties = PropertyList()
        if let identifier { try properties.add(MQTT_PROP_SUBSCRIPTION_IDENTIFIER, variableInteger: identifier) }
        var messageID: Int32 = 0
        let options = onlyNewRetained ? Int32(MQTT_SUB_OPT_SEND_RETAIN_NEW.rawValue) : 0
        let code = mosquitto_subscribe_v5(pointer, &messageID, filter, qos.rawValue, options, properties.head)
        try Self.check("subscribe to '\(filter)'", code)
        return messageID
    }

    func unsubscribe(_ filter: String) {
        // A failure means the connection is gone, and with it the subscription.
        _ = mosquitto_unsubscribe_v5(pointer, nil, filter, nil)
    }

    /// Queues a DISCONNECT; with MQTT 5 it can ask the broker to publish the will.
    func disconnect(publishingWill: Bool, version: MQTTProtocolVersion) {
        let reason = publishingWill && version == .v5 ? MQTT_RC_DISCONNECT_WITH_WILL_MSG : MQTT_RC_NORMAL_DISCONNECTION
        _ = mosquitto_disconnect_v5(pointer, Int32(reason.rawValue), nil)
    }

    /// The TCP socket, for tests that cut the line.
    var socketDescriptor: Int32 { mosquitto_socket(pointer) }

    private func setOption(_ option: mosq_opt_t, _ value: Int32) -> Int32 {
        mosquitto_int_option(pointer, option, value)
    }

    private func set(_ will: MQTTWill, version: MQTTProtocolVersion) throws(MQTTError) {
        var properties = PropertyList()
        if version == .v5 {
            try properties.add(will.properties)
            if will.delaySeconds > 0 { try properties.add(MQTT_PROP_WILL_DELAY_INTERVAL, uint32: will.delaySeconds) }
        }
        let list = properties.release()
        let code = will.payload.withUnsafeBytes { bytes in
            mosquitto_will_set_v5(
                pointer,
                will.topic,
                Int32(bytes.count),
                bytes.baseAddress,
                will.qos.rawValue,
                will.retain,
                list
            )
        }
        if code != Self.success {
            var unused = list
            mosquitto_property_free_all(&unused)
        }
        try Self.check("set the will on '\(will.topic)'", code)
    }

    private func setUpTLS(_ tls: MQTTTLS) throws(MQTTError) {
        // The library wants at least one trust source by name; the system's own is added by the option.
        if tls.caFile == nil { try Self.check("trust the system's CAs", setOption(MOSQ_OPT_TLS_USE_OS_CERTS, 1)) }
        let systemFolder = tls.caFile == nil ? "/etc/ssl/certs" : nil
        let code = mosquitto_tls_set(
            pointer,
            tls.caFile,
            systemFolder,
            tls.certificateFile,
            tls.keyFile,
            mosquittoRefuseKeyPassword
        )
        try Self.check("read the TLS files", code)
        if tls.allowsWrongHostname {
            try Self.check("skip the host name check", mosquitto_tls_insecure_set(pointer, true))
        }
    }

    static func check(_ operation: String, _ code: Int32) throws(MQTTError) {
        guard code != success else { return }
        throw .library(operation: operation, reason: text(ofError: code))
    }

    /// The library's words for one of its error codes.
    static func text(ofError code: Int32) -> String {
        if code == MOSQ_ERR_ERRNO.rawValue { return String(cString: strerror(errno)) }
        return mosquitto_strerror(code).map { String(cString: $0) } ?? "error \(code)"
    }

    /// The words for a reason code of MQTT 5, or a CONNACK return code of 3.1.1.
    static func text(ofReason code: Int32, version: MQTTProtocolVersion) -> String {
        let isConnackOf311 = version == .v311 && code < 128
        let text = isConnackOf311 ? mosquitto_connack_string(code) : mosquitto_reason_string(code)
        return text.map { String(cString: $0) } ?? "reason code \(code)"
    }
}
