// What the tests of the matrix products multiply, and what they expect of it.
import Foundation
import Kernels
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

extension ProductOperands {
    /// Expects the products and the bias in the middle of `wide`, which held fives and still has them at its edges.
    func expectProducts(amid wide: MatrixView, within tolerance: Double, on path: InstructionSet) {
        for row in 0..<shape.rows {
            let line = wide.base + row * wide.rowStride
            for output in 0..<shape.outputs {
                let expected = sum(row, output) + Double(bias[output])
                #expect(abs(Double(line[output + 1]) - expected) <= tolerance, "\(path) at \(row), \(output)")
            }
            #expect(line[0] == 5 && line[shape.outputs + 1] == 5 && line[shape.outputs + 2] == 5, "\(path)")
        }
    }

    /// Expects what `then` makes of the products, the bias and what was in the output before.
    func expectFinished(
        _ out: MatrixView,
        then: MatrixProduct.Then,
        within tolerance: Double,
        on path: InstructionSet
    ) {
        for row in 0..<shape.rows {
            for output in 0..<shape.outputs {
                let at = row * shape.outputs + output
                let value = sum(row, output) + Double(before[at]) + Double(bias[output])
                let expected =
                    switch then {
                    case .nothing: value
                    case .gelu: 0.5 * value * (1 + erf(value / 2.0.squareRoot()))
                    case .relu: max(0, value)
                    }
                #expect(abs(Double(out.values[at]) - expected) <= tolerance, "\(path) at \(row), \(output)")
            }
        }
    }
}

extension Workspace {
    /// A weight, (outputs, inputs), packed in two parts, as layers that share their input are joined.
    func panels(of weight: [Float], outputs: Int, inputs: Int, precision: Precision = .float32) -> WeightPanels {
        let panels = take(WeightPanels.floatCount(outputs: outputs, inputs: inputs, precision: precision))
        for part in [0..<(outputs / 3), (outputs / 3)..<outputs] {
            weight.withUnsafeBufferPointer { weight in
                guard let base = weight.baseAddress else { return }
                WeightPanels.pack(
                    base + part.lowerBound * inputs,
                    asOutputs: part.lowerBound,
                    count: part.count,
                    of: outputs,
                    inputs: inputs,
                    precision: precision,
                    into: panels
                )
            }
        }
        return WeightPanels(base: panels, outputCount: outputs, inputCount: inputs, precision: precision)
    }
}
