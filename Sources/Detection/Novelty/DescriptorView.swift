// Which values of a descriptor are compared with which, and how they are made comparable before they are standardised.

/// Neighbouring values of one kind and one unit.
public struct DescriptorPart: Hashable, Sendable, Codable {
    /// Place of the first value.
    public let first: Int
    /// Number of values.
    public let count: Int
    /// Subtracts the mean of the part: for levels in dB this leaves the shape, whatever the gain.
    public let removesMean: Bool
    /// The least deviation a value is standardised with, in its unit: smaller differences mean nothing. A short enrolment
    /// hears too little variety, and would take every later difference for a change.
    public let leastDeviation: Double

    /// Makes a part.
    public init(first: Int, count: Int, removesMean: Bool = false, leastDeviation: Double = 0) {
        self.first = first
        self.count = count
        self.removesMean = removesMean
        self.leastDeviation = leastDeviation
    }
}

/// One side a sound is looked at from, such as its level or its rhythm: a space of its own, with scorers of its own.
public struct DescriptorView: Hashable, Sendable, Codable {
    /// What it is called.
    public let name: String
    /// Its values, in this order; empty for all of the descriptor, as they are.
    public let parts: [DescriptorPart]
    /// How much it counts beside the others, where the rule weighs.
    public let weight: Double

    /// Makes a view.
    public init(name: String, parts: [DescriptorPart] = [], weight: Double = 1) {
        self.name = name
        self.parts = parts
        self.weight = weight
    }

    /// All values in one space.
    public static let everything = DescriptorView(name: "descriptor")

    /// Whether descriptors of a width have its values.
    func fits(width: Int) -> Bool {
        parts.allSatisfy { $0.first >= 0 && $0.count > 0 && $0.first + $0.count <= width }
    }

    /// The values compared.
    func apply(_ descriptor: [Float]) -> [Float] {
        guard !parts.isEmpty else { return descriptor }
        var chosen: [Float] = []
        for part in parts {
            let values = descriptor[part.first..<part.first + part.count]
            let mean = part.removesMean ? Float(values.reduce(0.0) { $0 + Double($1) } / Double(part.count)) : 0
            chosen.append(contentsOf: values.map { $0 - mean })
        }
        return chosen
    }

    /// The least deviation of each value compared; empty for none.
    var leastDeviations: [Double] { parts.flatMap { [Double](repeating: $0.leastDeviation, count: $0.count) } }
}
