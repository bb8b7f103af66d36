// Vectors of one width, one after the other.

/// A matrix of float32 rows; products are summed in double precision, always in the same order.
public struct RowMatrix: Hashable, Sendable {
    /// Number of vectors.
    public let rows: Int
    /// Width of each.
    public let columns: Int
    /// (rows, columns), row after row.
    public let values: [Float]

    /// Wraps values that are already laid out.
    init(rows: Int, columns: Int, values: [Float]) {
        precondition(values.count == rows * columns, "values do not fill the shape")
        self.rows = rows
        self.columns = columns
        self.values = values
    }

    /// Lays vectors of one width out.
    init(_ vectors: [[Float]], columns: Int) {
        precondition(vectors.allSatisfy { $0.count == columns }, "vectors differ in width")
        self.init(rows: vectors.count, columns: columns, values: vectors.flatMap { $0 })
    }

    /// One vector.
    public subscript(row: Int) -> [Float] { Array(values[row * columns..<(row + 1) * columns]) }

    /// The vectors at these places, in this order.
    func picking(_ indices: [Int]) -> RowMatrix {
        var picked: [Float] = []
        picked.reserveCapacity(indices.count * columns)
        for index in indices { picked.append(contentsOf: values[index * columns..<(index + 1) * columns]) }
        return RowMatrix(rows: indices.count, columns: columns, values: picked)
    }

    /// Inner product of every row with a vector: (rows).
    func products(with vector: [Double]) -> [Double] {
        precondition(vector.count == columns, "vector has another width")
        return values.withUnsafeBufferPointer { matrix in
            vector.withUnsafeBufferPointer { vector in
                (0..<rows).map { row in
                    Self.dot(UnsafeBufferPointer(rebasing: matrix[row * columns..<(row + 1) * columns]), vector)
                }
            }
        }
    }

    /// Inner products of all rows with all rows: (rows, rows), symmetric.
    func gram() -> [Double] {
        var gram = [Double](repeating: 0, count: rows * rows)
        for row in 0..<rows {
            let wide = self[row].map(Double.init)
            values.withUnsafeBufferPointer { matrix in
                wide.withUnsafeBufferPointer { wide in
                    for other in 0...row {
                        let line = UnsafeBufferPointer(rebasing: matrix[other * columns..<(other + 1) * columns])
                        let product = Self.dot(line, wide)
                        gram[row * rows + other] = product
                        gram[other * rows + row] = product
                    }
                }
            }
        }
        return gram
    }

    /// Mean of the rows: (columns). Zero where there are none.
    func mean() -> [Double] {
        var mean = [Double](repeating: 0, count: columns)
        for row in 0..<rows {
            for column in 0..<columns { mean[column] += Double(values[row * columns + column]) }
        }
        return rows > 0 ? mean.map { $0 / Double(rows) } : mean
    }

    // Four running sums: a single one would wait for each addition, and floating-point sums are never reordered for us.
    private static func dot(_ row: UnsafeBufferPointer<Float>, _ vector: UnsafeBufferPointer<Double>) -> Double {
        var (first, second, third, fourth) = (0.0, 0.0, 0.0, 0.0)
        var index = 0
        while index + 4 <= row.count {
            first += Double(row[index]) * vector[index]
            second += Double(row[index + 1]) * vector[index + 1]
            third += Double(row[index + 2]) * vector[index + 2]
            fourth += Double(row[index + 3]) * vector[index + 3]
            index += 4
        }
        while index < row.count {
            first += Double(row[index]) * vector[index]
            index += 1
        }
        return (first + second) + (third + fourth)
    }
}

extension [Float] {
    /// The vector at length one; a vector of length zero stays as it is.
    func normalised() -> [Float] {
        let length = reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        return length > 0 ? map { Float(Double($0) / length) } : self
    }
}
