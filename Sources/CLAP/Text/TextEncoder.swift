// The text tower: token numbers to an embedding of length 1. RoBERTa, https://arxiv.org/abs/1907.11692
// Reference: ClapTextModel and ClapModel.get_text_features in
// https://github.com/huggingface/transformers/blob/v5.23.0/src/transformers/models/clap/modeling_clap.py
import Foundation
import Kernels

/// A token sequence the text tower cannot take.
public struct TextEncoderError: Error, CustomStringConvertible, Sendable, Equatable {
    /// The model's name.
    public let model: String
    public let found: String
    public let expected: String

    public var description: String { "model '\(model)': a text has \(found), expected \(expected)." }
}

/// Encodes texts; used when labels change.
///
/// Allocates per call. Not thread-safe and not `Sendable`. A text gives the same bits whatever was encoded before. The linear
/// layers multiply integers where the model was loaded so and is large enough.
public final class TextEncoder {
    private let model: ClapModel
    private let weights: TextWeights
    /// What the layers' products are computed in.
    private let arithmetic: FewRows.Arithmetic
    /// Where each layer's weights lie in the mapped file.
    private let layerRanges: [[Range<Int>]]

    init(model: ClapModel, weights: TextWeights) {
        self.model = model
        self.weights = weights
        arithmetic = model.textArithmetic
        layerRanges = weights.layers.indices.map(model.textLayerRanges)
    }

    /// Length of an embedding.
    public var embeddingDimension: Int { model.configuration.projectionDimension }

    /// The embedding of one text, scaled to length 1.
    ///
    /// - Parameter tokens: as the tokenizer gives them, start and end included, no padding.
    /// - Throws: `TextEncoderError` where there are none, too many, or one that is not in the vocabulary.
    public func embed(tokens: [Int32]) throws(TextEncoderError) -> [Float] {
        try embed(texts: [tokens])[0]
    }

    /// The embeddings of several texts, each scaled to length 1; the same bits as one by one, in less time, because the
    /// weights are read once for many texts.
    ///
    /// - Parameter texts: the tokens of each, as for `embed(tokens:)`.
    public func embed(texts: [[Int32]]) throws(TextEncoderError) -> [[Float]] {
        for tokens in texts { try check(tokens) }
        var embeddings: [[Float]] = []
        var first = 0
        while first < texts.count {
            // As many texts as fit the row limit, at least one.
            var end = first + 1
            var rows = texts[first].count
            while end < texts.count, rows + texts[end].count <= Self.mostRows {
                rows += texts[end].count
                end += 1
            }
            embeddings += encode(Array(texts[first..<end]))
            first = end
        }
        return embeddings
    }

    /// Tokens that go through the tower together.
    private static let mostRows = 256

