// Layer norm on every path against double precision.
import Kernels
import Testing

@Suite struct LayerNormTests {
    @Test(arguments: awkwardSizes, Magnitude.allCases)
    func normalisesRows(_ columns: Int, _ magnitude: Magnitude) throws {
        var source = Values(seed: columns + 3)
        let rows = 3
        let x = source.list(rows * columns, scale: magnitude.rawValue)
        let addend = source.list(columns, scale: magnitude.rawValue)
        let gamma = source.list(columns), beta = source.list(columns)
        for path in paths {
            for addsFirst in [false, true] {
                let workspace = scratchWorkspace()
                defer { keep(workspace) }
                let view = workspace.matrix(x, rows: rows, columns: columns)
                let out = workspace.takeMatrix(rows: rows, columns: columns)
                let norm = LayerNorm(
                    gamma: workspace.matrix(gamma, rows: 1, columns: columns).base,
                    beta: workspace.matrix(beta, rows: 1, columns: columns).base,
                    epsilon: 1e-5
                )
                let addendView = workspace.matrix(addend, rows: 1, columns: columns)
                try on(path) { norm.apply(to: view, addingFirst: addsFirst ? addendView.base : nil, into: out) }
                for row in 0..<rows {
                    let values = (0..<columns).map { Double(x[row * columns + $0] + (addsFirst ? addend[$0] : 0)) }
                    let mean = values.reduce(0, +) / Double(columns)
                    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(columns)
                    for j in 0..<columns {
                        let scaled = (values[j] - mean) / (variance + 1e-5).squareRoot()
                        let expected = scaled * Double(gamma[j]) + Double(beta[j])
                        let found = Double(out.values[row * columns + j])
                        #expect(abs(found - expected) <= 5e-5, "\(path) row \(row) column \(j)")
                        // The sum stays for the residual stream.
                        #expect(Double(view.values[row * columns + j]) == values[j])
                    }
                }
            }
        }
    }

    @Test func worksInPlace() throws {
        for path in paths {
            let workspace = scratchWorkspace()
            defer { keep(workspace) }
            let ones = workspace.matrix(Array(repeating: 1, count: 33), rows: 1, columns: 33)
            let zeros = workspace.takeMatrix(rows: 1, columns: 33)
            var source = Values(seed: 5)
            let values = source.list(66)
            let apart = workspace.matrix(values, rows: 2, columns: 33)
            let out = workspace.takeMatrix(rows: 2, columns: 33)
            let inPlace = workspace.matrix(values, rows: 2, columns: 33)
            let norm = LayerNorm(gamma: ones.base, beta: zeros.base, epsilon: 1e-12)
            try on(path) {
                norm.apply(to: apart, into: out)
                norm.apply(to: inPlace, into: inPlace)
            }
            #expect(Array(out.values) == Array(inPlace.values))
        }
    }

    /// A row alone and in any place among others: the same bits.
    @Test(arguments: awkwardSizes)
    func rowsDoNotDependOnTheirNeighbours(_ columns: Int) throws {
        var source = Values(seed: columns + 11)
        let rows = 7
        let x = source.list(rows * columns, scale: 3)
        let gamma = source.list(columns), beta = source.list(columns)
        for path in paths {
            let workspace = scratchWorkspace()
            defer { keep(workspace) }
            let view = workspace.matrix(x, rows: rows, columns: columns)
            let together = workspace.takeMatrix(rows: rows, columns: columns)
            let alone = workspace.takeMatrix(rows: rows, columns: columns)
            let norm = LayerNorm(
                gamma: workspace.matrix(gamma, rows: 1, columns: columns).base,
                beta: workspace.matrix(beta, rows: 1, columns: columns).base,
                epsilon: 1e-5
            )
            try on(path) {
                norm.apply(to: view, into: together)
                for row in 0..<rows {
                    norm.apply(to: view.rows(row..<(row + 1)), into: alone.rows(row..<(row + 1)))
                }
            }
            #expect(together.values.map(\.bitPattern) == alone.values.map(\.bitPattern), "\(path)")
        }
    }
}
