// The ways a window can be far from normal sound.
import Foundation

/// One measure of distance from a bank. Larger is stranger; units differ, so they are compared as z-scores only.
public enum NoveltyMethod: String, Sendable, Codable, CaseIterable {
    /// Mean distance to the nearest points of the bank. Its normal scores leave out a point's whole block of time; those of
    /// the other methods leave out the point, or a fold.
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
    /// One alone is enough: for spaces that see different changes, most of which leave the others as they are.
    case maximum

    /// sinh of the mean of asinh: near zero the mean, far out the geometric mean. Each space says by which factor a window
    /// is farther away than normal ones, and none drowns the others because its scores are large.
    case logarithmic

    /// The combined score; nil for none.
    ///
    /// - Parameter weights: how much each counts in a mean, above 0; nil for all alike. The other rules ignore them.
    public func combine(_ scores: [Double], weights: [Double]? = nil) -> Double? {
        guard !scores.isEmpty else { return nil }
        switch self {
        case .minimum: return scores.min()
        case .meanOfBestTwo:
            let best = scores.sorted().prefix(2)
            return best.reduce(0, +) / Double(best.count)
        case .maximum: return scores.max()
        case .mean: return Self.mean(scores, weights: weights)
        case .logarithmic: return sinh(Self.mean(scores.map(asinh), weights: weights))
        }
    }

    private static func mean(_ scores: [Double], weights: [Double]?) -> Double {
        guard let weights, weights.count == scores.count else { return scores.reduce(0, +) / Double(scores.count) }
        return zip(scores, weights).reduce(0) { $0 + $1.0 * $1.1 } / weights.reduce(0, +)
    }
}

/// What is measured and how it is combined.
public struct NoveltyOptions: Hashable, Sendable, Codable {
    /// Methods used, in both spaces; empty means all.
    public var methods: [NoveltyMethod]
    /// How the methods' z-scores combine in one space. The careful rules overlook a change that only some methods see
    /// (a small shift out of the bank's subspace moves Mahalanobis and residual, hardly a distance): the mean is usual.
    public var methodRule: CombinationRule
    /// How the scores of the embedding and of the descriptor's views combine.
    public var spaceRule: CombinationRule
    /// How much the embedding counts beside the descriptor's views, where the rule weighs.
    public var embeddingWeight: Double
    /// Neighbours looked at, at least 1; fewer where the bank has fewer.
    public var neighbours: Int
    /// Share of the bank's variance that the principal components explain, 0...1.
    public var explainedVariance: Double
    /// The most principal components.
    public var mostComponents: Int
    /// From which sides the descriptor is looked at, each a space of its own; all values in one space where the views do
    /// not fit the descriptor's width.
    public var descriptorViews: [DescriptorView]

    /// Makes options.
    public init(
        methods: [NoveltyMethod] = NoveltyMethod.allCases,
        methodRule: CombinationRule = .mean,
        spaceRule: CombinationRule = .mean,
        embeddingWeight: Double = 1,
        neighbours: Int = 3,
        explainedVariance: Double = 0.95,
        mostComponents: Int = 32,
        descriptorViews: [DescriptorView] = [.everything]
    ) {
        self.methods = methods
        self.methodRule = methodRule
        self.spaceRule = spaceRule
        self.embeddingWeight = embeddingWeight
        self.neighbours = neighbours
        self.explainedVariance = explainedVariance
        self.mostComponents = mostComponents
        self.descriptorViews = descriptorViews
    }
}
