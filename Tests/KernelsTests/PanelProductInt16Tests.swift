// The product of integers of sixteen bits, on every path: how far from the exact one, edges, epilogues, neighbours, and
// operands made to overflow.
import Foundation
import Kernels
import Testing

@Suite struct PanelProductInt16Tests {
    /// Odd depths, and around the groups of 96 inputs and the blocks of 384 inputs and 132 rows.
    static let shapes: [ProductShape] = [
        (1, 1, 1), (7, 31, 33), (31, 7, 61), (32, 32, 32), (33, 48, 7), (13, 17, 385), (12, 33, 384), (5, 16, 777),
        (64, 40, 96), (8, 20, 97), (133, 19, 31), (265, 33, 2),
    ].map { ProductShape(rows: $0.0, outputs: $0.1, inputs: $0.2) }

    /// What rounding to integers can do to a product at most: half an integer for every factor.
    private struct Bound {
        /// What an integer of each input of each row is worth, and of each output.
        let ofInputs: [Double]
        let ofOutputs: [Double]
        let operands: ProductOperands

        init(_ operands: ProductOperands) {
            let (rows, outputs, inputs) = (operands.shape.rows, operands.shape.outputs, operands.shape.inputs)
            self.operands = operands
            ofInputs = (0..<rows).flatMap { row in
                Self.groups(inputs).flatMap { group in
                    let worth = Self.worth(group.map { operands.x[row * inputs + $0] })
                    return group.map { _ in worth }
                }
            }
            ofOutputs = (0..<outputs).map { output in
                Self.groups(inputs).map { Self.worth($0.map { operands.weight[output * inputs + $0] }) }.max() ?? 0
            }
        }

        /// The inputs that share a scale.
        private static func groups(_ inputs: Int) -> [Range<Int>] {
            let words = (inputs + 1) / 2
            let blocks = (words + 191) / 192
            let block = 2 * (((words + blocks - 1) / blocks + 3) / 4 * 4)
            return stride(from: 0, to: inputs, by: block).flatMap { from in
                let end = min(from + block, inputs)
                return stride(from: from, to: end, by: 96).map { $0..<min($0 + 96, end) }
            }
        }

        /// The least with which no integer exceeds sixteen bits and no sum of products thirty-two.
        private static func worth(_ values: [Float]) -> Double {
            let largest = values.map { abs(Double($0)) }.max() ?? 0
            let norm = values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
            return max(largest / 32_767, norm / 46_320, 1e-35)
        }

        func at(_ row: Int, _ output: Int) -> Double {
            let inputs = operands.shape.inputs
            var bound = 0.0
            var size = 0.0
            for k in 0..<inputs {
                let x = abs(Double(operands.x[row * inputs + k]))
                let weight = abs(Double(operands.weight[output * inputs + k]))
                let (half, halfOutput) = (ofInputs[row * inputs + k] / 2, ofOutputs[output] / 2)
                bound += x * halfOutput + weight * half + half * halfOutput
                size += x * weight
            }
            // And what float32 does: scales, a sum for each group, bias.
            return 1.001 * bound + 1e-6 * (size + abs(Double(operands.bias[output]))) + 1e-40
        }

        /// How far a product is from the exact one, by the sizes of its row and its output.
        func relative(_ error: Double, _ row: Int, _ output: Int) -> Double {
            let inputs = operands.shape.inputs
            let norms = [(operands.x, row), (operands.weight, output)].map { values, at in
                values[(at * inputs)..<((at + 1) * inputs)].reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
            }
            return error / (norms[0] * norms[1])
        }
    }

