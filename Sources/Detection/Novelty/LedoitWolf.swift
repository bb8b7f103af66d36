// How far a covariance estimated from few points is to be pulled towards a sphere.
// Ledoit and Wolf, A Well-Conditioned Estimator for Large-Dimensional Covariance Matrices (2004).

/// The shrunk covariance is (1 - shrinkage) S + shrinkage · variance · I, S the covariance divided by the count.
struct LedoitWolf: Sendable, Equatable {
    /// 0...1.
    let shrinkage: Double
    /// Mean variance of a dimension.
    let variance: Double

    /// Everything the estimate needs is in the inner products of the centred points, however wide they are.
    ///
    /// - Parameters:
    ///   - gram: of the centred points, (points, points).
    ///   - width: dimensions of a point.
    init(gram: [Double], points: Int, width: Int) {
        let (count, width) = (Double(points), Double(width))
        let squares = (0..<points).map { gram[$0 * points + $0] }
        variance = squares.reduce(0, +) / count / width
        let frobenius = gram.reduce(0) { $0 + $1 * $1 } / (count * count)
        let fourth = squares.reduce(0) { $0 + $1 * $1 }
        let spread = (frobenius - width * variance * variance) / width
        let noise = min((fourth / count - frobenius) / (width * count), spread)
        shrinkage = noise > 0 ? noise / spread : 0
    }
}
