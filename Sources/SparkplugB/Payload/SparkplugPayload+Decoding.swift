// Bytes to payload: fields this version does not know are passed over, broken ones are an error, none is trusted.
import Foundation

extension SparkplugPayload {
    /// Reads a payload.
    ///
    /// - Throws: `PayloadError` naming what is wrong and where.
    public init(decoding data: Data, limits: DecodingLimits = DecodingLimits()) throws(PayloadError) {
        guard data.count <= limits.bytes else {
            throw PayloadError(.tooLarge(bytes: data.count, limit: limits.bytes), at: 0)
        }
        self.init()
        var reader = ProtobufReader([UInt8](data)[...])
        while let field = try reader.next() {
            switch (field.number, field.value) {
            case (1, .varint(let value)): timestampMS = value
            case (2, .bytes(let bytes)):
                guard metrics.count < limits.metrics else {
                    throw PayloadError(.tooManyMetrics(limit: limits.metrics), at: field.offset)
                }
                metrics.append(try Metric(decoding: bytes))
            case (3, .varint(let value)): sequence = value
            case (4, .bytes(let bytes)): uuid = try text(bytes, "uuid", field)
            case (5, .bytes(let bytes)): body = Data(bytes)
            default: continue
            }
        }
    }
}

extension Metric {
    fileprivate init(decoding bytes: ArraySlice<UInt8>) throws(PayloadError) {
        self.init(value: nil)
        var isNull = false
        var reader = ProtobufReader(bytes)
        while let field = try reader.next() {
            switch (field.number, field.value) {
            case (1, .bytes(let bytes)): name = try text(bytes, "a metric's name", field)
            case (2, .varint(let value)): alias = value
            case (3, .varint(let value)): timestampMS = value
            case (4, .varint(let value)): dataType = DataType(rawValue: UInt32(truncatingIfNeeded: value))
            case (5, .varint(let value)): isHistorical = value != 0
            case (6, .varint(let value)): isTransient = value != 0
            case (7, .varint(let value)): isNull = value != 0
            case (8, .bytes(let bytes)): metadata = Data(bytes)
            case (9, .bytes(let bytes)): properties = try PropertySet(decoding: bytes, at: field.offset)
            case (10, .varint(let value)): self.value = .int(UInt32(truncatingIfNeeded: value))
            case (11, .varint(let value)): self.value = .long(value)
            case (12, .fixed32(let value)): self.value = .float(Float(bitPattern: value))
            case (13, .fixed64(let value)): self.value = .double(Double(bitPattern: value))
            case (14, .varint(let value)): self.value = .boolean(value != 0)
            case (15, .bytes(let bytes)): self.value = .string(try text(bytes, "a metric's value", field))
            case (16, .bytes(let bytes)): self.value = .bytes(Data(bytes))
            case (17, .bytes(let bytes)): self.value = .dataSet(Data(bytes))
            case (18, .bytes(let bytes)): self.value = .template(Data(bytes))
            default: continue
            }
        }
        if isNull { value = nil }
    }
}

extension PropertySet {
    fileprivate init(decoding bytes: ArraySlice<UInt8>, at offset: Int) throws(PayloadError) {
        var keys: [String] = []
        var values: [(type: DataType?, value: MetricValue?)] = []
        var reader = ProtobufReader(bytes)
        while let field = try reader.next() {
            switch (field.number, field.value) {
            case (1, .bytes(let bytes)): keys.append(try text(bytes, "a property's name", field))
            case (2, .bytes(let bytes)): values.append(try Self.value(bytes))
            default: continue
            }
        }
        guard keys.count == values.count else {
            throw PayloadError(.unpairedProperties(keys: keys.count, values: values.count), at: offset)
        }
        self.init(zip(keys, values).map { Property(key: $0, type: $1.type, value: $1.value) })
    }

    /// Sets inside sets (fields 9 and 10) are passed over: such a property reads as having no value.
    private static func value(_ bytes: ArraySlice<UInt8>) throws(PayloadError) -> (DataType?, MetricValue?) {
        var type: DataType?
        var value: MetricValue?
        var isNull = false
        var reader = ProtobufReader(bytes)
        while let field = try reader.next() {
            switch (field.number, field.value) {
            case (1, .varint(let number)): type = DataType(rawValue: UInt32(truncatingIfNeeded: number))
            case (2, .varint(let flag)): isNull = flag != 0
            case (3, .varint(let number)): value = .int(UInt32(truncatingIfNeeded: number))
            case (4, .varint(let number)): value = .long(number)
            case (5, .fixed32(let bits)): value = .float(Float(bitPattern: bits))
            case (6, .fixed64(let bits)): value = .double(Double(bitPattern: bits))
            case (7, .varint(let flag)): value = .boolean(flag != 0)
            case (8, .bytes(let bytes)): value = .string(try text(bytes, "a property's value", field))
            default: continue
            }
        }
        return (type, isNull ? nil : value)
    }
}

private func text(
    _ bytes: ArraySlice<UInt8>,
    _ what: String,
    _ field: ProtobufField
) throws(PayloadError) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
        throw PayloadError(.invalidText(field: what), at: field.offset)
    }
    return text
}
