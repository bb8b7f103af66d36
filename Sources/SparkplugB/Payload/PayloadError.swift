// What is wrong with bytes that should be a Sparkplug B payload.

/// Bytes that are no Sparkplug B payload, or one beyond what is accepted.
public struct PayloadError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was found.
    public enum Problem: Hashable, Sendable {
        /// A field announces more bytes than there are.
        case truncated
        /// A number of variable length that does not end.
        case varintTooLong
        /// A field number outside 1 to 536870911.
        case invalidFieldNumber(UInt64)
        /// A wire type Protocol Buffers does not have.
        case unknownWireType(UInt64)
        /// Groups inside groups without end.
        case nestedTooDeep
        /// A text that is not UTF-8.
        case invalidText(field: String)
        /// More bytes than accepted.
        case tooLarge(bytes: Int, limit: Int)
        /// More metrics than accepted.
        case tooManyMetrics(limit: Int)
        /// A property set whose keys and values do not pair up.
        case unpairedProperties(keys: Int, values: Int)
    }

    /// What was found.
    public let problem: Problem
    /// Byte of the payload at which it was found.
    public let offset: Int

    init(_ problem: Problem, at offset: Int) {
        self.problem = problem
        self.offset = offset
    }

    public var description: String {
        let text =
            switch problem {
            case .truncated: "a field is longer than what is left"
            case .varintTooLong: "a number has more than ten bytes"
            case .invalidFieldNumber(let number): "there is no field number \(number)"
            case .unknownWireType(let type): "there is no wire type \(type) at this place"
            case .nestedTooDeep: "groups are nested too deep"
            case .invalidText(let field): "\(field) is not UTF-8"
            case .tooLarge(let bytes, let limit): "it has \(bytes) bytes, at most \(limit) are accepted"
            case .tooManyMetrics(let limit): "it has more than \(limit) metrics"
            case .unpairedProperties(let keys, let values):
                "a property set has \(keys) keys and \(values) values, expected as many of each"
            }
        return "not a Sparkplug B payload: \(text) (byte \(offset)); send Payload of sparkplug_b.proto"
    }
}

/// What a decoder accepts at most.
public struct DecodingLimits: Hashable, Sendable {
    /// Bytes of a payload.
    public var bytes: Int
    /// Metrics of a payload.
    public var metrics: Int

    /// Makes limits; the defaults are far above any command a host sends.
    public init(bytes: Int = 1 << 20, metrics: Int = 10_000) {
        self.bytes = bytes
        self.metrics = metrics
    }
}
