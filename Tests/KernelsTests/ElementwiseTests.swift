// Biases, activations, softmax and fusion on every path against double precision.
import Foundation
import Kernels
import Testing

@Suite struct ElementwiseTests {
    @Test(arguments: awkwardSizes, Magnitude.allCases)
    func geluFollowsTheErrorFunction(_ columns: Int, _ magnitude: Magnitude) throws {
        var source = Values(seed: columns)
        let x = source.list(3 * columns, scale: magnitude.rawValue)
        let bias = source.list(columns, scale: magnitude.rawValue)
        for path in paths {
            let workspace = scratchWorkspace()
            defer { keep(workspace) }
            let view = workspace.matrix(x, rows: 3, columns: columns)
            let biasView = workspace.matrix(bias, rows: 1, columns: columns)
            try on(path) { Elementwise.biasGELU(view, bias: biasView.base) }
            for i in x.indices {
                let v = Double(x[i] + bias[i % columns])
                let expected = 0.5 * v * (1 + erf(v / 2.0.squareRoot()))
                #expect(abs(Double(view.values[i]) - expected) <= 4e-7 * max(1, abs(v)) + 1e-44, "\(path) at \(v)")
            }
        }
    }

    @Test func geluWithoutBiasAndAtTheEnds() throws {
        let x: [Float] = [0, -0.0, 1, -1, 40, -40, 1e30, -1e30, .leastNonzeroMagnitude, 5.6, -5.6]
        for path in paths {
            let workspace = scratchWorkspace()
            defer { keep(workspace) }
            let view = workspace.matrix(x, rows: 1, columns: x.count)
            try on(path) { Elementwise.biasGELU(view, bias: nil) }
            for (value, found) in zip(x, view.values) {
                let expected = 0.5 * Double(value) * (1 + erf(Double(value) / 2.0.squareRoot()))
                #expect(abs(Double(found) - expected) <= 2e-6 * max(1, abs(expected)), "\(path) at \(value)")
            }
        }
    }

    /// Close together over the whole curve, beyond both ends of the approximation's range.
    @Test func geluIsCloseEverywhere() throws {
        let x = (-65_536...65_536).map { Float($0) / 8_192 }
        for path in paths {
            let workspace = scratchWorkspace()
            defer { keep(workspace) }
            let view = workspace.matrix(x, rows: 1, columns: x.count)
            try on(path) { Elementwise.biasGELU(view, bias: nil) }
            let worst = zip(x, view.values).map { value, found in
                let expected = 0.5 * Double(value) * (1 + erf(Double(value) / 2.0.squareRoot()))
                return abs(Double(found) - expected) / max(1, abs(Double(value)))
            }.max()
            #expect(try #require(worst) <= 3e-7, "\(path)")
            // Beyond the range it is exactly 0 or x.
            #expect(view.values.first == 0 && view.values.last == 8, "\(path)")
        }
    }

    @Test(arguments: awkwardSizes, Magnitude.allCases)
    func softmaxAddsUpToOne(_ columns: Int, _ magnitude: Magnitude) throws {
        var source = Values(seed: columns + 1)
        let x = source.list(2 * columns, scale: magnitude.rawValue)
        for path in paths {
            let workspace = scratchWorkspace()
            defer { keep(workspace) }
            let view = workspace.matrix(x, rows: 2, columns: columns)
            try on(path) { Elementwise.softmax(view) }
            for row in 0..<2 {
                let logits = x[(row * columns)..<((row + 1) * columns)].map(Double.init)
                let largest = try #require(logits.max())
                let weights = logits.map { exp($0 - largest) }
                let sum = weights.reduce(0, +)
                for (j, weight) in weights.enumerated() {
                    let found = Double(view.values[row * columns + j])
                    #expect(abs(found - weight / sum) <= 1e-6, "\(path) column \(j)")
                }
            }
        }
    }

    @Test(arguments: awkwardSizes)
    func fusionWeighsWholeAndParts(_ columns: Int) throws {
        var source = Values(seed: columns + 2)
        let whole = source.list(2 * columns), parts = source.list(2 * columns)
        let local = source.list(2 * columns, scale: 30), global = source.list(columns, scale: 3)
        for path in paths {
            let workspace = scratchWorkspace()
            defer { keep(workspace) }
            let view = workspace.matrix(whole, rows: 2, columns: columns)
            let globalView = workspace.matrix(global, rows: 1, columns: columns)
            try on(path) {
                Elementwise.fuse(
                    view,
                    with: workspace.matrix(parts, rows: 2, columns: columns),
                    localScore: workspace.matrix(local, rows: 2, columns: columns),
                    globalScore: globalView.base
                )
            }
            for i in whole.indices {
                let w = 1 / (1 + exp(-Double(local[i]) - Double(global[i % columns])))
                let expected = 2 * w * Double(whole[i]) + 2 * (1 - w) * Double(parts[i])
                #expect(abs(Double(view.values[i]) - expected) <= 2e-6, "\(path)")
            }
        }
    }

    @Test func plainPassesDoWhatTheySay() {
        let workspace = scratchWorkspace()
        defer { keep(workspace) }
        let bias = workspace.matrix([1, -2, 3], rows: 1, columns: 3)
        let x = workspace.matrix([0, 1, 2, -9, 5, 0], rows: 2, columns: 3)
        Elementwise.addBias(bias.base, to: x)
        #expect(Array(x.values) == [1, -1, 5, -8, 3, 3])
        Elementwise.biasReLU(x, bias: nil)
        #expect(Array(x.values) == [1, 0, 5, 0, 3, 3])
        Elementwise.add(workspace.matrix([1, 1, 1, 2, 2, 2], rows: 2, columns: 3), to: x)
        #expect(Array(x.values) == [2, 1, 6, 2, 5, 5])
        let means = workspace.takeMatrix(rows: 1, columns: 3)
        Elementwise.columnMeans(of: x, into: means.base)
        #expect(Array(means.values) == [2, 3, 5.5])
        let vector = workspace.matrix([3, 0, 4], rows: 1, columns: 3)
        Elementwise.normalise(vector.values)
        #expect(Array(vector.values) == [0.6, 0, 0.8])
        let zero = workspace.takeMatrix(rows: 1, columns: 3)
        Elementwise.normalise(zero.values)
        #expect(Array(zero.values) == [0, 0, 0])
    }
}