    /// Runs texts, one below the other, through the tower; only attention looks at one text at a time.
    private func encode(_ texts: [[Int32]]) -> [[Float]] {
        let text = model.configuration.text
        let channels = text.hiddenSize
        let attentions = texts.map { tokens in
            WindowAttention(
                tokenCount: tokens.count,
                headCount: text.attentionHeadCount,
                headWidth: channels / text.attentionHeadCount
            )
        }
        let rows = texts.reduce(0) { $0 + $1.count }
        let dimension = embeddingDimension
        let scratchCount = attentions.map(\.scratchCount).max() ?? 0
        let packedCount = FewRows.floatCount(
            rows: rows,
            inputs: max(channels, text.intermediateSize),
            arithmetic: arithmetic
        )
        let sizes = [
            rows * channels, rows * channels, 3 * rows * channels, rows * text.intermediateSize, scratchCount,
            packedCount, texts.count * channels, texts.count * dimension, texts.count * dimension,
        ]
        let workspace = Workspace(capacityFloats: sizes.map(Workspace.footprint).reduce(0, +))
        // Views do not own their memory.
        defer { withExtendedLifetime(workspace) {} }
        let stream = workspace.takeMatrix(rows: rows, columns: channels)
        let branch = workspace.takeMatrix(rows: rows, columns: channels)
        let qkv = workspace.takeMatrix(rows: rows, columns: 3 * channels)
        let hidden = workspace.takeMatrix(rows: rows, columns: text.intermediateSize)
        let scratch = workspace.take(scratchCount)
        let packed = workspace.take(packedCount)
        func pack(_ matrix: MatrixView) -> FewRows { FewRows(packing: matrix, into: packed, arithmetic: arithmetic) }
        let pooled = workspace.takeMatrix(rows: texts.count, columns: channels)
        let projectionHidden = workspace.takeMatrix(rows: texts.count, columns: dimension)
        let embeddings = workspace.takeMatrix(rows: texts.count, columns: dimension)

        var starts: [Int] = []
        for tokens in texts {
            let start = starts.isEmpty ? 0 : starts[starts.count - 1] + texts[starts.count - 1].count
            starts.append(start)
            look(up: tokens, into: stream.rows(start..<(start + tokens.count)))
        }
        weights.embeddingsLayerNorm.apply(to: stream, into: stream)
        for (number, layer) in weights.layers.enumerated() {
            for range in layerRanges[number] {
                model.weightsMemory.useLargePages(range)
                model.weightsMemory.populate(range)
            }
            // Labels are encoded now and then: a layer need not stay in memory while the next one works.
            defer { for range in layerRanges[number] { model.weightsMemory.release(range) } }
            let input = pack(stream)
            for (i, part) in [layer.query, layer.key, layer.value].enumerated() {
                part.multiply(input, into: qkv.columns((i * channels)..<((i + 1) * channels)))
            }
            for (attention, start) in zip(attentions, starts) {
                let range = start..<(start + attention.tokenCount)
                attention.attend(
                    qkv.rows(range),
                    qkvBias: nil,
                    rowNumbers: nil,
                    bias: nil,
                    mask: nil,
                    into: branch.rows(range),
                    scratch: scratch
                )
            }
            var working = 0..<rows
            if number == weights.layers.count - 1 {
                // The pooler takes each text's first token; the others have been heard.
                for (i, start) in starts.enumerated() {
                    for matrix in [branch, stream] where start > i {
                        (matrix.base + i * channels).update(from: matrix.base + start * channels, count: channels)
                    }
                }
                working = 0..<texts.count
            }
            let (states, context, wide) = (stream.rows(working), branch.rows(working), hidden.rows(working))
            layer.attentionOutputDense.multiply(pack(context), into: states, accumulate: true)
            layer.attentionOutputLayerNorm.apply(to: states, into: states)
            layer.intermediateDense.multiply(pack(states), into: wide, then: text.hiddenActivation.asEpilogue)
            layer.outputDense.multiply(pack(wide), into: states, accumulate: true)
            layer.outputLayerNorm.apply(to: states, into: states)
        }

        weights.pooler.multiplyFewRows(stream.rows(texts.indices), into: pooled)
        if let bias = weights.pooler.bias { Elementwise.addBias(bias.pointer, to: pooled) }
        for i in pooled.values.indices { pooled.values[i] = tanh(pooled.values[i]) }
        weights.textProjection.apply(to: pooled, hidden: projectionHidden, into: embeddings)
        return texts.indices.map { i in
            let row = embeddings.rows(i..<(i + 1)).values
            Elementwise.normalise(row)
            return Array(row)
        }
    }

    private func check(_ tokens: [Int32]) throws(TextEncoderError) {
        let text = model.configuration.text
        guard (1...text.maximumTokenCount).contains(tokens.count) else {
            throw TextEncoderError(
                model: model.name,
                found: "\(tokens.count) tokens",
                expected: "1 to \(text.maximumTokenCount)"
            )
        }
        if let stray = tokens.first(where: { $0 < 0 || Int($0) >= text.vocabularySize }) {
            throw TextEncoderError(
                model: model.name,
                found: "token \(stray)",
                expected: "0 to \(text.vocabularySize - 1); tokenizer and weights do not belong together"
            )
        }
    }

    /// Word, position and type embeddings added up. Positions count from the padding token's number plus one; padding
    /// tokens have its number and do not count.
    private func look(up tokens: [Int32], into stream: MatrixView) {
        let padding = model.configuration.text.padTokenID
        let channels = stream.columnCount
        var position = padding
        for (row, token) in tokens.enumerated() {
            let isPadding = Int(token) == padding
            if !isPadding { position += 1 }
            let words = weights.wordEmbeddings.pointer + Int(token) * channels
            let positions = weights.positionEmbeddings.pointer + (isPadding ? padding : position) * channels
            let types = weights.tokenTypeEmbeddings.pointer
            let out = stream.base + row * channels
            for i in 0..<channels { out[i] = words[i] + types[i] + positions[i] }
        }
    }
}
