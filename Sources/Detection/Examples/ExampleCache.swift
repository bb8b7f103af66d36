// Few examples beside the text: a training-free cache over frozen embeddings.
// Zhang et al., Tip-Adapter (2022); Liang et al., Treff adapter, Adapting Language-Audio Models as Few-Shot Audio
// Learners (2023).
import Foundation

/// How strongly examples count and how near a window must be to them.
public struct AdapterWeights: Hashable, Sendable, Codable {
    /// Weight of the examples beside the text's log-probabilities; 0 is zero-shot.
    public let alpha: Double
    /// Sharpness of the affinity exp(-beta (1 - cosine)).
    public let beta: Double

    /// Makes weights.
    public init(alpha: Double, beta: Double) {
        self.alpha = alpha
        self.beta = beta
    }

    func affinity(cosine: Double) -> Double { exp(-beta * max(0, 1 - cosine)) }

    /// Used until there are examples enough to choose by: a window as near as 0.02 to an example gains a factor of
    /// about e to the 2.
    public static let usual = AdapterWeights(alpha: 3, beta: 20)
    /// Chosen from.
    public static let grid: [AdapterWeights] = [0.5, 1, 3, 6, 12].flatMap { alpha in
        [5, 20, 60, 150].map { AdapterWeights(alpha: alpha, beta: $0) }
    }
}

/// The examples of one machine (or profile) and the labels they are about.
///
/// A window's score for a label is log p(text) + alpha · evidence. Evidence is the sum of affinities to the label's
/// confirmed examples less that to its rejected ones. Every example's vote is divided by how many examples of its kind
/// lie where it lies, so ten windows of one event count about once, an exact repetition not at all. The sum runs in an
/// order given by content: neither the order of teaching nor a taken-back example leaves a trace, to the last bit.
public struct ExampleCache: Sendable, Equatable {
    /// The labels, in the order of the text scores.
    public let labels: [String]
    /// All examples, repetitions included, in content order.
    public private(set) var examples: [TaughtExample] = []
    /// The weights in use.
    public private(set) var weights = AdapterWeights.usual
    /// Subtracted from every embedding before it is compared: the mean of the machine's normal sound takes away what all
    /// its windows share. Nil compares them as they are.
    public let centre: [Float]?

    /// What is compared with: every different example once, with its vote.
    private(set) var keys: [Key] = []

    /// An example made ready. Its direction is not kept, it would be twice as large as the embedding: with the embedding e, the
    /// centre c and a window w of length one the cosine is (w · e / |e| - w · c) / |e / |e| - c|.
    struct Key: Sendable, Equatable {
        let example: TaughtExample
        /// 1 / (|e| · |e / |e| - c|); 0 where the direction has no length.
        let embeddingScale: Double
        /// 1 / |e / |e| - c|; 0 where the direction has no length.
        let centreScale: Double
        /// Its label's place.
        let label: Int
        /// 1 / how many examples of its kind lie there.
        var vote: Double

        /// Cosine with a window.
        ///
        /// - Parameters:
        ///   - window: centred, at length one.
        ///   - onCentre: its product with the centre.
        func cosine(with window: [Double], onCentre: Double) -> Double {
            let product = zip(window, example.embedding).reduce(0) { $0 + $1.0 * Double($1.1) }
            return embeddingScale * product - centreScale * onCentre
        }

        /// What its affinity counts for: for its label or against it.
        var sign: Double { example.judgement == .confirmed ? 1 : -1 }

        func isOfKind(of other: Key) -> Bool {
            label == other.label && example.judgement == other.example.judgement
        }
    }

    /// Makes a cache without examples.
    public init(labels: [String], centre: [Float]? = nil) {
        self.labels = labels
        self.centre = centre
    }

    /// Adds an example; one with the same identifier is replaced. Weights are chosen anew.
    ///
    /// - Throws: `DetectionError` for a label that is not here, another width, values that are no numbers.
    public mutating func teach(_ example: TaughtExample) throws(DetectionError) {
        try teach(contentsOf: [example])
    }

    /// Adds examples as `teach` does one by one, and chooses the weights once: the cache is the same to the last bit.
    ///
    /// - Throws: `DetectionError` as `teach`; the cache is then as it was.
    public mutating func teach(contentsOf new: [TaughtExample]) throws(DetectionError) {
        guard !new.isEmpty else { return }
        let width = centre?.count ?? examples.first?.embedding.count ?? new[0].embedding.count
        for example in new { try check(example, width: width) }
        let replaced = Dictionary(new.map { ($0.id, $0) }) { _, last in last }
        examples.removeAll { replaced[$0.id] != nil }
        examples.append(contentsOf: replaced.values)
        examples.sort(by: TaughtExample.contentOrder)
        settle()
    }

    /// Takes an example back; gives whether it was there.
    @discardableResult
    public mutating func takeBack(_ id: String) -> Bool {
        let before = examples.count
        examples.removeAll { $0.id == id }
        guard examples.count < before else { return false }
        settle()
        return true
    }

