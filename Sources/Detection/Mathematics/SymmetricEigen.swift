// Eigenvalues and eigenvectors of a symmetric matrix: Householder's tridiagonal form, then QL with implicit shifts.
// Golub and Van Loan, Matrix Computations, chapter 8.
import Foundation

/// The spectrum of a symmetric matrix, largest eigenvalue first.
struct SymmetricEigen: Sendable {
    /// In falling order.
    let values: [Double]
    /// One per value: (values, size), each of length one.
    let vectors: [[Double]]

    /// Takes a symmetric matrix (size, size) apart.
    init(_ matrix: [Double], size: Int) {
        precondition(matrix.count == size * size, "matrix is not square")
        var form = Tridiagonal(matrix, size: size)
        form.diagonalise()
        let order = (0..<size).sorted { form.diagonal[$0] > form.diagonal[$1] }
        values = order.map { form.diagonal[$0] }
        vectors = order.map { Array(form.basis[$0 * size..<($0 + 1) * size]) }
    }
}

private struct Tridiagonal {
    let size: Int
    var diagonal: [Double]
    /// Entry i couples i and i + 1; one spare at the end.
    var coupling: [Double]
    /// Rows are the basis vectors.
    var basis: [Double]

    init(_ matrix: [Double], size: Int) {
        self.size = size
        diagonal = []
        coupling = [Double](repeating: 0, count: max(size, 1))
        basis = [Double](repeating: 0, count: size * size)
        for index in 0..<size { basis[index * size + index] = 1 }
        var work = matrix
        var mirrors: [[Double]] = []
        for column in 0..<max(0, size - 2) {
            mirrors.append(Self.reflect(&work, size: size, column: column, coupling: &coupling[column]))
        }
        if size > 1 { coupling[size - 2] = work[(size - 1) * size + size - 2] }
        diagonal = (0..<size).map { work[$0 * size + $0] }
        accumulate(mirrors)
    }

    /// Clears a column below its subdiagonal; gives the mirror's normal (entries from column + 1), empty for none.
    private static func reflect(_ work: inout [Double], size: Int, column: Int, coupling: inout Double) -> [Double] {
        let first = column + 1
        var normal = (first..<size).map { work[$0 * size + column] }
        let rest = normal.dropFirst().reduce(0) { $0 + $1 * $1 }
        guard rest > 0 else {
            coupling = normal[0]
            return []
        }
        let length = (normal[0] * normal[0] + rest).squareRoot()
        coupling = normal[0] > 0 ? -length : length
        normal[0] -= coupling
        let scale = 1 / (normal[0] * normal[0] + rest).squareRoot()
        for index in normal.indices { normal[index] *= scale }
        work.withUnsafeMutableBufferPointer { work in
            var image = [Double](repeating: 0, count: normal.count)
            for row in first..<size {
                var sum = 0.0
                for index in normal.indices { sum += work[row * size + first + index] * normal[index] }
                image[row - first] = 2 * sum
            }
            let along = zip(normal, image).reduce(0) { $0 + $1.0 * $1.1 }
            for index in image.indices { image[index] -= along * normal[index] }
            for row in first..<size {
                let (out, into) = (normal[row - first], image[row - first])
                for index in normal.indices {
                    work[row * size + first + index] -= out * image[index] + into * normal[index]
                }
            }
        }
        return normal
    }

    /// Multiplies the mirrors up, last first, and turns the product so that rows are basis vectors.
    private mutating func accumulate(_ mirrors: [[Double]]) {
        for (column, normal) in mirrors.enumerated().reversed() where !normal.isEmpty {
            let first = column + 1
            var along = [Double](repeating: 0, count: size)
            for index in normal.indices {
                for other in first..<size { along[other] += normal[index] * basis[(first + index) * size + other] }
            }
            for index in normal.indices {
                let twice = 2 * normal[index]
                for other in first..<size { basis[(first + index) * size + other] -= twice * along[other] }
            }
        }
        for row in 0..<size {
            for column in 0..<row { basis.swapAt(row * size + column, column * size + row) }
        }
    }

    /// Chases the couplings to zero. Each eigenvalue takes two or three rounds; sixty is a guard, never met.
    mutating func diagonalise() {
        for low in 0..<size {
            for _ in 0..<60 {
                let high = (low..<size - 1).first { isSplit(at: $0) } ?? size - 1
                guard high > low else { break }
                chase(low: low, high: high)
            }
        }
    }

    private func isSplit(at index: Int) -> Bool {
        coupling[index].magnitude <= Double.ulpOfOne * (diagonal[index].magnitude + diagonal[index + 1].magnitude)
    }

    private mutating func chase(low: Int, high: Int) {
        let half = (diagonal[low + 1] - diagonal[low]) / (2 * coupling[low])
        let root = hypot(half, 1)
        var bulge = diagonal[high] - diagonal[low] + coupling[low] / (half + (half < 0 ? -root : root))
        var (sine, cosine, shift) = (1.0, 1.0, 0.0)
        for index in (low..<high).reversed() {
            let spill = sine * coupling[index]
            let kept = cosine * coupling[index]
            let length = hypot(spill, bulge)
            coupling[index + 1] = length
            guard length > 0 else {
                diagonal[index + 1] -= shift
                coupling[high] = 0
                return
            }
            sine = spill / length
            cosine = bulge / length
            let moved = diagonal[index + 1] - shift
            let turn = (diagonal[index] - moved) * sine + 2 * cosine * kept
            shift = sine * turn
            diagonal[index + 1] = moved + shift
            bulge = cosine * turn - kept
            rotate(index, sine: sine, cosine: cosine)
        }
        diagonal[low] -= shift
        coupling[low] = bulge
        coupling[high] = 0
    }

    private mutating func rotate(_ index: Int, sine: Double, cosine: Double) {
        let size = size
        basis.withUnsafeMutableBufferPointer { basis in
            let (lower, upper) = (index * size, (index + 1) * size)
            for column in 0..<size {
                let (left, right) = (basis[lower + column], basis[upper + column])
                basis[upper + column] = sine * left + cosine * right
                basis[lower + column] = cosine * left - sine * right
            }
        }
    }
}
