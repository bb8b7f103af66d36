// What the bank's principal components do not explain.

/// score(x) = |(x - m) - P (x - m)|, P the projection on the bank's leading components.
struct ResidualScorer: Sendable {
    let mean: [Double]
    /// Leading components, each of length one: (components, width).
    let components: RowMatrix
    /// Each point's score under the components of the folds without it.
    ///
    /// Five folds by place, not one per point: each needs a spectrum of its own, and a fifth of the points less gives a
    /// slightly larger residual, on the careful side. Every fold keeps as many components as the whole bank: a share
    /// reached with one component fewer in some fold would make that fold's residuals jump.
    private(set) var leaveOneOut: [Double] = []

    private static let folds = 5

    init(rows: RowMatrix, explainedVariance: Double, mostComponents: Int) {
        (mean, components) = Self.fit(rows, explainedVariance: explainedVariance, mostComponents: mostComponents)
        guard rows.rows > 1 else { return }
        let folds = min(Self.folds, rows.rows)
        var scores = [Double](repeating: 0, count: rows.rows)
        for fold in 0..<folds {
            let rest = (0..<rows.rows).filter { $0 % folds != fold }
            let fitted = Self.fit(
                rows.picking(rest),
                explainedVariance: .infinity,
                mostComponents: components.rows
            )
            for point in stride(from: fold, to: rows.rows, by: folds) {
                let vector = rows[point].map(Double.init)
                scores[point] = Self.residual(vector, mean: fitted.mean, components: fitted.components)
            }
        }
        leaveOneOut = scores
    }

    func score(_ vector: [Double]) -> Double { Self.residual(vector, mean: mean, components: components) }

    private static func residual(_ vector: [Double], mean: [Double], components: RowMatrix) -> Double {
        let offset = zip(vector, mean).map { $0 - $1 }
        let length = offset.reduce(0) { $0 + $1 * $1 }
        let explained = components.products(with: offset).reduce(0) { $0 + $1 * $1 }
        return max(0, length - explained).squareRoot()
    }

    /// At most half as many components as points: a bank explains itself completely with all of them.
    private static func fit(
        _ rows: RowMatrix,
        explainedVariance: Double,
        mostComponents: Int
    ) -> (mean: [Double], components: RowMatrix) {
        let (points, width) = (rows.rows, rows.columns)
        let mean = rows.mean()
        let most = min(max(0, mostComponents), points / 2, width)
        guard most > 0 else { return (mean, RowMatrix(rows: 0, columns: width, values: [])) }
        let isWide = points <= width
        let spectrum =
            isWide
            ? SymmetricEigen(RowMatrix.centredGram(rows.gram(), size: points), size: points)
            : SymmetricEigen(MahalanobisScorer.scatter(rows, mean: mean), size: width)
        let total = spectrum.values.reduce(0) { $0 + max(0, $1) }
        let least = max(1e-9 * (spectrum.values.first ?? 0), 1e-12)
        var components: [[Float]] = []
        var explained = 0.0
        for (value, vector) in zip(spectrum.values, spectrum.vectors) {
            guard components.count < most, value > least, explained < explainedVariance * total else { break }
            explained += value
            guard isWide else {
                components.append(vector.map(Float.init))
                continue
            }
            var component = [Double](repeating: 0, count: width)
            for (point, weight) in vector.enumerated() {
                for column in 0..<width {
                    let offset = Double(rows.values[point * width + column]) - mean[column]
                    component[column] += weight * offset
                }
            }
            let scale = 1 / value.squareRoot()
            components.append(component.map { Float($0 * scale) })
        }
        return (mean, RowMatrix(components, columns: width))
    }
}
