// The product of few packed rows by weights where they lie, on every path: values, edges, epilogues, neighbours.
import Kernels
import Testing

@Suite struct FewRowsTests {
    /// Rows, outputs, inputs: below, at and above tiles, blocks of rows (16, 24 and 48), chunks of outputs (48 and 24),
    /// blocks of the depth (768), and primes.
    static let shapes = [
        ProductShape(rows: 1, outputs: 1, inputs: 1), ProductShape(rows: 7, outputs: 31, inputs: 33),
        ProductShape(rows: 31, outputs: 7, inputs: 61), ProductShape(rows: 32, outputs: 32, inputs: 32),
        ProductShape(rows: 33, outputs: 48, inputs: 7), ProductShape(rows: 13, outputs: 17, inputs: 193),
        ProductShape(rows: 8, outputs: 25, inputs: 769), ProductShape(rows: 40, outputs: 24, inputs: 1543),
        ProductShape(rows: 48, outputs: 23, inputs: 31), ProductShape(rows: 49, outputs: 61, inputs: 5),
        ProductShape(rows: 23, outputs: 47, inputs: 11), ProductShape(rows: 24, outputs: 49, inputs: 770),
        ProductShape(rows: 25, outputs: 96, inputs: 29), ProductShape(rows: 97, outputs: 12, inputs: 127),
        ProductShape(rows: 257, outputs: 19, inputs: 3), ProductShape(rows: 44, outputs: 53, inputs: 31),
        ProductShape(rows: 26, outputs: 29, inputs: 3089),
    ]

    private func pack(_ x: MatrixView, in workspace: Workspace) -> FewRows {
        FewRows(
            packing: x,
            into: workspace.take(FewRows.floatCount(rows: x.rowCount, inputs: x.columnCount))
        )
    }

    @Test(arguments: shapes, Magnitude.allCases)
    func productsMatchTheSumOfProducts(_ shape: ProductShape, _ magnitude: Magnitude) throws {
        let operands = ProductOperands(shape, scale: magnitude.rawValue)
        for path in paths {
            let workspace = scratchWorkspace()
            defer { keep(workspace) }
            let input = workspace.matrix(operands.x, rows: shape.rows, columns: shape.inputs)
            let weight = workspace.matrix(operands.weight, rows: shape.outputs, columns: shape.inputs)
            let bias = workspace.matrix(operands.bias, rows: 1, columns: shape.outputs)
            // Into the middle of a wider matrix, whose edges must stay.
            let wide = workspace.takeMatrix(rows: shape.rows, columns: shape.outputs + 3)
            wide.values.update(repeating: 5)
            let out = wide.columns(1..<(shape.outputs + 1))
            try on(path) {
                let rows = pack(input, in: workspace)
                MatrixProduct.multiply(rows, byTransposed: weight.base, into: out, addingBias: bias.base)
            }
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
            let input = workspace.matrix(operands.x, rows: shape.rows, columns: shape.inputs)
            let weight = workspace.matrix(operands.weight, rows: shape.outputs, columns: shape.inputs)
            let bias = workspace.matrix(operands.bias, rows: 1, columns: shape.outputs)
            let out = workspace.matrix(operands.before, rows: shape.rows, columns: shape.outputs)
            try on(path) {
                MatrixProduct.multiply(
                    pack(input, in: workspace),
                    byTransposed: weight.base,
                    into: out,
                    accumulate: true,
                    addingBias: bias.base,
                    then: then
                )
            }
            operands.expectFinished(out, then: then, within: 2e-5 + 1e-7 * Double(shape.inputs), on: path)
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
            let input = workspace.matrix(operands.x, rows: shape.rows, columns: shape.inputs)
            let weight = workspace.matrix(operands.weight, rows: shape.outputs, columns: shape.inputs)
            let together = workspace.takeMatrix(rows: shape.rows, columns: shape.outputs)
            let alone = workspace.takeMatrix(rows: 1, columns: shape.outputs)
            let scratch = workspace.take(FewRows.floatCount(rows: 1, inputs: shape.inputs))
            try on(path) {
                let rows = pack(input, in: workspace)
                MatrixProduct.multiply(rows, byTransposed: weight.base, into: together, then: .gelu)
                for row in 0..<shape.rows {
                    let packed = FewRows(packing: input.rows(row..<(row + 1)), into: scratch)
                    MatrixProduct.multiply(packed, byTransposed: weight.base, into: alone, then: .gelu)
                    let same = alone.values.map(\.bitPattern) == together.rows(row..<(row + 1)).values.map(\.bitPattern)
                    #expect(same, "\(path) row \(row)")
                }
            }
            byPath[path] = together.values.map(\.bitPattern)
        }
        if let narrow = byPath[.avx2], let wide = byPath[.avx512] { #expect(narrow == wide) }
    }

    @Test func notANumberStaysOne() throws {
        let shape = ProductShape(rows: 9, outputs: 9, inputs: 9)
        var operands = ProductOperands(shape)
        operands.x[4 * 9 + 3] = .nan
        for path in paths {
            for then in [MatrixProduct.Then.nothing, .relu] {
                let workspace = scratchWorkspace()
                defer { keep(workspace) }
                let input = workspace.matrix(operands.x, rows: 9, columns: 9)
                let weight = workspace.matrix(operands.weight, rows: 9, columns: 9)
                let out = workspace.takeMatrix(rows: 9, columns: 9)
                try on(path) {
                    MatrixProduct.multiply(pack(input, in: workspace), byTransposed: weight.base, into: out, then: then)
                }
                for row in 0..<9 {
                    #expect(
                        out.rows(row..<(row + 1)).values.allSatisfy { $0.isNaN == (row == 4) },
                        "\(path) row \(row)"
                    )
                }
            }
        }
    }
}
