// The product with factors of sixteen bits, on every path: values, edges, epilogues, neighbours, rounding.
import Foundation
import Kernels
import Testing

@Suite struct PanelProductBFloat16Tests {
    /// Rows, outputs, inputs: odd depths, and around the blocks of 384 inputs and 132 rows.
    static let shapes: [(rows: Int, outputs: Int, inputs: Int)] = [
        (1, 1, 1), (7, 31, 33), (31, 7, 61), (32, 32, 32), (33, 48, 7), (13, 17, 385), (12, 33, 384), (5, 16, 777),
        (64, 40, 96), (133, 19, 31), (265, 33, 2),
    ]

    /// The value that `value` becomes: the nearest with eight bits of mantissa, ties to even.
    fileprivate static func rounded(_ value: Float) -> Float {
        guard value.isNormal else { return value.isNaN ? .nan : value.isInfinite ? value : 0 }
        let bits = value.bitPattern
        return Float(bitPattern: (bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF_0000)
    }

    private static func unpacked(_ words: [Float], count: Int) -> [Float] {
        (0..<count).map { i in
            let bits = words[i / 2].bitPattern
            return Float(bitPattern: i % 2 == 0 ? bits << 16 : bits & 0xFFFF_0000)
        }
    }

    @Test(arguments: awkwardSizes)
    func valuesAreRoundedToTheNearest(_ count: Int) throws {
        var source = Values(seed: count)
        var values = source.list(count, scale: 100)
        let special: [Float] = [
            0, -0.0, .leastNonzeroMagnitude, -.leastNormalMagnitude / 2, .infinity, -.infinity, .nan, 1, 1.00390625,
            1.01171875, .greatestFiniteMagnitude, 1e38,
        ]
        for (i, value) in special.enumerated() where i < count { values[count - 1 - i] = value }
        for path in paths {
            var words = [Float](repeating: 7, count: (count + 1) / 2 + 1)
            try on(path) { HalfPrecision.packBFloat(values, count: count, into: &words) }
            for (value, result) in zip(values, Self.unpacked(words, count: count)) {
                let expected = Self.rounded(value)
                #expect(result == expected || result.isNaN && expected.isNaN, "\(path): \(value)")
                if !value.isNaN { #expect(result.sign == value.sign, "\(path): \(value)") }
            }
            if count % 2 == 1 { #expect(words[count / 2].bitPattern >> 16 == 0, "\(path)") }
            #expect(words[(count + 1) / 2] == 7, "\(path) writes beyond the end")
        }
    }

    private struct Operands {
        var x: [Float]
        var weight: [Float]
        var bias: [Float]
        var before: [Float]
        let inputs: Int

        init(_ shape: (rows: Int, outputs: Int, inputs: Int), scale: Double = 1) {
            var source = Values(seed: shape.rows * 1_000 + shape.outputs + shape.inputs)
            x = source.list(shape.rows * shape.inputs, scale: scale)
            weight = source.list(shape.outputs * shape.inputs)
            bias = source.list(shape.outputs, scale: scale)
            before = source.list(shape.rows * shape.outputs, scale: scale)
            inputs = shape.inputs
        }

        /// The sum of products of rounded factors, in double precision.
        func sum(_ row: Int, _ output: Int) -> Double {
            (0..<inputs).reduce(0.0) { sum, k in
                sum + Double(PanelProductBFloat16Tests.rounded(x[row * inputs + k]))
                    * Double(PanelProductBFloat16Tests.rounded(weight[output * inputs + k]))
            }
        }
    }

    @Test(arguments: shapes.indices, Magnitude.allCases)
    func productsMatchTheSumOfRoundedFactors(_ index: Int, _ magnitude: Magnitude) throws {
        let shape = Self.shapes[index]
        let operands = Operands(shape, scale: magnitude.rawValue)
        for path in paths {
            let workspace = scratchWorkspace()
            defer { keep(workspace) }
            let panels = try on(path) {
                workspace.panels(
                    of: operands.weight,
                    outputs: shape.outputs,
                    inputs: shape.inputs,
                    precision: .bfloat16
                )
            }
            let input = workspace.matrix(operands.x, rows: shape.rows, columns: shape.inputs)
            let bias = workspace.matrix(operands.bias, rows: 1, columns: shape.outputs)
            // Into the middle of a wider matrix, whose edges must stay.
            let wide = workspace.takeMatrix(rows: shape.rows, columns: shape.outputs + 3)
            wide.values.update(repeating: 5)
            let out = wide.columns(1..<(shape.outputs + 1))
            try on(path) { MatrixProduct.multiply(input, by: panels, into: out, addingBias: bias.base) }
            let tolerance = 3e-7 * Double(shape.inputs) * magnitude.rawValue + 1e-44 * Double(shape.inputs)
            for row in 0..<shape.rows {
                let line = wide.base + row * wide.rowStride
                for output in 0..<shape.outputs {
                    let expected = operands.sum(row, output) + Double(operands.bias[output])
                    #expect(abs(Double(line[output + 1]) - expected) <= tolerance, "\(path) at \(row), \(output)")
                }
                #expect(line[0] == 5 && line[shape.outputs + 1] == 5 && line[shape.outputs + 2] == 5, "\(path)")
            }
        }
    }

    @Test(arguments: shapes.indices, [MatrixProduct.Then.nothing, .gelu, .relu])
    func epiloguesFollowTheSum(_ index: Int, _ then: MatrixProduct.Then) throws {
        let shape = Self.shapes[index]
        let operands = Operands(shape)
        for path in paths {
            let workspace = scratchWorkspace()
            defer { keep(workspace) }
            let panels = workspace.panels(
                of: operands.weight,
                outputs: shape.outputs,
                inputs: shape.inputs,
                precision: .bfloat16
            )
            let input = workspace.matrix(operands.x, rows: shape.rows, columns: shape.inputs)
            let bias = workspace.matrix(operands.bias, rows: 1, columns: shape.outputs)
            let out = workspace.matrix(operands.before, rows: shape.rows, columns: shape.outputs)
            try on(path) {
                MatrixProduct.multiply(
                    input,
                    by: panels,
                    into: out,
                    accumulate: true,
                    addingBias: bias.base,
                    then: then
                )
            }
            for row in 0..<shape.rows {
                for output in 0..<shape.outputs {
                    let at = row * shape.outputs + output
                    let value = operands.sum(row, output) + Double(operands.before[at]) + Double(operands.bias[output])
                    let expected =
                        switch then {
                        case .nothing: value
                        case .gelu: 0.5 * value * (1 + erf(value / 2.0.squareRoot()))
                        case .relu: max(0, value)
                        }
                    #expect(abs(Double(out.values[at]) - expected) <= 3e-5, "\(path) at \(row), \(output)")
                }
            }
        }
    }

    /// A row alone and in any place among others: the same bits.
    @Test(arguments: shapes.indices)
    func rowsDoNotDependOnTheirNeighbours(_ index: Int) throws {
        let shape = Self.shapes[index]
        let operands = Operands(shape)
        for path in paths {
            let workspace = scratchWorkspace()
            defer { keep(workspace) }
            let panels = workspace.panels(
                of: operands.weight,
                outputs: shape.outputs,
                inputs: shape.inputs,
                precision: .bfloat16
            )
            let input = workspace.matrix(operands.x, rows: shape.rows, columns: shape.inputs)
            let together = workspace.takeMatrix(rows: shape.rows, columns: shape.outputs)
            let alone = workspace.takeMatrix(rows: shape.rows, columns: shape.outputs)
            try on(path) {
                MatrixProduct.multiply(input, by: panels, into: together, then: .gelu)
                for row in 0..<shape.rows {
                    let range = row..<(row + 1)
                    MatrixProduct.multiply(input.rows(range), by: panels, into: alone.rows(range), then: .gelu)
                }
            }
            #expect(together.values.map(\.bitPattern) == alone.values.map(\.bitPattern), "\(path)")
        }
    }

    @Test func notANumberStaysOne() throws {
        for path in paths {
            let workspace = scratchWorkspace()
            defer { keep(workspace) }
            var operands = Operands((rows: 7, outputs: 33, inputs: 8))
            operands.x[3 * 8] = .nan
            let panels = workspace.panels(of: operands.weight, outputs: 33, inputs: 8, precision: .bfloat16)
            let input = workspace.matrix(operands.x, rows: 7, columns: 8)
            let out = workspace.takeMatrix(rows: 7, columns: 33)
            try on(path) { MatrixProduct.multiply(input, by: panels, into: out, then: .relu) }
            for row in 0..<7 {
                #expect(out.rows(row..<(row + 1)).values.allSatisfy { $0.isNaN == (row == 3) }, "\(path)")
            }
        }
    }

    /// Only the path that has the instructions says so.
    @Test func onlyTheWidestPathSupportsIt() throws {
        for path in paths where path != .avx512 {
            #expect(try on(path) { !Precision.bfloat16.isSupported && Precision.float32.isSupported })
        }
    }
}
