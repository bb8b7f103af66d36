// One space in which sound is compared: the model's embedding, or the standardised acoustic descriptor.

/// z-scores of one window in one space.
public struct SpaceScores: Hashable, Sendable {
    /// Raw score of each method, in its own unit.
    public let raw: [NoveltyMethod: Double]
    /// Deviations above the bank's own leave-one-out scores.
    public let zScores: [NoveltyMethod: Double]
    /// The methods combined.
    public let combined: Double
}

/// All methods over the points of one space.
struct NoveltySpace: Sendable {
    enum Metric: Sendable {
        /// 1 - cosine; points and windows are brought to length one.
        case cosine
        /// Euclidean over standardised values, divided by the root of the width: 1 is "one deviation in every value".
        case standardised(Standardisation, DescriptorView)
    }

    let metric: Metric
    let points: RowMatrix
    let methods: [NoveltyMethod]
    let rule: CombinationRule
    let nearest: NearestScorer
    let localDensity: LocalDensityScorer
    let mahalanobis: MahalanobisScorer?
    let residual: ResidualScorer?
    let normal: [NoveltyMethod: NormalScores]
    /// Combined z-score of each point, judged without itself, by `nearest` without its block; empty for a single point.
    let leaveOneOut: [Double]

    private let squares: [Double]
    private let scale: Double

    /// The smallest differences that mean anything: distances and residuals, then ratios.
    private static let leastRatio = 0.05

    /// - Parameter blocks: of each point; nil for each in one of its own.
    init(embeddings: RowMatrix, blocks: [Int]? = nil, options: NoveltyOptions) {
        self.init(points: embeddings, metric: .cosine, blocks: blocks, options: options)
    }

    /// - Parameter blocks: of each point; nil for each in one of its own.
    init(
        descriptors: RowMatrix,
        blocks: [Int]? = nil,
        view: DescriptorView = .everything,
        options: NoveltyOptions
    ) {
        let chosen = (0..<descriptors.rows).map { view.apply(descriptors[$0]) }
        let columns = chosen.first?.count ?? descriptors.columns
        let standardisation = Standardisation(RowMatrix(chosen, columns: columns), least: view.leastDeviations)
        self.init(
            points: RowMatrix(chosen.map(standardisation.apply), columns: columns),
            metric: .standardised(standardisation, view),
            blocks: blocks,
            options: options
        )
    }

    private init(points: RowMatrix, metric: Metric, blocks: [Int]?, options: NoveltyOptions) {
        self.points = points
        self.metric = metric
        rule = options.methodRule
        let methods = options.methods.isEmpty ? NoveltyMethod.allCases : options.methods
        self.methods = methods
        let least: Double
        switch metric {
        case .cosine: (scale, least) = (1, 1e-3)
        case .standardised: (scale, least) = (Double(max(1, points.columns)).squareRoot(), 0.02)
        }
        let gram = points.gram()
        let squares = (0..<points.rows).map { gram[$0 * points.rows + $0] }
        self.squares = squares
        let (scale, metricCopy) = (scale, metric)
        let distances = (0..<points.rows).map { row in
            let products = Array(gram[row * points.rows..<(row + 1) * points.rows])
            return Self.distances(products, squares: squares, square: squares[row], metric: metricCopy, scale: scale)
        }
        nearest = NearestScorer(
            distances: distances,
            neighbours: options.neighbours,
            blocks: blocks ?? Array(distances.indices)
        )
        localDensity = LocalDensityScorer(
            distances: distances,
            neighbours: options.neighbours,
            resolution: least * 1e-3
        )
        mahalanobis =
            methods.contains(.mahalanobis)
            ? MahalanobisScorer(rows: points, resolution: least / Double(max(1, points.columns)).squareRoot()) : nil
        residual =
            methods.contains(.pcaResidual)
            ? ResidualScorer(
                rows: points,
                explainedVariance: options.explainedVariance,
                mostComponents: options.mostComponents
            ) : nil
        var normal: [NoveltyMethod: NormalScores] = [:]
        var own: [[Double]] = []
        for method in methods {
            let (scores, resolution): ([Double], Double) =
                switch method {
                case .nearest: (nearest.leaveOneOut, least)
                case .localDensity: (localDensity.leaveOneOut, Self.leastRatio)
                case .mahalanobis: (mahalanobis?.leaveOneOut ?? [], Self.leastRatio)
                case .pcaResidual: (residual?.leaveOneOut.map { $0 / scale } ?? [], least)
                }
            let yardstick = NormalScores(scores: scores, resolution: resolution)
            normal[method] = yardstick
            own.append(scores.map(yardstick.zScore))
        }
        self.normal = normal
        let rule = options.methodRule
        leaveOneOut = (0..<(own.first?.count ?? 0)).compactMap { point in rule.combine(own.map { $0[point] }) }
    }

    /// Scores a window of the right width with finite values.
    func score(_ window: [Float]) -> SpaceScores {
        let brought: [Float] =
            switch metric {
            case .cosine: window.normalised()
            case .standardised(let standardisation, let view): standardisation.apply(view.apply(window))
            }
        let vector = brought.map(Double.init)
        let products = points.products(with: vector)
        let square = vector.reduce(0) { $0 + $1 * $1 }
        let distances = Self.distances(products, squares: squares, square: square, metric: metric, scale: scale)
        var raw: [NoveltyMethod: Double] = [:]
        var zScores: [NoveltyMethod: Double] = [:]
        for method in methods {
            let score: Double =
                switch method {
                case .nearest: nearest.score(distances)
                case .localDensity: localDensity.score(distances)
                case .mahalanobis: mahalanobis?.score(vector, products: products) ?? 0
                case .pcaResidual: (residual?.score(vector) ?? 0) / scale
                }
            raw[method] = score
            zScores[method] = normal[method]?.zScore(score)
        }
        // In the methods' order: a dictionary's order changes from run to run, and sums with it.
        let combined = rule.combine(methods.compactMap { zScores[$0] }) ?? 0
        return SpaceScores(raw: raw, zScores: zScores, combined: combined)
    }

    private static func distances(
        _ products: [Double],
        squares: [Double],
        square: Double,
        metric: Metric,
        scale: Double
    ) -> [Double] {
        switch metric {
        case .cosine: products.map { max(0, 1 - $0) }
        case .standardised: zip(products, squares).map { max(0, $1 + square - 2 * $0).squareRoot() / scale }
        }
    }
}
