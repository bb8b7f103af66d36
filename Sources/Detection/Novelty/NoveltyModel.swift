// How far a window is from a machine's normal sound, in both spaces and together.

/// The novelty of one window.
public struct NoveltyScore: Hashable, Sendable {
    /// The operating state it was held against.
    public let state: String
    /// In the model's embedding.
    public let embedding: SpaceScores
    /// In the acoustic descriptor; nil where the bank keeps none.
    public let descriptor: SpaceScores?
    /// Both together, in deviations above normal; compare it with an `OpenSetLimit` learned from `normalScores`.
    public let combined: Double
}

/// The scorers of one operating state.
public struct NoveltyModel: Sendable {
    /// The operating state.
    public let state: String
    /// Combined score of each bank point judged without itself; empty for a bank of one point.
    public let normalScores: [Double]
    /// Whether the bank has enough points for its z-scores to be measurements.
    public let isReliable: Bool

    private let embedding: NoveltySpace
    private let descriptor: NoveltySpace?
    private let rule: CombinationRule

    /// Learns the scorers. For 256 points of 512 values this takes some tenths of a second; scoring takes far less than
    /// a millisecond.
    public init(_ bank: StateBank, options: NoveltyOptions = NoveltyOptions()) {
        state = bank.name
        rule = options.spaceRule
        let embedding = NoveltySpace(embeddings: bank.embeddings, options: options)
        let descriptor =
            bank.descriptors.columns > 0 ? NoveltySpace(descriptors: bank.descriptors, options: options) : nil
        self.embedding = embedding
        self.descriptor = descriptor
        let rule = options.spaceRule
        normalScores = embedding.leaveOneOut.indices.compactMap { point in
            rule.combine([embedding.leaveOneOut[point]] + (descriptor.map { [$0.leaveOneOut[point]] } ?? []))
        }
        isReliable = bank.points >= NormalScores.reliableCount
    }

    /// The yardsticks of the embedding's methods, and the descriptor's.
    public var yardsticks: (embedding: [NoveltyMethod: NormalScores], descriptor: [NoveltyMethod: NormalScores]) {
        (embedding.normal, descriptor?.normal ?? [:])
    }

    /// Scores a window.
    ///
    /// - Throws: `DetectionError` for another width or values that are no numbers.
    public func score(_ window: NormalWindow) throws(DetectionError) -> NoveltyScore {
        try DetectionError.check(window.embedding, width: embedding.points.columns, place: "the window's embedding")
        let inEmbedding = embedding.score(window.embedding)
        var inDescriptor: SpaceScores?
        if let descriptor {
            try DetectionError.check(window.descriptor, width: descriptor.points.columns, place: "its descriptor")
            inDescriptor = descriptor.score(window.descriptor)
        }
        let parts = [inEmbedding.combined] + (inDescriptor.map { [$0.combined] } ?? [])
        return NoveltyScore(
            state: state,
            embedding: inEmbedding,
            descriptor: inDescriptor,
            combined: rule.combine(parts) ?? inEmbedding.combined
        )
    }
}

/// The scorers of one machine, one per operating state.
public struct MachineNovelty: Sendable {
    /// By state, in the bank's order.
    public let models: [NoveltyModel]

    /// Learns the scorers of every state.
    public init(_ bank: NormalBank, options: NoveltyOptions = NoveltyOptions()) {
        models = bank.states.map { NoveltyModel($0, options: options) }
    }

    /// Scores a window against a state, or where the state is not known against the one it fits best.
    ///
    /// - Throws: `DetectionError` for a state that was not enrolled, another width, values that are no numbers.
    public func score(_ window: NormalWindow, state: String? = nil) throws(DetectionError) -> NoveltyScore {
        let candidates = models.filter { state == nil || $0.state == state }
        var best: NoveltyScore?
        for model in candidates {
            let score = try model.score(window)
            if best.map({ score.combined < $0.combined }) ?? true { best = score }
        }
        guard let best else {
            let known = models.map { "\"\($0.state)\"" }.joined(separator: ", ")
            throw DetectionError(.unknown, "state \"\(state ?? "")\" was not enrolled, only \(known); enrol it")
        }
        return best
    }
}
