// Letting go of code that is in use.
import Kernels
import Testing

@Suite struct FilePagesTests {
    /// The code of this very test is let go and comes back; what it computes stays the same.
    @Test func codeComesBackWhereItIsNeeded() {
        var source = Values(seed: 5)
        let x = source.list(24 * 40)
        let weight = source.list(16 * 40)
        func product() -> [UInt32] {
            let workspace = scratchWorkspace()
            defer { keep(workspace) }
            let out = workspace.takeMatrix(rows: 24, columns: 16)
            let input = workspace.matrix(x, rows: 24, columns: 40)
            let rows = FewRows(packing: input, into: workspace.take(FewRows.floatCount(rows: 24, inputs: 40)))
            MatrixProduct.multiply(
                rows,
                byTransposed: workspace.matrix(weight, rows: 16, columns: 40).base,
                into: out,
                then: .gelu
            )
            return out.values.map(\.bitPattern)
        }
        let before = product()
        let released = FilePages.letGoOfCode()
        #if os(Linux)
            // Program and libraries together have megabytes of code.
            #expect(released > 1 << 20)
        #else
            #expect(released == 0)
        #endif
        #expect(product() == before)
    }
}
