// A Sparkplug B payload as plain values: time, sequence number and metrics.
// https://sparkplug.eclipse.org/specification/version/3.0/documents/sparkplug-specification-3.0.0.pdf (chapter 6)
import Foundation

/// The body of every Sparkplug message but STATE.
public struct SparkplugPayload: Hashable, Sendable {
    /// When it was sent, in milliseconds since 1970, UTC.
    public var timestampMS: UInt64?
    /// In the order they are told.
    public var metrics: [Metric]
    /// 0...255; none in NDEATH and commands.
    public var sequence: UInt64?
    /// Schema of `body`, where there is one.
    public var uuid: String?
    /// Bytes of another schema.
    public var body: Data?

    /// Makes a payload.
    public init(
        timestampMS: UInt64? = nil,
        metrics: [Metric] = [],
        sequence: UInt64? = nil,
        uuid: String? = nil,
        body: Data? = nil
    ) {
        self.timestampMS = timestampMS
        self.metrics = metrics
        self.sequence = sequence
        self.uuid = uuid
        self.body = body
    }

    /// The first metric with a name.
    public func metric(_ name: String) -> Metric? { metrics.first { $0.name == name } }
}

/// One named value at one time.
public struct Metric: Hashable, Sendable {
    /// Name with `/` between its parts; nil where an alias stands for it.
    public var name: String?
    /// Stands for the name in data messages.
    public var alias: UInt64?
    /// When the value was so, in milliseconds since 1970, UTC.
    public var timestampMS: UInt64?
    /// Given in births, left out in data.
    public var dataType: DataType?
    /// Whether it is told late and not the value of now.
    public var isHistorical: Bool
    /// Whether a host should not store it.
    public var isTransient: Bool
    /// The value; nil for "there is none".
    public var value: MetricValue?
    /// The message MetaData, as it stands on the wire.
    public var metadata: Data?
    /// Such as the quality.
    public var properties: PropertySet?

    /// Makes a metric.
    public init(
        name: String? = nil,
        alias: UInt64? = nil,
        timestampMS: UInt64? = nil,
        dataType: DataType? = nil,
        isHistorical: Bool = false,
        isTransient: Bool = false,
        value: MetricValue?,
        metadata: Data? = nil,
        properties: PropertySet? = nil
    ) {
        self.name = name
        self.alias = alias
        self.timestampMS = timestampMS
        self.dataType = dataType
        self.isHistorical = isHistorical
        self.isTransient = isTransient
        self.value = value
        self.metadata = metadata
        self.properties = properties
    }
}

/// A value in the field of the wire that carries it.
///
/// The wire has fewer types than Sparkplug: signed integers up to 32 bits travel as two's complement in `int`, Int64,
/// UInt64 and DateTime in `long`. Which it is says the data type of the birth.
public enum MetricValue: Hashable, Sendable {
    case int(UInt32)
    case long(UInt64)
    case float(Float)
    case double(Double)
    case boolean(Bool)
    case string(String)
    case bytes(Data)
    /// The message DataSet, as it stands on the wire.
    case dataSet(Data)
    /// The message Template, as it stands on the wire.
    case template(Data)

    /// An Int32.
    public static func int32(_ value: Int32) -> MetricValue { .int(UInt32(bitPattern: value)) }
    /// An Int64.
    public static func int64(_ value: Int64) -> MetricValue { .long(UInt64(bitPattern: value)) }
    /// A DateTime.
    public static func dateTime(_ time: Date) -> MetricValue { .long(time.sparkplugMS) }

    /// A whole number whichever field it came in; nil for other values and for what does not fit.
    ///
    /// Hosts send a number in the field their own type suggests, floating point where it comes from a script.
    public var wholeNumber: Int64? {
        switch self {
        case .int(let value): Int64(Int32(bitPattern: value))
        case .long(let value): Int64(bitPattern: value)
        case .float(let value): Int64(exactly: value)
        case .double(let value): Int64(exactly: value)
        case .boolean, .string, .bytes, .dataSet, .template: nil
        }
    }

    /// True for a boolean true, and for 1 from hosts that know numbers only.
    public var isTrue: Bool {
        if case .boolean(let value) = self { value } else { wholeNumber == 1 }
    }

    /// The text; nil for other values.
    public var text: String? { if case .string(let text) = self { text } else { nil } }
}

/// Types of values by their number in `sparkplug_b.proto`; numbers this version does not know pass through.
public struct DataType: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static let int8 = DataType(rawValue: 1)
    public static let int16 = DataType(rawValue: 2)
    public static let int32 = DataType(rawValue: 3)
    public static let int64 = DataType(rawValue: 4)
    public static let uint8 = DataType(rawValue: 5)
    public static let uint16 = DataType(rawValue: 6)
    public static let uint32 = DataType(rawValue: 7)
    public static let uint64 = DataType(rawValue: 8)
    public static let float = DataType(rawValue: 9)
    public static let double = DataType(rawValue: 10)
    public static let boolean = DataType(rawValue: 11)
    public static let string = DataType(rawValue: 12)
    public static let dateTime = DataType(rawValue: 13)
    public static let text = DataType(rawValue: 14)
    public static let uuid = DataType(rawValue: 15)
}

extension Date {
    /// Milliseconds since 1970; times before that count as 1970.
    public var sparkplugMS: UInt64 {
        let milliseconds = (timeIntervalSince1970 * 1_000).rounded()
        return milliseconds > 0 && milliseconds < 9e18 ? UInt64(milliseconds) : 0
    }
}
