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
            Shape(tokens: 130, heads: 1, width: 17), Shape(tokens: 32, heads: 3, width: 12),
            Shape(tokens: 61, heads: 1, width: 13),
        ]
    }

    /// What is added on the way; the audio tower has position biases, with a mask or without, in a qkv biased already.
    struct Tables {
        var qkvBias = false
        var bias = false
        var mask = false
    }

    @Test(arguments: Shape.all)
    func mixesValuesBySoftmaxOfScores(_ shape: Shape) throws {
        let all = Tables(qkvBias: true, bias: true, mask: true)
        let kinds = [all, Tables(), Tables(bias: true), Tables(bias: true, mask: true)]
        for path in paths {
            for tables in kinds { try check(shape, path, scale: 1, tables) }
            try check(shape, path, scale: 40, all)
        }
    }

    private func check(_ shape: Shape, _ path: InstructionSet, scale: Double, _ tables: Tables) throws {
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
                    qkvBias: tables.qkvBias ? qkvBiasView.base : nil,
                    rowNumbers: $0.baseAddress,
                    bias: tables.bias ? biasView.base : nil,
                    mask: tables.mask ? maskView.base : nil,
                    into: out,
                    scratch: scratch
                )
            }
        }
        func value(_ token: Int, _ part: Int, _ head: Int, _ c: Int) -> Double {
            let column = part * channels + head * d + c
            let own = Double(qkv[Int(numbers[token]) * 3 * channels + column])
            return own + (tables.qkvBias ? Double(qkvBias[column]) : 0)
        }
        for head in 0..<shape.heads {
            for i in 0..<n {
                let scores = (0..<n).map { j in
                    var dot = 0.0
                    for c in 0..<d { dot += value(i, 0, head, c) * value(j, 1, head, c) }
                    dot /= Double(d).squareRoot()
                    if tables.bias { dot += Double(bias[(head * n + j) * stride + i]) }
                    if tables.mask { dot += Double(mask[j * stride + i]) }
                    return dot
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

    /// Every query has a lane of its own and every sum runs along keys or channels: the vector's width does not show.
    @Test(arguments: Shape.all, Magnitude.allCases)
    func vectorWidthsGiveTheSameBits(_ shape: Shape, _ magnitude: Magnitude) throws {
        let found = try [InstructionSet.avx2, .avx512].filter(\.isSupported).map { path in
            try attend(shape, path, scale: magnitude.rawValue).map(\.bitPattern)
        }
        #expect(Set(found).count <= 1)
    }

    @Test(arguments: Magnitude.allCases)
    func contextStaysWithinTheValues(_ magnitude: Magnitude) throws {
        for shape in Shape.all {
            for path in paths {
                let context = try attend(shape, path, scale: magnitude.rawValue)
                #expect(context.allSatisfy { abs($0) <= Float(magnitude.rawValue * 1.000_01) }, "\(path) \(shape)")
            }
        }
    }

    @Test func notANumberReachesItsHeadOnly() throws {
        let shape = Shape(tokens: 13, heads: 2, width: 8)
        for path in paths {
            // In the queries of token 5, head 1.
            let context = try attend(shape, path, scale: 1) { $0[5 * 48 + 8] = .nan }
            for token in 0..<13 {
                for c in 0..<16 {
                    #expect(context[token * 16 + c].isNaN == (token == 5 && c >= 8), "\(path) \(token) \(c)")
                }
            }
        }
    }

    /// The context of tokens in order, without tables.
    private func attend(
        _ shape: Shape,
        _ path: InstructionSet,
        scale: Double,
        changing: (inout [Float]) -> Void = { _ in }
    ) throws -> [Float] {
        let channels = shape.heads * shape.width
        let attention = WindowAttention(tokenCount: shape.tokens, headCount: shape.heads, headWidth: shape.width)
        var source = Values(seed: shape.tokens + shape.width)
        var qkv = source.list(shape.tokens * 3 * channels, scale: scale)
        changing(&qkv)
        let workspace = scratchWorkspace()
        defer { keep(workspace) }
        let out = workspace.takeMatrix(rows: shape.tokens, columns: channels)
        let view = workspace.matrix(qkv, rows: shape.tokens, columns: 3 * channels)
        let scratch = workspace.take(attention.scratchCount)
        try on(path) {
            attention.attend(view, qkvBias: nil, rowNumbers: nil, bias: nil, mask: nil, into: out, scratch: scratch)
        }
        return Array(out.values)
    }
}
