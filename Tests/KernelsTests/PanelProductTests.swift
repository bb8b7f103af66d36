// The product by packed weights on every path: values, edges, epilogues, neighbours.
import Kernels
import Testing

@Suite struct PanelProductTests {
    /// Rows, outputs, inputs: below, at and above tile, panel and block sizes, and primes.
    static let shapes = [
        ProductShape(rows: 1, outputs: 1, inputs: 1), ProductShape(rows: 7, outputs: 31, inputs: 33),
        ProductShape(rows: 31, outputs: 7, inputs: 61), ProductShape(rows: 32, outputs: 32, inputs: 32),
        ProductShape(rows: 33, outputs: 48, inputs: 7), ProductShape(rows: 13, outputs: 17, inputs: 193),
        ProductShape(rows: 12, outputs: 33, inputs: 192), ProductShape(rows: 5, outputs: 16, inputs: 577),
        ProductShape(rows: 64, outputs: 40, inputs: 96), ProductShape(rows: 257, outputs: 19, inputs: 31),
    ]

    /// A large weight is packed on two cores, and its parts may begin in the middle of a panel.
    @Test(arguments: [0, 5, 16, 1_000]) func aLargeWeightIsPackedAsItsRowsAre(_ first: Int) {
        let (outputs, inputs) = (1_723, 389)
        var source = Values(seed: first)
        let weight = source.list((outputs - first) * inputs)
        func packed(byRows rowCount: Int) -> [Float] {
            let workspace = scratchWorkspace()
            defer { keep(workspace) }
            let count = WeightPanels.floatCount(outputs: outputs, inputs: inputs)
            let panels = workspace.take(count)
            weight.withUnsafeBufferPointer { weight in
                guard let base = weight.baseAddress else { return }
                for row in stride(from: 0, to: outputs - first, by: rowCount) {
                    WeightPanels.pack(
                        base + row * inputs,
                        asOutputs: first + row,
                        count: min(rowCount, outputs - first - row),
                        of: outputs,
                        inputs: inputs,
                        into: panels
                    )
                }
            }
            return Array(UnsafeBufferPointer(start: panels, count: count))
        }
        #expect(packed(byRows: outputs) == packed(byRows: 1))
    }

    @Test(arguments: shapes, Magnitude.allCases)
    func productsMatchTheSumOfProducts(_ shape: ProductShape, _ magnitude: Magnitude) throws {
        let operands = ProductOperands(shape, scale: magnitude.rawValue)
        for path in paths {
            let workspace = scratchWorkspace()
            defer { keep(workspace) }
            let panels = workspace.panels(of: operands.weight, outputs: shape.outputs, inputs: shape.inputs)
            let input = workspace.matrix(operands.x, rows: shape.rows, columns: shape.inputs)
            let bias = workspace.matrix(operands.bias, rows: 1, columns: shape.outputs)
            // Into the middle of a wider matrix, whose edges must stay.
            let wide = workspace.takeMatrix(rows: shape.rows, columns: shape.outputs + 3)
            wide.values.update(repeating: 5)
            let out = wide.columns(1..<(shape.outputs + 1))
            try on(path) { MatrixProduct.multiply(input, by: panels, into: out, addingBias: bias.base) }
            let tolerance = 3e-7 * Double(shape.inputs) * magnitude.rawValue + 1e-44 * Double(shape.inputs)
            operands.expectProducts(amid: wide, within: tolerance, on: path)
        }
    }

    @Test(arguments: shapes, [MatrixProduct.Then.nothing, .gelu, .relu])
    func epiloguesFollowTheSum(_ shape: ProductShape, _ then: MatrixProduct.Then) throws {
        let operands = ProductOperands(shape)
        for path in paths {
            let workspace = scratchWorkspace()
            defer { keep(workspace) }
            let panels = workspace.panels(of: operands.weight, outputs: shape.outputs, inputs: shape.inputs)
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
            operands.expectFinished(out, then: then, within: 2e-5, on: path)
        }
    }

    /// A row alone, in any place among others, on any vector width of one machine: the same bits.
    @Test(arguments: shapes)
    func rowsDoNotDependOnTheirNeighbours(_ shape: ProductShape) throws {
        let operands = ProductOperands(shape)
        var byPath: [InstructionSet: [UInt32]] = [:]
        for path in paths {
            let workspace = scratchWorkspace()
            defer { keep(workspace) }
            let panels = workspace.panels(of: operands.weight, outputs: shape.outputs, inputs: shape.inputs)
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
            byPath[path] = together.values.map(\.bitPattern)
        }
        if let wide = byPath[.avx512] { #expect(wide == byPath[.avx2]) }
    }

    @Test func notANumberStaysOne() throws {
        for path in paths {
            for then in [MatrixProduct.Then.nothing, .relu] {
                let workspace = scratchWorkspace()
                defer { keep(workspace) }
                var operands = ProductOperands(ProductShape(rows: 7, outputs: 33, inputs: 8))
                operands.x[3 * 8] = .nan
                let panels = workspace.panels(
                    of: operands.weight,
                    outputs: operands.shape.outputs,
                    inputs: operands.shape.inputs
                )
                let input = workspace.matrix(operands.x, rows: 7, columns: 8)
                let out = workspace.takeMatrix(rows: 7, columns: 33)
                try on(path) { MatrixProduct.multiply(input, by: panels, into: out, then: then) }
                for row in 0..<7 {
                    #expect(out.rows(row..<(row + 1)).values.allSatisfy { $0.isNaN == (row == 3) }, "\(path)")
                }
            }
        }
    }
}
