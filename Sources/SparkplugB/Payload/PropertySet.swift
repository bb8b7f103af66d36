// Properties of a metric; Ausculta uses one, the quality.

/// Named properties in order.
public struct PropertySet: Hashable, Sendable {
    /// One property.
    public struct Property: Hashable, Sendable {
        /// Its name.
        public var key: String
        /// Its type.
        public var type: DataType?
        /// Its value; nil for "there is none".
        public var value: MetricValue?

        /// Makes a property.
        public init(key: String, type: DataType?, value: MetricValue?) {
            self.key = key
            self.type = type
            self.value = value
        }
    }

    /// The properties.
    public var properties: [Property]

    /// Makes a set.
    public init(_ properties: [Property]) {
        self.properties = properties
    }

    /// The value of a property.
    public subscript(key: String) -> MetricValue? { properties.first { $0.key == key }?.value }

    /// The set that says how good a value is.
    public static func quality(_ quality: MetricQuality) -> PropertySet {
        PropertySet([Property(key: "Quality", type: .int32, value: .int32(quality.rawValue))])
    }
}

/// How far a value can be trusted, by the codes of the specification (6.4.17).
public enum MetricQuality: Int32, Sendable {
    case bad = 0
    case good = 192
    case stale = 500
}
