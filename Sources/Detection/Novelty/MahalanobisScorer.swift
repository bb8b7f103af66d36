// Distance in units of the bank's own scatter, for banks with fewer points than dimensions as well.
import Foundation

/// score(x) = sqrt((x - m)ᵀ Σ⁻¹ (x - m) / width) with the Ledoit-Wolf covariance Σ.
///
/// Where there are fewer points than dimensions Σ is never formed: with a = shrinkage · variance, c = (1 - shrinkage) / n
/// and the centred points X, Woodbury gives Σ⁻¹ = (I - Xᵀ (a/c I + X Xᵀ)⁻¹ X) / a, a system of (points, points).
///
/// Leaving a point out keeps shrinkage and variance as they are and is otherwise exact: mean and scatter change by one
/// outer product, so (Sherman-Morrison) h / (1 - s h) with h = xᵀ A⁻¹ x, A the covariance over n - 1 points.
struct MahalanobisScorer: Sendable {
    let shrunk: LedoitWolf
    /// Each point's score against the others.
    let leaveOneOut: [Double]

    private let mean: [Double]
    private let form: Form

    private enum Form: Sendable {
        /// Of a/c I + X Xᵀ, with what centring takes off: X m and a.
        case points(Cholesky, rowsOnMean: [Double], sphere: Double)
        /// Of Σ itself.
        case dimensions(Cholesky)
    }

    /// Shrinkage below this leaves the system without a solution where points are fewer than dimensions.
    private static let leastShrinkage = 1e-6

    /// - Parameter resolution: the smallest deviation of a dimension, > 0.
    init(rows: RowMatrix, resolution: Double) {
        let (points, width) = (rows.rows, rows.columns)
        let mean = rows.mean()
        self.mean = mean
        let centred = RowMatrix.centredGram(rows.gram(), size: points)
        shrunk = LedoitWolf(gram: centred, points: points, width: width)
        let variance = max(shrunk.variance, resolution * resolution)
        let shrinkage = max(shrunk.shrinkage, Self.leastShrinkage)
        let sphere = shrinkage * variance
        let floor = sphere * 1e-9
        // 1 - shrinkage of 0 would divide by zero; a sphere is then reached within rounding.
        let part = max(1 - shrinkage, 1e-9)
        let others = Double(max(1, points - 1))
        let root = Double(width).squareRoot()
        let share = part * Double(points) / (others * others)
        let stretch = Double(points) / others
        let own: [Double]
        if points <= width {
            let lift = sphere * Double(points) / part
            let system = Cholesky(Self.lifted(centred, size: points, by: lift), size: points, floor: floor)
            form = .points(system, rowsOnMean: rows.products(with: mean), sphere: sphere)
            let without = Cholesky(
                Self.lifted(centred, size: points, by: sphere * others / part),
                size: points,
                floor: floor
            )
            own = (0..<points).map { point in
                let products = Array(centred[point * points..<(point + 1) * points])
                return max(0, products[point] - without.inverseForm(products)) / sphere
            }
        } else {
            let scatter = Self.scatter(rows, mean: mean)
            func covariance(over count: Double) -> Cholesky {
                let scaled = scatter.map { $0 * part / count }
                return Cholesky(Self.lifted(scaled, size: width, by: sphere), size: width, floor: floor)
            }
            form = .dimensions(covariance(over: Double(points)))
            let without = covariance(over: others)
            own = (0..<points).map { point in
                without.inverseForm(zip(rows[point], mean).map { Double($0) - $1 })
            }
        }
        leaveOneOut =
            points > 1
            ? own.map { stretch * ($0 / max(1e-12, 1 - share * $0)).squareRoot() / root }
            : []
    }

    /// - Parameters:
    ///   - vector: the window.
    ///   - products: of every point with it.
    func score(_ vector: [Double], products: [Double]) -> Double {
        let offset = zip(vector, mean).map { $0 - $1 }
        let square: Double
        switch form {
        case .dimensions(let covariance): square = covariance.inverseForm(offset)
        case .points(let system, let rowsOnMean, let sphere):
            // (x_i - m) · (q - m), from the products that are there already.
            let meanOnOffset = zip(mean, offset).reduce(0) { $0 + $1.0 * $1.1 }
            let along = zip(products, rowsOnMean).map { $0 - $1 - meanOnOffset }
            let length = offset.reduce(0) { $0 + $1 * $1 }
            square = max(0, length - system.inverseForm(along)) / sphere
        }
        return (square / Double(offset.count)).squareRoot()
    }

    private static func lifted(_ matrix: [Double], size: Int, by lift: Double) -> [Double] {
        var lifted = matrix
        for index in 0..<size { lifted[index * size + index] += lift }
        return lifted
    }

    /// Xᵀ X of the centred points: (width, width).
    static func scatter(_ rows: RowMatrix, mean: [Double]) -> [Double] {
        let width = rows.columns
        var scatter = [Double](repeating: 0, count: width * width)
        for point in 0..<rows.rows {
            let offset = zip(rows[point], mean).map { Double($0) - $1 }
            for row in 0..<width {
                for column in 0..<width { scatter[row * width + column] += offset[row] * offset[column] }
            }
        }
        return scatter
    }
}

extension RowMatrix {
    /// Inner products of the centred points from those of the points: (size, size).
    static func centredGram(_ gram: [Double], size: Int) -> [Double] {
        let means = (0..<size).map { row in
            gram[row * size..<(row + 1) * size].reduce(0, +) / Double(size)
        }
        let grand = means.reduce(0, +) / Double(size)
        var centred = gram
        for row in 0..<size {
            for column in 0..<size { centred[row * size + column] += grand - means[row] - means[column] }
        }
        return centred
    }
}