    /// Probabilities of the labels for a window, summing to one.
    ///
    /// - Parameters:
    ///   - embedding: of the window.
    ///   - textLogProbabilities: log-probability per label from the text, in the order of `labels`.
    /// - Throws: `DetectionError` for another width, another number of labels, values that are no numbers.
    public func probabilities(
        embedding: [Float],
        textLogProbabilities: [Double]
    ) throws(DetectionError) -> [Double] {
        try checkText(textLogProbabilities)
        let width = keys.first?.example.embedding.count ?? embedding.count
        try DetectionError.check(embedding, width: width, place: "the window's embedding")
        return Self.blend(textLogProbabilities, evidence: evidence(embedding), alpha: weights.alpha)
    }

    // MARK: - Inside

    private func check(_ example: TaughtExample, width: Int) throws(DetectionError) {
        guard labels.contains(example.label) else {
            throw DetectionError(
                .unknown,
                "label \"\(example.label)\" is not among \(labels.joined(separator: ", ")); add it to the labels first"
            )
        }
        try checkText(example.textLogProbabilities)
        guard width > 0 else {
            throw DetectionError(.empty, "example \"\(example.id)\" has an empty embedding, expected the model's")
        }
        try DetectionError.check(example.embedding, width: width, place: "embedding of example \"\(example.id)\"")
    }

    private func checkText(_ textLogProbabilities: [Double]) throws(DetectionError) {
        guard textLogProbabilities.count == labels.count else {
            throw DetectionError(
                .width,
                "the text gave \(textLogProbabilities.count) scores, expected \(labels.count), one per label"
            )
        }
        guard !textLogProbabilities.contains(where: { $0.isNaN || $0 == .infinity }) else {
            throw DetectionError(.notFinite, "a text score is no number; expected log-probabilities")
        }
    }

    private mutating func settle() {
        let fresh = Self.distinct(examples).map(key)
        let choice = WeightChoice(keys: fresh, directions: fresh.map(direction), labels: labels.count)
        weights = choice.best()
        keys = zip(fresh, choice.crowds(beta: weights.beta)).map { key, crowd in
            var voting = key
            voting.vote = 1 / max(1, crowd)
            return voting
        }
    }

    private static func distinct(_ examples: [TaughtExample]) -> [TaughtExample] {
        // Equal content lies side by side; the first of a run has the smallest group and identifier.
        examples.indices.filter { $0 == 0 || !examples[$0].saysTheSame(as: examples[$0 - 1]) }.map { examples[$0] }
    }

    private func key(_ example: TaughtExample) -> Key {
        let length = example.embedding.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        let rest = centred(example.embedding).reduce(0) { $0 + $1 * $1 }.squareRoot()
        return Key(
            example: example,
            embeddingScale: length > 0 && rest > 0 ? 1 / (length * rest) : 0,
            centreScale: rest > 0 ? 1 / rest : 0,
            label: labels.firstIndex(of: example.label) ?? 0,
            vote: 1
        )
    }

    /// An embedding at length one, less the centre.
    private func centred(_ embedding: [Float]) -> [Double] {
        let length = embedding.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        var vector = embedding.map { length > 0 ? Double($0) / length : Double($0) }
        if let centre, centre.count == vector.count {
            for index in vector.indices { vector[index] -= Double(centre[index]) }
        }
        return vector
    }

    private func direction(_ embedding: [Float]) -> [Double] {
        let vector = centred(embedding)
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return length > 0 ? vector.map { $0 / length } : vector
    }

    private func direction(_ key: Key) -> [Double] { direction(key.example.embedding) }

    private func onCentre(_ window: [Double]) -> Double {
        guard let centre, centre.count == window.count else { return 0 }
        return zip(window, centre).reduce(0) { $0 + $1.0 * Double($1.1) }
    }

    private func evidence(_ embedding: [Float]) -> [Double] {
        let window = direction(embedding)
        let onCentre = onCentre(window)
        var evidence = [Double](repeating: 0, count: labels.count)
        for key in keys {
            let cosine = key.cosine(with: window, onCentre: onCentre)
            evidence[key.label] += key.vote * key.sign * weights.affinity(cosine: cosine)
        }
        return evidence
    }

    /// For every example the evidence from those that do not belong together with it.
    func evidenceOfOthers(on examples: [TaughtExample]) -> [[Double]] {
        let choice = WeightChoice(keys: keys, directions: keys.map(direction), labels: labels.count)
        let crowds = choice.crowds(beta: weights.beta)
        return examples.map { example in
            let window = direction(example.embedding)
            let onCentre = onCentre(window)
            return choice.evidence(
                beta: weights.beta,
                crowds: crowds,
                cosines: keys.map { $0.cosine(with: window, onCentre: onCentre) },
                isLeftOut: keys.map { Self.belongTogether($0.example, example) }
            )
        }
    }

    /// Text and evidence together, summing to one.
    static func blend(_ text: [Double], evidence: [Double], alpha: Double) -> [Double] {
        let logits = zip(text, evidence).map { $0 + alpha * $1 }
        let total = Statistics.logSumExp(logits)
        // No label has any probability: all are as likely.
        guard total > -.infinity else { return logits.map { _ in 1 / Double(logits.count) } }
        return logits.map { exp($0 - total) }
    }

    /// Whether two examples cannot judge each other: the same sound, or cut from the same.
    static func belongTogether(_ left: TaughtExample, _ right: TaughtExample) -> Bool {
        left.embedding == right.embedding || (left.group != nil && left.group == right.group)
    }
}
