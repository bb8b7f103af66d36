// The products of integers of sixteen bits, with weights packed once and with weights where they lie, on every path: how far
// from the exact one, edges, epilogues, neighbours, and operands made to overflow.
import Foundation
import Kernels
import Testing

/// Where the weights are when the product begins.
enum Int16Weights: CaseIterable {
    /// Rounded to panels, as the audio tower's.
    case packed
    /// In float32, as the text tower's: rounded on the way.
    case inPlace

    /// out = then(x · weightᵀ + bias), or then(out + x · weightᵀ + bias), on the active path.
    func multiply(
        _ operands: ProductOperands,
        in workspace: Workspace,
        rows: Range<Int>? = nil,
        into out: MatrixView,
        accumulate: Bool = false,
        addingBias bias: UnsafePointer<Float>? = nil,
        then: MatrixProduct.Then = .nothing
    ) {
        let shape = operands.shape
        let all = workspace.matrix(operands.x, rows: shape.rows, columns: shape.inputs)
        let input = all.rows(rows ?? 0..<shape.rows)
        switch self {
        case .packed:
            MatrixProduct.multiply(
                input,
                by: workspace.panels(
                    of: operands.weight,
                    outputs: shape.outputs,
                    inputs: shape.inputs,
                    precision: .int16
                ),
                into: out,
                accumulate: accumulate,
                addingBias: bias,
                then: then
            )
        case .inPlace:
            let weight = workspace.matrix(operands.weight, rows: shape.outputs, columns: shape.inputs)
            let count = FewRows.floatCount(rows: input.rowCount, inputs: shape.inputs, arithmetic: .int16)
            MatrixProduct.multiply(
                FewRows(packing: input, into: workspace.take(count), arithmetic: .int16),
                byTransposed: weight.base,
                into: out,
                accumulate: accumulate,
                addingBias: bias,
                then: then
            )
        }
    }
}

@Suite struct Int16ProductTests {
    /// Odd depths, and around the groups of 96 inputs, the blocks of 384 inputs and 132 rows, and the rows from which on tiles
    /// are wide.
    static let shapes: [ProductShape] = [
        (1, 1, 1), (7, 31, 33), (31, 7, 61), (32, 32, 32), (33, 48, 7), (13, 17, 385), (12, 33, 384), (5, 16, 777),
        (64, 40, 96), (8, 20, 97), (133, 19, 31), (265, 33, 2), (16, 35, 391), (17, 50, 389), (21, 65, 100),
        (45, 33, 1543),
    ].map { ProductShape(rows: $0.0, outputs: $0.1, inputs: $0.2) }

    /// What rounding to integers can do to a product at most: half an integer for every factor.
    private struct Bound {
        /// What an integer of each input of each row is worth, and of each input of each output.
        let ofInputs: [Double]
        let ofOutputs: [Double]
        let operands: ProductOperands

        init(_ operands: ProductOperands, _ weights: Int16Weights) {
            let (rows, outputs, inputs) = (operands.shape.rows, operands.shape.outputs, operands.shape.inputs)
            self.operands = operands
            let blocks = Self.blocks(inputs)
            ofInputs = (0..<rows).flatMap { row in
                let values = Array(operands.x[(row * inputs)..<((row + 1) * inputs)])
                return switch weights {
                case .packed: blocks.flatMap { Self.worths(values, $0, group: 96, norm: 46_320) }
                case .inPlace: blocks.flatMap { Self.shared(Self.worths(values, $0, group: 32, norm: 65_500)) }
                }
            }
            ofOutputs = (0..<outputs).flatMap { output in
                let values = Array(operands.weight[(output * inputs)..<((output + 1) * inputs)])
                return switch weights {
                case .packed: Self.shared(blocks.flatMap { Self.worths(values, $0, group: 96, norm: 46_320) })
                case .inPlace: blocks.flatMap { Self.worths(values, $0, group: 32, norm: 32_767) }
                }
            }
        }

        /// How the depth is cut.
        private static func blocks(_ inputs: Int) -> [Range<Int>] {
            let words = (inputs + 1) / 2
            let blocks = (words + 191) / 192
            let block = 2 * (((words + blocks - 1) / blocks + 3) / 4 * 4)
            return stride(from: 0, to: inputs, by: block).map { $0..<min($0 + block, inputs) }
        }

        /// For every value of a block: the least with which no integer of its group exceeds sixteen bits, nor their norm `norm`.
        private static func worths(_ values: [Float], _ block: Range<Int>, group: Int, norm: Double) -> [Double] {
            stride(from: block.lowerBound, to: block.upperBound, by: group)
                .flatMap { from in
                    let members = values[from..<min(from + group, block.upperBound)]
                    let largest = members.map { abs(Double($0)) }.max() ?? 0
                    let worth = max(largest / 32_767, Self.norm(Array(members)) / norm, 1e-35)
                    return members.map { _ in worth }
                }
        }

