// Where libmosquitto calls back, always on the network thread. Each copies what it was given and returns.
// They are top-level functions: a closure written inside an isolated function would trap on this foreign thread.

import CMosquitto
import Foundation

private func link(_ object: UnsafeMutableRawPointer?) -> BrokerLink? {
    object.map { Unmanaged<BrokerLink>.fromOpaque($0).takeUnretainedValue() }
}

func mosquittoDidConnect(
    _: OpaquePointer?,
    _ object: UnsafeMutableRawPointer?,
    _ reason: Int32,
    _ flags: Int32,
    _ properties: OpaquePointer?
) {
    let text = MQTTProperties.reasonString(in: properties)
    link(object)?.didConnect(
        reason: reason,
        sessionPresent: flags & 1 == 1,
        allowsIdentifiers: MQTTProperties.allowsSubscriptionIdentifiers(properties),
        reasonString: text
    )
}

func mosquittoDidDisconnect(
    _: OpaquePointer?,
    _ object: UnsafeMutableRawPointer?,
    _ reason: Int32,
    _ properties: OpaquePointer?
) {
    link(object)?.didDisconnect(reason: reason, reasonString: MQTTProperties.reasonString(in: properties))
}

func mosquittoDidPublish(
    _: OpaquePointer?,
    _ object: UnsafeMutableRawPointer?,
    _ messageID: Int32,
    _ reason: Int32,
    _ properties: OpaquePointer?
) {
    let text = MQTTProperties.reasonString(in: properties)
    link(object)?.didPublish(messageID: messageID, reason: reason, reasonString: text)
}

func mosquittoDidReceive(
    _: OpaquePointer?,
    _ object: UnsafeMutableRawPointer?,
    _ message: UnsafePointer<mosquitto_message>?,
    _ properties: OpaquePointer?
) {
    guard let link = link(object), let message = message?.pointee, let topic = message.topic else { return }
    let payload = message.payload.map { Data(bytes: $0, count: Int(message.payloadlen)) } ?? Data()
    link.didReceive(
        MQTTMessage(
            topic: String(cString: topic),
            payload: payload,
            qos: MQTTQoS(rawValue: message.qos) ?? .atMostOnce,
            retain: message.retain,
            properties: MQTTProperties(copying: properties)
        ),
        identifiers: MQTTProperties.subscriptionIdentifiers(in: properties)
    )
}

func mosquittoDidSubscribe(
    _: OpaquePointer?,
    _ object: UnsafeMutableRawPointer?,
    _ messageID: Int32,
    _ count: Int32,
    _ granted: UnsafePointer<Int32>?,
    _ properties: OpaquePointer?
) {
    let first = count > 0 ? granted?.pointee : nil
    let text = MQTTProperties.reasonString(in: properties)
    link(object)?.didSubscribe(messageID: messageID, granted: first ?? 128, reasonString: text)
}

func mosquittoDidLog(
    _: OpaquePointer?,
    _ object: UnsafeMutableRawPointer?,
    _ level: Int32,
    _ text: UnsafePointer<CChar>?
) {
    guard level == MOSQ_LOG_ERR || level == MOSQ_LOG_WARNING, let text else { return }
    link(object)?.didLog(String(cString: text))
}

/// Without this, OpenSSL would ask for the key's password on the terminal and hang a service.
func mosquittoRefuseKeyPassword(
    _: UnsafeMutablePointer<CChar>?,
    _: Int32,
    _: Int32,
    _: UnsafeMutableRawPointer?
) -> Int32 {
    0
}
