// How far a window is from a machine's normal sound, in both spaces and together.

/// The novelty of one window.
public struct NoveltyScore: Hashable, Sendable {
    /// The operating state it was held against.
    public let state: String
    /// In the model's embedding.
    public let embedding: SpaceScores
    /// In the acoustic descriptor, by view; empty where the bank keeps none.
    public let views: [String: SpaceScores]
    /// All together, in deviations above normal; compare it with an `OpenSetLimit` learned from `normalScores`.
    public let combined: Double

    /// In the descriptor's view that finds it strangest; nil where the bank keeps no descriptors.
    public var descriptor: SpaceScores? { views.values.max { $0.combined < $1.combined } }
}

/// The scorers of one operating state.
public struct NoveltyModel: Sendable {
    /// The operating state.
    public let state: String
    /// Combined score of each bank point judged without itself, by `nearest` without its block; empty for a bank of one.
    public let normalScores: [Double]
    /// Whether the bank has enough points for its z-scores to be measurements.
    public let isReliable: Bool

    private let embedding: NoveltySpace
    /// The descriptor's spaces, in the order of the options.
    private let views: [(name: String, space: NoveltySpace)]
    private let descriptorWidth: Int
    private let rule: CombinationRule
    /// Of the embedding, then of the views.
    private let weights: [Double]

    /// Learns the scorers. For 256 points of 512 values this takes some tenths of a second; scoring takes far less than
    /// a millisecond.
    public init(_ bank: StateBank, options: NoveltyOptions = NoveltyOptions()) {
        state = bank.name
        rule = options.spaceRule
        descriptorWidth = bank.descriptors.columns
        let embedding = NoveltySpace(embeddings: bank.embeddings, blocks: bank.blocks, options: options)
        let fits = options.descriptorViews.allSatisfy { $0.fits(width: bank.descriptors.columns) }
        let asked = fits && !options.descriptorViews.isEmpty ? options.descriptorViews : [.everything]
        let views: [(name: String, space: NoveltySpace)] =
            bank.descriptors.columns == 0
            ? []
            : asked.map { view in
                let descriptors = bank.descriptors
                return (
                    view.name,
                    NoveltySpace(descriptors: descriptors, blocks: bank.blocks, view: view, options: options)
                )
            }
        self.embedding = embedding
        self.views = views
        let rule = options.spaceRule
        let weights = [options.embeddingWeight] + (views.isEmpty ? [] : asked.map(\.weight))
        self.weights = weights
        normalScores = embedding.leaveOneOut.indices.compactMap { point in
            rule.combine(
                [embedding.leaveOneOut[point]] + views.map { $0.space.leaveOneOut[point] },
                weights: weights
            )
        }
        isReliable = bank.points >= NormalScores.reliableCount
    }

    /// The yardsticks of the embedding's methods, and those of the descriptor's first view.
    public var yardsticks: (embedding: [NoveltyMethod: NormalScores], descriptor: [NoveltyMethod: NormalScores]) {
        (embedding.normal, views.first?.space.normal ?? [:])
    }

    /// Scores a window.
    ///
    /// - Throws: `DetectionError` for another width or values that are no numbers.
    public func score(_ window: NormalWindow) throws(DetectionError) -> NoveltyScore {
        try DetectionError.check(window.embedding, width: embedding.points.columns, place: "the window's embedding")
        let inEmbedding = embedding.score(window.embedding)
        var inViews: [(name: String, scores: SpaceScores)] = []
        if !views.isEmpty {
            try DetectionError.check(window.descriptor, width: descriptorWidth, place: "its descriptor")
            inViews = views.map { ($0.name, $0.space.score(window.descriptor)) }
        }
        let scores = [inEmbedding.combined] + inViews.map(\.scores.combined)
        return NoveltyScore(
            state: state,
            embedding: inEmbedding,
            views: Dictionary(inViews.map { ($0.name, $0.scores) }) { first, _ in first },
            combined: rule.combine(scores, weights: weights) ?? inEmbedding.combined
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
