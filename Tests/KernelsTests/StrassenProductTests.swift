// The product by seven half-size products on every path: values, edges, epilogues, pairs of rows.
import Kernels
import Testing

@Suite struct StrassenProductTests {
    /// Rows, outputs, inputs: one row, odd numbers of them, below, at and above blocks and tiles; halves of the depth that are
    /// prime, and more than one step of it.
    static let shapes = [
        ProductShape(rows: 1, outputs: 64, inputs: 2), ProductShape(rows: 2, outputs: 64, inputs: 34),
        ProductShape(rows: 7, outputs: 128, inputs: 62), ProductShape(rows: 31, outputs: 64, inputs: 382),
        ProductShape(rows: 33, outputs: 192, inputs: 66), ProductShape(rows: 14, outputs: 64, inputs: 768),
        ProductShape(rows: 133, outputs: 64, inputs: 16), ProductShape(rows: 257, outputs: 64, inputs: 32),
    ]

    /// An input and a packed weight in a workspace, ready for a product.
    private struct Prepared {
        let workspace: Workspace
        let input: MatrixView
        let panels: StrassenPanels
        let bias: UnsafeMutablePointer<Float>
        let scratch: UnsafeMutablePointer<Float>

        init(_ operands: ProductOperands) {
            let shape = operands.shape
            workspace = scratchWorkspace()
            let base = workspace.take(StrassenPanels.floatCount(outputs: shape.outputs, inputs: shape.inputs))
            operands.weight.withUnsafeBufferPointer { weight in
                guard let first = weight.baseAddress else { return }
                let rows = (0..<shape.outputs).map { first + $0 * shape.inputs }
                StrassenPanels.pack(rows: rows, inputs: shape.inputs, into: base)
            }
            panels = StrassenPanels(base: base, outputCount: shape.outputs, inputCount: shape.inputs)
            input = workspace.matrix(operands.x, rows: shape.rows, columns: shape.inputs)
            bias = workspace.matrix(operands.bias, rows: 1, columns: shape.outputs).base
            scratch = workspace.take(StrassenPanels.scratchCount(outputs: shape.outputs, inputs: shape.inputs))
            // What an earlier product left there.
            scratch.update(
                repeating: .nan,
                count: StrassenPanels.scratchCount(outputs: shape.outputs, inputs: shape.inputs)
            )
        }
    }

    @Test(arguments: shapes, Magnitude.allCases)
    func productsMatchTheSumOfProducts(_ shape: ProductShape, _ magnitude: Magnitude) throws {
        let operands = ProductOperands(shape, scale: magnitude.rawValue)
        for path in paths {
            let prepared = Prepared(operands)
            defer { keep(prepared.workspace) }
            // Into the middle of a wider matrix, whose edges must stay.
            let wide = prepared.workspace.takeMatrix(rows: shape.rows, columns: shape.outputs + 3)
            wide.values.update(repeating: 5)
            let out = wide.columns(1..<(shape.outputs + 1))
            try on(path) {
                MatrixProduct.multiply(
                    prepared.input,
                    by: prepared.panels,
                    into: out,
                    addingBias: prepared.bias,
                    scratch: prepared.scratch
                )
            }
            let tolerance = 1e-6 * Double(shape.inputs) * magnitude.rawValue + 4e-44 * Double(shape.inputs)
            operands.expectProducts(amid: wide, within: tolerance, on: path)
        }
    }

    @Test(arguments: shapes, [MatrixProduct.Then.nothing, .gelu, .relu])
    func epiloguesFollowTheSum(_ shape: ProductShape, _ then: MatrixProduct.Then) throws {
        let operands = ProductOperands(shape)
        for path in paths {
            let prepared = Prepared(operands)
            defer { keep(prepared.workspace) }
            let out = prepared.workspace.matrix(operands.before, rows: shape.rows, columns: shape.outputs)
            try on(path) {
                MatrixProduct.multiply(
                    prepared.input,
                    by: prepared.panels,
                    into: out,
                    accumulate: true,
                    addingBias: prepared.bias,
                    then: then,
                    scratch: prepared.scratch
                )
            }
            operands.expectFinished(out, then: then, within: 5e-5, on: path)
        }
    }

    /// The same call gives the same bits, on any vector width of one machine.
    @Test(arguments: shapes) func callsRepeatBitForBit(_ shape: ProductShape) throws {
        let operands = ProductOperands(shape)
        var byPath: [InstructionSet: [UInt32]] = [:]
        for path in paths {
            let prepared = Prepared(operands)
            defer { keep(prepared.workspace) }
            for _ in 0..<2 {
                let out = prepared.workspace.takeMatrix(rows: shape.rows, columns: shape.outputs)
                try on(path) {
                    MatrixProduct.multiply(
                        prepared.input,
                        by: prepared.panels,
                        into: out,
                        then: .gelu,
                        scratch: prepared.scratch
                    )
                }
                let bits = out.values.map(\.bitPattern)
                if let first = byPath[path] { #expect(first == bits, "\(path)") }
                byPath[path] = bits
            }
        }
        if let wide = byPath[.avx512] { #expect(wide == byPath[.avx2]) }
    }

    /// What is not a number spreads to the row it is paired with, and no further.
    @Test func notANumberStaysInItsPair() throws {
        for path in paths {
            var operands = ProductOperands(ProductShape(rows: 8, outputs: 64, inputs: 8))
            operands.x[1 * 8] = .nan
            let prepared = Prepared(operands)
            defer { keep(prepared.workspace) }
            let out = prepared.workspace.takeMatrix(rows: 8, columns: 64)
            try on(path) {
                MatrixProduct.multiply(prepared.input, by: prepared.panels, into: out, scratch: prepared.scratch)
            }
            for row in [0, 2, 3, 4, 6, 7] {
                #expect(out.rows(row..<(row + 1)).values.allSatisfy { !$0.isNaN }, "\(path), row \(row)")
            }
            #expect(out.rows(1..<2).values.allSatisfy { $0.isNaN }, "\(path)")
        }
    }

    @Test func weightsThatCannotBeHalvedAreToldApart() {
        #expect(StrassenPanels.fits(outputs: 1_152, inputs: 384))
        #expect(StrassenPanels.fits(outputs: 64, inputs: 2))
        for (outputs, inputs) in [(96, 384), (0, 384), (64, 0), (64, 1), (64, 385), (64, 394)] {
            #expect(!StrassenPanels.fits(outputs: outputs, inputs: inputs), "\(outputs) x \(inputs)")
        }
        #expect(StrassenPanels.pays(rows: 256, outputs: 384, inputs: 1_536))
        #expect(!StrassenPanels.pays(rows: 64, outputs: 768, inputs: 768))
        #expect(!StrassenPanels.pays(rows: 1_024, outputs: 192, inputs: 768))
    }
}