    private func pack(_ operands: ProductOperands, in workspace: Workspace) -> WeightPanels {
        let (outputs, inputs) = (operands.shape.outputs, operands.shape.inputs)
        let panels = workspace.take(WeightPanels.floatCount(outputs: outputs, inputs: inputs, precision: .int16))
        // In two parts, as layers that share their input are joined.
        for part in [0..<(outputs / 3), (outputs / 3)..<outputs] {
            operands.weight.withUnsafeBufferPointer { weight in
                guard let base = weight.baseAddress else { return }
                WeightPanels.pack(
                    base + part.lowerBound * inputs,
                    asOutputs: part.lowerBound,
                    count: part.count,
                    of: outputs,
                    inputs: inputs,
                    precision: .int16,
                    into: panels
                )
            }
        }
        return WeightPanels(base: panels, outputCount: outputs, inputCount: inputs, precision: .int16)
    }

    /// The product with the bias, on a path.
    private func product(_ operands: ProductOperands, on path: InstructionSet) throws -> [Float] {
        let workspace = scratchWorkspace()
        defer { keep(workspace) }
        let shape = operands.shape
        let input = workspace.matrix(operands.x, rows: shape.rows, columns: shape.inputs)
        let bias = workspace.matrix(operands.bias, rows: 1, columns: shape.outputs)
        let out = workspace.takeMatrix(rows: shape.rows, columns: shape.outputs)
        try on(path) {
            MatrixProduct.multiply(input, by: pack(operands, in: workspace), into: out, addingBias: bias.base)
        }
        return Array(out.values)
    }

    @Test(arguments: shapes, Magnitude.allCases)
    func productsAreWithinWhatRoundingCanDo(_ shape: ProductShape, _ magnitude: Magnitude) throws {
        let operands = ProductOperands(shape, scale: magnitude.rawValue)
        let bound = Bound(operands)
        for path in paths {
            let workspace = scratchWorkspace()
            defer { keep(workspace) }
            let panels = try on(path) { pack(operands, in: workspace) }
            let input = workspace.matrix(operands.x, rows: shape.rows, columns: shape.inputs)
            let bias = workspace.matrix(operands.bias, rows: 1, columns: shape.outputs)
            // Into the middle of a wider matrix, whose edges must stay.
            let wide = workspace.takeMatrix(rows: shape.rows, columns: shape.outputs + 3)
            wide.values.update(repeating: 5)
            let out = wide.columns(1..<(shape.outputs + 1))
            try on(path) { MatrixProduct.multiply(input, by: panels, into: out, addingBias: bias.base) }
            for row in 0..<shape.rows {
                let line = wide.base + row * wide.rowStride
                for output in 0..<shape.outputs {
                    let exact = operands.sum(row, output) + Double(operands.bias[output])
                    let error = abs(Double(line[output + 1]) - exact)
                    #expect(error <= bound.at(row, output), "\(path) at \(row), \(output)")
                    if magnitude == .ordinary, shape.inputs >= 32 {
                        #expect(bound.relative(error, row, output) <= 6e-5, "\(path) at \(row), \(output)")
                    }
                }
                #expect(line[0] == 5 && line[shape.outputs + 1] == 5 && line[shape.outputs + 2] == 5, "\(path)")
            }
        }
    }

    @Test(arguments: shapes, [MatrixProduct.Then.nothing, .gelu, .relu])
    func epiloguesFollowTheSum(_ shape: ProductShape, _ then: MatrixProduct.Then) throws {
        let operands = ProductOperands(shape)
        for path in paths {
            let workspace = scratchWorkspace()
            defer { keep(workspace) }
            let panels = pack(operands, in: workspace)
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
            operands.expectFinished(out, then: then, within: 3e-5 + 2e-5 * Double(shape.inputs), on: path)
        }
    }

