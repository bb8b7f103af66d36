// What the tests of the matrix products multiply.
import Testing

/// A product's shape.
struct ProductShape: Sendable, CustomTestStringConvertible {
    var rows: Int
    var outputs: Int
    var inputs: Int
    var testDescription: String { "\(rows) x \(outputs) x \(inputs)" }
}

/// A product's operands.
struct ProductOperands {
    let shape: ProductShape
    var x: [Float]
    var weight: [Float]
    var bias: [Float]
    var before: [Float]

    init(_ shape: ProductShape, scale: Double = 1) {
        var source = Values(seed: shape.rows * 1_000 + shape.outputs + shape.inputs)
        self.shape = shape
        x = source.list(shape.rows * shape.inputs, scale: scale)
        weight = source.list(shape.outputs * shape.inputs)
        bias = source.list(shape.outputs, scale: scale)
        before = source.list(shape.rows * shape.outputs, scale: scale)
    }

    /// x · weightᵀ in double precision.
    func sum(_ row: Int, _ output: Int) -> Double {
        (0..<shape.inputs).reduce(0.0) { sum, k in
            sum + Double(x[row * shape.inputs + k]) * Double(weight[output * shape.inputs + k])
        }
    }
}
