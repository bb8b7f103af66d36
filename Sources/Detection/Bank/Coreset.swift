// A few windows that stand for many: farthest-point sampling (k-center greedy), the same answer every time.

/// Chooses representatives of a set of vectors.
public enum Coreset {
    /// Indices of at most `limit` rows, ascending.
    ///
    /// Starts at the row nearest the mean, then takes the row farthest from all taken so far (Gonzalez 1985): no row is
    /// farther from its representative than twice the best possible. Rows equal to one already taken are never taken.
    /// Ties go to the earlier row.
    ///
    /// - Complexity: `limit` passes over the rows.
    public static func farthestPoints(in rows: RowMatrix, limit: Int) -> [Int] {
        guard rows.rows > 0, limit > 0 else { return [] }
        let squares = (0..<rows.rows).map { row in rows[row].reduce(0.0) { $0 + Double($1) * Double($1) } }
        func distances(from vector: [Double]) -> [Double] {
            let square = vector.reduce(0) { $0 + $1 * $1 }
            return zip(rows.products(with: vector), squares).map { max(0, square + $1 - 2 * $0) }
        }
        let fromMean = distances(from: rows.mean())
        guard var next = fromMean.indices.min(by: { fromMean[$0] < fromMean[$1] }) else { return [] }
        var taken: [Int] = []
        var nearest = [Double](repeating: .infinity, count: rows.rows)
        while true {
            taken.append(next)
            let fromNext = distances(from: rows[next].map(Double.init))
            for index in nearest.indices { nearest[index] = min(nearest[index], fromNext[index]) }
            nearest[next] = 0
            // `max(by:)` gives the last of equals; the earlier one is wanted.
            guard taken.count < min(limit, rows.rows),
                let farthest = nearest.indices.max(by: { (nearest[$0], $1) < (nearest[$1], $0) }),
                nearest[farthest] > Self.sameSquare
            else { return taken.sorted() }
            next = farthest
        }
    }

    /// Squared distance under which two normalised float32 vectors are the same.
    private static let sameSquare = 1e-10
}
