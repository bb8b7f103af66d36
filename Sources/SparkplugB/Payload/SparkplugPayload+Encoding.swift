// Payload to bytes. Field numbers are those of sparkplug_b.proto; fields rise, so equal payloads are equal bytes.
import Foundation

extension SparkplugPayload {
    /// The bytes of the payload.
    public func encoded() -> Data {
        var writer = ProtobufWriter()
        if let timestampMS { writer.varint(1, timestampMS) }
        for metric in metrics { writer.bytes(2, metric.encoded()) }
        if let sequence { writer.varint(3, sequence) }
        if let uuid { writer.text(4, uuid) }
        if let body { writer.bytes(5, body) }
        return Data(writer.bytes)
    }
}

extension Metric {
    fileprivate func encoded() -> [UInt8] {
        var writer = ProtobufWriter()
        if let name { writer.text(1, name) }
        if let alias { writer.varint(2, alias) }
        if let timestampMS { writer.varint(3, timestampMS) }
        if let dataType { writer.varint(4, UInt64(dataType.rawValue)) }
        if isHistorical { writer.boolean(5, true) }
        if isTransient { writer.boolean(6, true) }
        if value == nil { writer.boolean(7, true) }
        if let metadata { writer.bytes(8, metadata) }
        if let properties { writer.bytes(9, properties.encoded()) }
        switch value {
        case nil: break
        case .int(let value): writer.varint(10, UInt64(value))
        case .long(let value): writer.varint(11, value)
        case .float(let value): writer.fixed32(12, value.bitPattern)
        case .double(let value): writer.fixed64(13, value.bitPattern)
        case .boolean(let value): writer.boolean(14, value)
        case .string(let value): writer.text(15, value)
        case .bytes(let value): writer.bytes(16, value)
        case .dataSet(let value): writer.bytes(17, value)
        case .template(let value): writer.bytes(18, value)
        }
        return writer.bytes
    }
}

extension PropertySet {
    fileprivate func encoded() -> [UInt8] {
        var writer = ProtobufWriter()
        for property in properties { writer.text(1, property.key) }
        for property in properties { writer.bytes(2, property.encodedValue()) }
        return writer.bytes
    }
}

extension PropertySet.Property {
    fileprivate func encodedValue() -> [UInt8] {
        var writer = ProtobufWriter()
        if let type { writer.varint(1, UInt64(type.rawValue)) }
        switch value {
        // A property cannot carry the last three; without a value it says so.
        case nil, .bytes, .dataSet, .template: writer.boolean(2, true)
        case .int(let value): writer.varint(3, UInt64(value))
        case .long(let value): writer.varint(4, value)
        case .float(let value): writer.fixed32(5, value.bitPattern)
        case .double(let value): writer.fixed64(6, value.bitPattern)
        case .boolean(let value): writer.boolean(7, value)
        case .string(let value): writer.text(8, value)
        }
        return writer.bytes
    }
}
