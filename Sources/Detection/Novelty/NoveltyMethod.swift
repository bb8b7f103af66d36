// The ways a window can be far from normal sound.

/// One measure of distance from a bank. Larger is stranger; units differ, so they are compared as z-scores only.
public enum NoveltyMethod: String, Sendable, Codable, CaseIterable {
    /// Mean distance to the nearest points of the bank.
    case nearest
    /// Distance to a point in units of that point's own spacing, the smallest over the bank: fair where the bank is dense
    /// in one region and thin in another.
    case localDensity
    /// Mahalanobis distance with a covariance shrunk towards a sphere.
    case mahalanobis
    /// Length of what the bank's principal components do not explain.
    case pcaResidual
}

/// How several z-scores become one.
public enum CombinationRule: String, Sendable, Codable, CaseIterable {
    /// All must agree that the window is strange.
    case minimum
    /// The mean of the two lowest: two must agree.
    case meanOfBestTwo
    /// The mean of all.
    case mean

    /// The combined score; nil for none.
    public func combine(_ scores: [Double]) -> Double? {
        guard !scores.isEmpty else { return nil }
        switch self {
        case .minimum: return scores.min()
        case .meanOfBestTwo:
            let best = scores.sorted().prefix(2)
            return best.reduce(0, +) / Double(best.count)
        case .mean: return scores.reduce(0, +) / Double(scores.count)
        }
    }
}

/// What is measured and how it is combined.
public struct NoveltyOptions: Hashable, Sendable, Codable {
    /// Methods used, in both spaces; empty means all.
    public var methods: [NoveltyMethod]
    /// How the methods' z-scores combine in one space. The careful rules overlook a change that only some methods see
    /// (a small shift out of the bank's subspace moves Mahalanobis and residual, hardly a distance): the mean is usual.
    public var methodRule: CombinationRule
    /// How the embedding's and the descriptor's scores combine.
    public var spaceRule: CombinationRule
    /// Neighbours looked at, at least 1; fewer where the bank has fewer.
    public var neighbours: Int
    /// Share of the bank's variance that the principal components explain, 0...1.
    public var explainedVariance: Double
    /// The most principal components.
    public var mostComponents: Int

    /// Makes options.
    public init(
        methods: [NoveltyMethod] = NoveltyMethod.allCases,
        methodRule: CombinationRule = .mean,
        spaceRule: CombinationRule = .mean,
        neighbours: Int = 3,
        explainedVariance: Double = 0.95,
        mostComponents: Int = 32
    ) {
        self.methods = methods
        self.methodRule = methodRule
        self.spaceRule = spaceRule
        self.neighbours = neighbours
        self.explainedVariance = explainedVariance
        self.mostComponents = mostComponents
    }
}