        /// The largest for all.
        private static func shared(_ worths: [Double]) -> [Double] {
            let largest = worths.max() ?? 0
            return worths.map { _ in largest }
        }

        private static func norm(_ values: [Float]) -> Double {
            values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        }

        func at(_ row: Int, _ output: Int) -> Double {
            let inputs = operands.shape.inputs
            var bound = 0.0
            var size = 0.0
            for k in 0..<inputs {
                let x = abs(Double(operands.x[row * inputs + k]))
                let weight = abs(Double(operands.weight[output * inputs + k]))
                let (half, halfOutput) = (ofInputs[row * inputs + k] / 2, ofOutputs[output * inputs + k] / 2)
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
                Self.norm(Array(values[(at * inputs)..<((at + 1) * inputs)]))
            }
            return error / (norms[0] * norms[1])
        }
    }

    /// Of both ways at every magnitude.
    struct Case: CustomTestStringConvertible {
        let weights: Int16Weights
        let magnitude: Magnitude

        var testDescription: String { "\(weights), \(magnitude)" }
    }

    static let cases = Int16Weights.allCases.flatMap { weights in
        Magnitude.allCases.map { Case(weights: weights, magnitude: $0) }
    }

    /// The product with the bias, on a path.
    private func product(
        _ operands: ProductOperands,
        _ weights: Int16Weights,
        on path: InstructionSet
    ) throws -> [Float] {
        let workspace = scratchWorkspace()
        defer { keep(workspace) }
        let bias = workspace.matrix(operands.bias, rows: 1, columns: operands.shape.outputs)
        let out = workspace.takeMatrix(rows: operands.shape.rows, columns: operands.shape.outputs)
        try on(path) { weights.multiply(operands, in: workspace, into: out, addingBias: bias.base) }
        return Array(out.values)
    }

    @Test(arguments: shapes, cases)
    func productsAreWithinWhatRoundingCanDo(_ shape: ProductShape, _ one: Case) throws {
        let operands = ProductOperands(shape, scale: one.magnitude.rawValue)
        let bound = Bound(operands, one.weights)
        for path in paths {
            let workspace = scratchWorkspace()
            defer { keep(workspace) }
            let bias = workspace.matrix(operands.bias, rows: 1, columns: shape.outputs)
            // Into the middle of a wider matrix, whose edges must stay.
            let wide = workspace.takeMatrix(rows: shape.rows, columns: shape.outputs + 3)
            wide.values.update(repeating: 5)
            let out = wide.columns(1..<(shape.outputs + 1))
            try on(path) { one.weights.multiply(operands, in: workspace, into: out, addingBias: bias.base) }
            for row in 0..<shape.rows {
                let line = wide.base + row * wide.rowStride
                for output in 0..<shape.outputs {
                    let exact = operands.sum(row, output) + Double(operands.bias[output])
                    let error = abs(Double(line[output + 1]) - exact)
                    #expect(error <= bound.at(row, output), "\(path) at \(row), \(output)")
                    if one.magnitude == .ordinary, shape.inputs >= 32 {
                        #expect(bound.relative(error, row, output) <= 6e-5, "\(path) at \(row), \(output)")
                    }
                }
                #expect(line[0] == 5 && line[shape.outputs + 1] == 5 && line[shape.outputs + 2] == 5, "\(path)")
            }
        }
    }

    @Test(arguments: shapes, Int16Weights.allCases)
    func epiloguesFollowTheSum(_ shape: ProductShape, _ weights: Int16Weights) throws {
        let operands = ProductOperands(shape)
        for then in [MatrixProduct.Then.nothing, .gelu, .relu] {
            for path in paths {
                let workspace = scratchWorkspace()
                defer { keep(workspace) }
                let bias = workspace.matrix(operands.bias, rows: 1, columns: shape.outputs)
                let out = workspace.matrix(operands.before, rows: shape.rows, columns: shape.outputs)
                try on(path) {
                    weights.multiply(
                        operands,
                        in: workspace,
                        into: out,
                        accumulate: true,
                        addingBias: bias.base,
                        then: then
                    )
                }
                operands.expectFinished(out, then: then, within: 3e-5 + 2e-5 * Double(shape.inputs), on: path)
            }
        }
    }

