// Values that are not known are null in the API's answers, never absent.

/// Encodes an optional as its value or as null.
@propertyWrapper
public struct OrNull<Value: Encodable & Sendable>: Encodable, Sendable {
    public var wrappedValue: Value?

    public init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }

    init(_ value: Value?) { wrappedValue = value }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let wrappedValue { try container.encode(wrappedValue) } else { try container.encodeNil() }
    }
}

extension OrNull: Equatable where Value: Equatable {}
extension OrNull: Hashable where Value: Hashable {}

extension Double {
    /// To some decimals; nil where it is not finite, for JSON has no word for that.
    func rounded(decimals: Int) -> Double? {
        guard isFinite else { return nil }
        let scale = (0..<decimals).reduce(1.0) { scale, _ in scale * 10 }
        return (self * scale).rounded() / scale
    }

    /// A probability or share.
    var share: Double { rounded(decimals: 6) ?? 0 }

    /// A level in dBFS, as the window topic writes it.
    var level: Double? { isNaN ? nil : Swift.min(Swift.max(self, -160), 160).rounded(decimals: 2) }
}
