// Attention on every path against double precision.
import Foundation
import Kernels
import Testing

@Suite struct WindowAttentionTests {
    /// Tokens, heads, head width.
    struct Shape: Sendable, CustomTestStringConvertible {
        var tokens: Int
        var heads: Int
        var width: Int
        var testDescription: String { "\(tokens) tokens, \(heads) heads of \(width)" }

        static let all = [
            Shape(tokens: 64, heads: 2, width: 24), Shape(tokens: 64, heads: 1, width: 32),
            Shape(tokens: 1, heads: 1, width: 1), Shape(tokens: 7, heads: 3, width: 7),
            Shape(tokens: 31, heads: 2, width: 31), Shape(tokens: 33, heads: 1, width: 33),
            Shape(tokens: 49, heads: 2, width: 8), Shape(tokens: 13, heads: 2, width: 64),
            Shape(tokens: 130, heads: 1, width: 17),
        ]
    }

    @Test(arguments: Shape.all)
    func mixesValuesBySoftmaxOfScores(_ shape: Shape) throws {
        for path in paths {
            for (scale, hasTables) in [(1.0, true), (1.0, false), (40.0, true)] {
                try check(shape, path, scale: scale, hasTables: hasTables)
            }
        }
    }

    private func check(_ shape: Shape, _ path: InstructionSet, scale: Double, hasTables: Bool) throws {
        let (n, d, channels) = (shape.tokens, shape.width, shape.heads * shape.width)
        let attention = WindowAttention(tokenCount: n, headCount: shape.heads, headWidth: d)
        let stride = attention.tableStride
        let rows = n + 5
        var source = Values(seed: n * 100 + d)
        let qkv = source.list(rows * 3 * channels, scale: scale)
        let qkvBias = source.list(3 * channels)
        // Rows in reverse, leaving some out, as a shifted window might have them.
        let numbers = (0..<n).map { Int32(n + 2 - $0) }
        let bias = source.list(shape.heads * n * stride)
        let mask = (0..<(n * stride)).map { $0 % 3 == 0 && $0 / stride != $0 % stride ? Float(-100) : 0 }

        let workspace = scratchWorkspace()
        defer { keep(workspace) }
        let out = workspace.takeMatrix(rows: rows, columns: channels)
        out.values.update(repeating: -7)
        let qkvView = workspace.matrix(qkv, rows: rows, columns: 3 * channels)
        let biasView = workspace.matrix(bias, rows: 1, columns: bias.count)
        let maskView = workspace.matrix(mask, rows: 1, columns: mask.count)
        let qkvBiasView = workspace.matrix(qkvBias, rows: 1, columns: qkvBias.count)
        let scratch = workspace.take(attention.scratchCount)
        try on(path) {
            numbers.withUnsafeBufferPointer {
                attention.attend(
                    qkvView,
                    qkvBias: hasTables ? qkvBiasView.base : nil,
                    rowNumbers: $0.baseAddress,
                    bias: hasTables ? biasView.base : nil,
                    mask: hasTables ? maskView.base : nil,
                    into: out,
                    scratch: scratch
                )
            }
        }
        func value(_ token: Int, _ part: Int, _ head: Int, _ c: Int) -> Double {
            let column = part * channels + head * d + c
            return Double(qkv[Int(numbers[token]) * 3 * channels + column]) + (hasTables ? Double(qkvBias[column]) : 0)
        }
        for head in 0..<shape.heads {
            for i in 0..<n {
                let scores = (0..<n).map { j in
                    var dot = 0.0
                    for c in 0..<d { dot += value(i, 0, head, c) * value(j, 1, head, c) }
                    dot /= Double(d).squareRoot()
                    return hasTables
                        ? dot + Double(bias[(head * n + i) * stride + j]) + Double(mask[i * stride + j]) : dot
                }
                let largest = try #require(scores.max())
                let weights = scores.map { exp($0 - largest) }
                let sum = weights.reduce(0, +)
                for c in 0..<d {
                    var expected = 0.0
                    for j in 0..<n { expected += weights[j] / sum * value(j, 2, head, c) }
                    let found = Double(out.values[Int(numbers[i]) * channels + head * d + c])
                    // Scores of size s are known to s * 1e-7 only, and the softmax passes that on.
                    let tolerance = 2e-6 * scale * max(1, scale * scale * 2)
                    #expect(abs(found - expected) <= tolerance, "\(path) head \(head) token \(i) channel \(c)")
                }
            }
        }
        // Rows outside the window are not touched.
        #expect(out.values[0] == -7 && out.values[rows * channels - 1] == -7)
    }
}
