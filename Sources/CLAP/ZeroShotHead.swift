// From an audio embedding to probabilities over labels.
import Foundation

/// Scores audio embeddings against label embeddings: softmax over the labels of scale times cosine.
public struct ZeroShotHead: Sendable, Equatable {
    /// One embedding of length 1 per label.
    public let labelEmbeddings: [[Float]]
    /// What cosines are multiplied by; a checkpoint's `logitScaleAudio`.
    public let scale: Float

    /// - Precondition: at least one label, all embeddings equally long.
    public init(labelEmbeddings: [[Float]], scale: Float) {
        precondition(!labelEmbeddings.isEmpty, "a head needs labels")
        precondition(Set(labelEmbeddings.map(\.count)).count == 1, "label embeddings differ in length")
        self.labelEmbeddings = labelEmbeddings
        self.scale = scale
    }

    /// A head whose labels have several prompts each: the prompts' embeddings are averaged, then scaled to length 1.
    ///
    /// - Precondition: every label has at least one prompt.
    public init(promptEmbeddings: [[[Float]]], scale: Float) {
        self.init(labelEmbeddings: promptEmbeddings.map(Self.average), scale: scale)
    }

    /// The mean of embeddings, scaled to length 1.
    public static func average(_ embeddings: [[Float]]) -> [Float] {
        precondition(!embeddings.isEmpty, "a label needs a prompt")
        var sums = [Double](repeating: 0, count: embeddings[0].count)
        for embedding in embeddings {
            precondition(embedding.count == sums.count, "prompt embeddings differ in length")
            for (i, value) in embedding.enumerated() { sums[i] += Double(value) }
        }
        let length = max(sums.reduce(0) { $0 + $1 * $1 }.squareRoot(), 1e-12)
        return sums.map { Float($0 / length) }
    }

    /// Cosine of the embedding to each label, both of length 1.
    public func cosines(_ embedding: [Float]) -> [Float] {
        labelEmbeddings.map { label in
            precondition(label.count == embedding.count, "embedding of \(embedding.count), labels of \(label.count)")
            var sum = 0.0
            for i in label.indices { sum += Double(label[i]) * Double(embedding[i]) }
            return Float(sum)
        }
    }

    /// Probability of each label; they add up to 1.
    public func probabilities(_ embedding: [Float]) -> [Float] {
        let logits = cosines(embedding).map { Double($0) * Double(scale) }
        let largest = logits.max() ?? 0
        let weights = logits.map { exp($0 - largest) }
        let sum = weights.reduce(0, +)
        return weights.map { Float($0 / sum) }
    }
}
