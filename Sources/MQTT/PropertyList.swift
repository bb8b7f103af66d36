// MQTT 5 properties between Swift values and libmosquitto's linked lists.

import CMosquitto
import Foundation

/// An owned list for one call into the library, freed when the call is over.
struct PropertyList: ~Copyable {
    private(set) var head: OpaquePointer?

    init() {}

    deinit {
        var head = head
        if head != nil { mosquitto_property_free_all(&head) }
    }

    /// Gives the list away to the library, which frees it from then on.
    consuming func release() -> OpaquePointer? {
        let result = head
        head = nil
        return result
    }

    mutating func add(_ identifier: mqtt5_property, string: String) throws(MQTTError) {
        try check(mosquitto_property_add_string(&head, Int32(identifier.rawValue), string), identifier)
    }

    mutating func add(_ identifier: mqtt5_property, uint32: UInt32) throws(MQTTError) {
        try check(mosquitto_property_add_int32(&head, Int32(identifier.rawValue), uint32), identifier)
    }

    mutating func add(_ identifier: mqtt5_property, variableInteger: UInt32) throws(MQTTError) {
        try check(mosquitto_property_add_varint(&head, Int32(identifier.rawValue), variableInteger), identifier)
    }

    mutating func add(_ identifier: mqtt5_property, byte: UInt8) throws(MQTTError) {
        try check(mosquitto_property_add_byte(&head, Int32(identifier.rawValue), byte), identifier)
    }

    mutating func add(_ identifier: mqtt5_property, data: Data) throws(MQTTError) {
        guard let length = UInt16(exactly: data.count) else {
            throw .invalidConfiguration(
                "MQTT property \(identifier.rawValue) has \(data.count) bytes, at most 65535 fit"
            )
        }
        let code = data.withUnsafeBytes { bytes in
            mosquitto_property_add_binary(&head, Int32(identifier.rawValue), bytes.baseAddress, length)
        }
        try check(code, identifier)
    }

    mutating func add(userProperty: MQTTUserProperty) throws(MQTTError) {
        let identifier = MQTT_PROP_USER_PROPERTY
        let code = mosquitto_property_add_string_pair(
            &head,
            Int32(identifier.rawValue),
            userProperty.name,
            userProperty.value
        )
        try check(code, identifier)
    }

    /// Adds those properties of a message that are set.
    mutating func add(_ properties: MQTTProperties) throws(MQTTError) {
        if properties.payloadIsUTF8 { try add(MQTT_PROP_PAYLOAD_FORMAT_INDICATOR, byte: 1) }
        if let seconds = properties.messageExpirySeconds {
            try add(MQTT_PROP_MESSAGE_EXPIRY_INTERVAL, uint32: seconds)
        }
        if let type = properties.contentType { try add(MQTT_PROP_CONTENT_TYPE, string: type) }
        if let topic = properties.responseTopic { try add(MQTT_PROP_RESPONSE_TOPIC, string: topic) }
        if let data = properties.correlationData { try add(MQTT_PROP_CORRELATION_DATA, data: data) }
        for property in properties.userProperties { try add(userProperty: property) }
    }

    private func check(_ code: Int32, _ identifier: mqtt5_property) throws(MQTTError) {
        guard code != MOSQ_ERR_SUCCESS.rawValue else { return }
        throw .library(
            operation: "take MQTT property \(identifier.rawValue) (text must be valid UTF-8 and at most 65535 bytes)",
            reason: MosquittoHandle.text(ofError: code)
        )
    }
}

extension MQTTProperties {
    /// Copies the properties of an incoming message; the list stays the library's.
    init(copying list: OpaquePointer?) {
        self.init()
        var next = list
        while let property = next {
            read(property)
            next = mosquitto_property_next(property)
        }
    }

    private mutating func read(_ property: OpaquePointer) {
        let identifier = mosquitto_property_identifier(property)
        switch UInt32(bitPattern: identifier) {
        case MQTT_PROP_CONTENT_TYPE.rawValue:
            contentType = Self.string(property, identifier)
        case MQTT_PROP_RESPONSE_TOPIC.rawValue:
            responseTopic = Self.string(property, identifier)
        case MQTT_PROP_CORRELATION_DATA.rawValue:
            var bytes: UnsafeMutableRawPointer?
            var length: UInt16 = 0
            mosquitto_property_read_binary(property, identifier, &bytes, &length, false)
            correlationData = bytes.map { Data(bytes: $0, count: Int(length)) } ?? Data()
            free(bytes)
        case MQTT_PROP_MESSAGE_EXPIRY_INTERVAL.rawValue:
            var seconds: UInt32 = 0
            mosquitto_property_read_int32(property, identifier, &seconds, false)
            messageExpirySeconds = seconds
        case MQTT_PROP_PAYLOAD_FORMAT_INDICATOR.rawValue:
            var format: UInt8 = 0
            mosquitto_property_read_byte(property, identifier, &format, false)
            payloadIsUTF8 = format == 1
        case MQTT_PROP_USER_PROPERTY.rawValue:
            var name: UnsafeMutablePointer<CChar>?
            var value: UnsafeMutablePointer<CChar>?
            mosquitto_property_read_string_pair(property, identifier, &name, &value, false)
            userProperties.append(MQTTUserProperty(Self.take(&name) ?? "", Self.take(&value) ?? ""))
        default:
            break
        }
    }

    /// Text of the reason string property, nil where the broker sent none.
    static func reasonString(in list: OpaquePointer?) -> String? {
        guard let list else { return nil }
        var text: UnsafeMutablePointer<CChar>?
        mosquitto_property_read_string(list, Int32(MQTT_PROP_REASON_STRING.rawValue), &text, false)
        return take(&text)
    }

    /// Which of our subscriptions a message was sent for; empty where the broker does not tell.
    static func subscriptionIdentifiers(in list: OpaquePointer?) -> [UInt32] {
        var identifiers: [UInt32] = []
        var next = list
        while let property = next {
            let identifier = mosquitto_property_identifier(property)
            if UInt32(bitPattern: identifier) == MQTT_PROP_SUBSCRIPTION_IDENTIFIER.rawValue {
                var value: UInt32 = 0
                mosquitto_property_read_varint(property, identifier, &value, false)
                identifiers.append(value)
            }
            next = mosquitto_property_next(property)
        }
        return identifiers
    }

    /// False where the broker's CONNACK says that it knows no subscription identifiers.
    static func allowsSubscriptionIdentifiers(_ list: OpaquePointer?) -> Bool {
        guard let list else { return true }
        var value: UInt8 = 1
        mosquitto_property_read_byte(list, Int32(MQTT_PROP_SUBSCRIPTION_ID_AVAILABLE.rawValue), &value, false)
        return value != 0
    }

    private static func string(_ property: OpaquePointer, _ identifier: Int32) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        mosquitto_property_read_string(property, identifier, &text, false)
        return take(&text)
    }

    /// Copies and frees a string that the library allocated.
    private static func take(_ text: inout UnsafeMutablePointer<CChar>?) -> String? {
        guard let pointer = text else { return nil }
        defer {
            free(pointer)
            text = nil
        }
        return String(cString: pointer)
    }
}