    /// A row alone and in any place among others: the same bits.
    @Test(arguments: shapes)
    func rowsDoNotDependOnTheirNeighbours(_ shape: ProductShape) throws {
        let operands = ProductOperands(shape)
        for path in paths {
            let workspace = scratchWorkspace()
            defer { keep(workspace) }
            let panels = pack(operands, in: workspace)
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

    /// Both widths round alike, and sums of integers have no order.
    @Test(arguments: shapes)
    func vectorWidthsAgree(_ shape: ProductShape) throws {
        let operands = ProductOperands(shape)
        let found = try paths.filter { path in try on(path) { Precision.int16.isSupported } }
            .map { path in try product(operands, on: path).map(\.bitPattern) }
        #expect(Set(found).count <= 1)
    }

    /// Rows and outputs that point the same way make the largest sums there are: they must not leave thirty-two bits.
    @Test(arguments: [1, 2, 95, 96, 97, 192, 384, 777])
    func theLargestSumsFit(_ inputs: Int) throws {
        let shapes: [(Int) -> Float] = [
            { _ in 1 }, { _ in -1 }, { $0 % 2 == 0 ? 1 : -1 }, { $0 == inputs / 2 ? 1 : 0 }, { Float($0 + 1) },
            { $0 % 7 == 0 ? 1000 : 1 }, { Float(1 + $0 % 3) * 1e9 }, { Float(1 + $0 % 5) * 1e-9 },
        ]
        var operands = ProductOperands(ProductShape(rows: shapes.count, outputs: shapes.count, inputs: inputs))
        operands.x = shapes.flatMap { shape in (0..<inputs).map(shape) }
        operands.weight = operands.x
        operands.bias = shapes.map { _ in 0 }
        for path in paths {
            let out = try product(operands, on: path)
            for row in shapes.indices {
                let exact = operands.sum(row, row)
                #expect(abs(Double(out[row * shapes.count + row]) - exact) <= 2.2e-4 * exact, "\(path), pattern \(row)")
            }
        }
    }

    /// Values whose squares no float32 holds have a scale all the same; a row of zeros gives the bias alone.
    @Test(arguments: [Float](arrayLiteral: 1e-30, 1e-22, 1e19, 1e32))
    func extremesHaveAScale(_ magnitude: Float) throws {
        let inputs = 100
        var operands = ProductOperands(ProductShape(rows: 3, outputs: 1, inputs: inputs))
        operands.x = (0..<(3 * inputs)).map { $0 < inputs ? magnitude : $0 < 2 * inputs ? 0 : 1 }
        operands.weight = (0..<inputs).map { $0 == 3 ? 0.5 : 0 }
        operands.bias = [0]
        for path in paths {
            let out = try product(operands, on: path)
            #expect(abs(out[0] / magnitude - 0.5) < 1e-4, "\(path)")
            #expect(out[1] == 0 && abs(out[2] - 0.5) < 1e-4, "\(path)")
        }
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity])
    func whatIsNoNumberMakesItsRowOne(_ value: Float) throws {
        for path in paths {
            var operands = ProductOperands(ProductShape(rows: 7, outputs: 33, inputs: 200))
            operands.x[3 * 200 + 150] = value
            let out = try product(operands, on: path)
            for row in 0..<7 {
                #expect(out[(row * 33)..<((row + 1) * 33)].allSatisfy { $0.isNaN == (row == 3) }, "\(path)")
            }
            // And a weight its output.
            operands.x[3 * 200 + 150] = 0
            operands.weight[20 * 200 + 7] = value
            let others = try product(operands, on: path)
            for (at, found) in others.enumerated() { #expect(found.isNaN == (at % 33 == 20), "\(path) at \(at)") }
        }
    }

    /// Only vector paths of x86-64 say that they support it.
    @Test func pathsWithoutTheInstructionsDoNotSupportIt() throws {
        for path in paths where path != .avx2 && path != .avx512 {
            #expect(try on(path) { !Precision.int16.isSupported })
        }
    }

    @Test func anOverrideInsideAnotherEndsInIt() throws {
        for path in paths {
            try on(path) {
                try on(.scalar) { #expect(InstructionSet.active == .scalar) }
                #expect(InstructionSet.active == path)
            }
        }
    }
}
