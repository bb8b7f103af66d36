// Distance in units of the bank's own spacing at that place.
// After Wilkinghoff et al., Local Density-Based Anomaly Score Normalization for Domain Generalization (2025).

/// score(x) = min over points y of d(x, y) / spacing(y), spacing(y) = mean distance from y to its nearest other points.
struct LocalDensityScorer: Sendable {
    /// One per point, never below the resolution.
    let spacings: [Double]
    /// Each point's score against the others, whose spacings do not count it either.
    let leaveOneOut: [Double]

    /// - Parameters:
    ///   - distances: between the points, (points, points).
    ///   - resolution: the smallest spacing used; identical points have none.
    init(distances: [[Double]], neighbours: Int, resolution: Double) {
        let neighbours = max(1, neighbours)
        let spacings = distances.indices.map { point in
            max(resolution, NearestScorer.spacing(of: point, distances, neighbours: neighbours))
        }
        self.spacings = spacings
        guard distances.count > 1 else {
            leaveOneOut = []
            return
        }
        // A point's spacing changes by leaving another out only where that one is among its nearest.
        let reach = distances.indices.map { point in
            let others = distances[point].enumerated().filter { $0.offset != point }.map(\.element).sorted()
            return others[min(neighbours, others.count) - 1]
        }
        leaveOneOut = distances.indices.map { left in
            var least = Double.infinity
            for point in distances.indices where point != left {
                var spacing = spacings[point]
                if distances[point][left] <= reach[point] {
                    let without = NearestScorer.spacing(
                        of: point,
                        distances,
                        neighbours: neighbours,
                        without: left
                    )
                    spacing = max(resolution, without)
                }
                least = min(least, distances[left][point] / spacing)
            }
            return least
        }
    }

    /// - Parameter distances: to every point.
    func score(_ distances: [Double]) -> Double {
        zip(distances, spacings).reduce(Double.infinity) { min($0, $1.0 / $1.1) }
    }
}
