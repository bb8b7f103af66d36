// Brings values of different units on one scale.

/// Subtracts the bank's mean and divides by its deviation, value by value.
struct Standardisation: Hashable, Sendable {
    let mean: [Double]
    let deviation: [Double]

    /// A value that never moved in the bank would make any change infinite: a deviation is at least a thousandth of the
    /// mean, and no value counts for more than this many deviations.
    static let farthest = 10.0

    /// - Parameter least: a deviation per value that is not gone below; empty for none.
    init(_ rows: RowMatrix, least: [Double] = []) {
        let mean = rows.mean()
        self.mean = mean
        var squares = [Double](repeating: 0, count: rows.columns)
        for row in 0..<rows.rows {
            for (column, value) in rows[row].enumerated() {
                squares[column] += (Double(value) - mean[column]) * (Double(value) - mean[column])
            }
        }
        let count = Double(max(1, rows.rows))
        deviation = squares.indices.map { index in
            let floor = least.count == squares.count ? least[index] : 0
            return max((squares[index] / count).squareRoot(), 1e-3 * mean[index].magnitude, 1e-6, floor)
        }
    }

    func apply(_ vector: [Float]) -> [Float] {
        vector.indices.map { index in
            let value = (Double(vector[index]) - mean[index]) / deviation[index]
            return Float(min(Self.farthest, max(-Self.farthest, value)))
        }
    }
}
