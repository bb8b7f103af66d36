// The triangular root of a positive definite matrix, kept packed: half the memory, and banks lie in memory by the hundred.

/// L of A = L Lᵀ, rows packed one after the other.
struct Cholesky: Sendable {
    let size: Int
    private var packed: [Double]

    /// Takes a symmetric matrix (size, size) apart. A pivot that rounding made zero or negative is lifted to `floor`.
    init(_ matrix: [Double], size: Int, floor: Double) {
        precondition(matrix.count == size * size, "matrix is not square")
        self.size = size
        var packed = [Double](repeating: 0, count: size * (size + 1) / 2)
        for row in 0..<size {
            let start = row * (row + 1) / 2
            for column in 0...row {
                let other = column * (column + 1) / 2
                var sum = matrix[row * size + column]
                for index in 0..<column { sum -= packed[start + index] * packed[other + index] }
                packed[start + column] =
                    column == row ? Swift.max(sum, floor).squareRoot() : sum / packed[other + column]
            }
        }
        self.packed = packed
    }

    /// vᵀ A⁻¹ v.
    func inverseForm(_ vector: [Double]) -> Double {
        var solved = vector
        var total = 0.0
        packed.withUnsafeBufferPointer { packed in
            for row in 0..<size {
                let start = row * (row + 1) / 2
                var (even, odd) = (0.0, 0.0)
                var index = 0
                while index + 1 < row {
                    even += packed[start + index] * solved[index]
                    odd += packed[start + index + 1] * solved[index + 1]
                    index += 2
                }
                if index < row { even += packed[start + index] * solved[index] }
                let value = (solved[row] - (even + odd)) / packed[start + row]
                solved[row] = value
                total += value * value
            }
        }
        return total
    }
}