    /// A row alone and in any place among others: the same bits.
    @Test(arguments: shapes, Int16Weights.allCases)
    func rowsDoNotDependOnTheirNeighbours(_ shape: ProductShape, _ weights: Int16Weights) throws {
        let operands = ProductOperands(shape)
        for path in paths {
            let workspace = scratchWorkspace()
            defer { keep(workspace) }
            let together = workspace.takeMatrix(rows: shape.rows, columns: shape.outputs)
            let alone = workspace.takeMatrix(rows: shape.rows, columns: shape.outputs)
            try on(path) {
                weights.multiply(operands, in: workspace, into: together, then: .gelu)
                // Where there are many, those at the ends and around the tiles.
                for row in 0..<shape.rows where row < 26 || row + 14 > shape.rows {
                    let room = scratchWorkspace()
                    defer { keep(room) }
                    let range = row..<(row + 1)
                    weights.multiply(operands, in: room, rows: range, into: alone.rows(range), then: .gelu)
                    let bits = [together, alone].map { $0.rows(range).values.map(\.bitPattern) }
                    #expect(bits[0] == bits[1], "\(path) row \(row)")
                }
            }
        }
    }

    /// Both widths round alike, and sums of integers have no order.
    @Test(arguments: shapes, Int16Weights.allCases)
    func vectorWidthsAgree(_ shape: ProductShape, _ weights: Int16Weights) throws {
        let operands = ProductOperands(shape)
        let found = try paths.filter { path in try on(path) { Precision.int16.isSupported } }
            .map { path in try product(operands, weights, on: path).map(\.bitPattern) }
        #expect(Set(found).count <= 1)
    }

    /// Rows and outputs that point the same way make the largest sums there are: they must not leave thirty-two bits.
    @Test(arguments: [1, 2, 95, 96, 97, 192, 384, 777], Int16Weights.allCases)
    func theLargestSumsFit(_ inputs: Int, _ weights: Int16Weights) throws {
        let shapes: [(Int) -> Float] = [
            { _ in 1 }, { _ in -1 }, { $0 % 2 == 0 ? 1 : -1 }, { $0 == inputs / 2 ? 1 : 0 }, { Float($0 + 1) },
            { $0 % 7 == 0 ? 1000 : 1 }, { Float(1 + $0 % 3) * 1e9 }, { Float(1 + $0 % 5) * 1e-9 },
        ]
        var operands = ProductOperands(ProductShape(rows: shapes.count, outputs: shapes.count, inputs: inputs))
        operands.x = shapes.flatMap { shape in (0..<inputs).map(shape) }
        operands.weight = operands.x
        operands.bias = shapes.map { _ in 0 }
        for path in paths {
            let out = try product(operands, weights, on: path)
            for row in shapes.indices {
                let exact = operands.sum(row, row)
                #expect(abs(Double(out[row * shapes.count + row]) - exact) <= 2.2e-4 * exact, "\(path), pattern \(row)")
            }
        }
    }

    /// Values whose squares no float32 holds have a scale all the same; a row of zeros gives the bias alone.
    @Test(arguments: [Float](arrayLiteral: 1e-30, 1e-22, 1e19, 1e32), Int16Weights.allCases)
    func extremesHaveAScale(_ magnitude: Float, _ weights: Int16Weights) throws {
        let inputs = 100
        var operands = ProductOperands(ProductShape(rows: 3, outputs: 1, inputs: inputs))
        operands.x = (0..<(3 * inputs)).map { $0 < inputs ? magnitude : $0 < 2 * inputs ? 0 : 1 }
        operands.weight = (0..<inputs).map { $0 == 3 ? 0.5 : 0 }
        operands.bias = [0]
        for path in paths {
            let out = try product(operands, weights, on: path)
            #expect(abs(out[0] / magnitude - 0.5) < 1e-4, "\(path)")
            #expect(out[1] == 0 && abs(out[2] - 0.5) < 1e-4, "\(path)")
            // The same values as weights.
            var turned = ProductOperands(ProductShape(rows: 1, outputs: 3, inputs: inputs))
            turned.x = operands.weight
            turned.weight = operands.x
            turned.bias = [0, 0, 0]
            let others = try product(turned, weights, on: path)
            #expect(abs(others[0] / magnitude - 0.5) < 1e-4, "\(path)")
            #expect(others[1] == 0 && abs(others[2] - 0.5) < 1e-4, "\(path)")
        }
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity], Int16Weights.allCases)
    func whatIsNoNumberMakesItsRowOne(_ value: Float, _ weights: Int16Weights) throws {
        for path in paths {
            var operands = ProductOperands(ProductShape(rows: 7, outputs: 33, inputs: 200))
            operands.x[3 * 200 + 150] = value
            let out = try product(operands, weights, on: path)
            for row in 0..<7 {
                #expect(out[(row * 33)..<((row + 1) * 33)].allSatisfy { $0.isNaN == (row == 3) }, "\(path)")
            }
            // And a weight its output.
            operands.x[3 * 200 + 150] = 0
            operands.weight[20 * 200 + 7] = value
            let others = try product(operands, weights, on: path)
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
