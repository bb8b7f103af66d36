// A window that a person judged.

/// What the person said of a label.
public enum Judgement: String, Sendable, Codable, CaseIterable {
    /// The window is this label.
    case confirmed
    /// The window is not this label.
    case rejected
}

/// One judged window. Its embedding is that of the frozen model; nothing is trained.
public struct TaughtExample: Hashable, Sendable, Codable {
    /// The decision's identifier, by which it can be taken back.
    public let id: String
    /// The audio embedding.
    public let embedding: [Float]
    /// What the text said of the window: a log-probability per label, in the cache's order. Compute it anew from the
    /// embedding when the labels change.
    public let textLogProbabilities: [Double]
    /// The label judged.
    public let label: String
    /// Whether it was confirmed or rejected.
    public let judgement: Judgement
    /// What it was cut from (a clip, a recording, an alarm). Examples of one group resemble each other for reasons other
    /// than the fault and are left out together when weights are chosen; nil stands alone.
    public let group: String?

    /// Makes an example.
    public init(
        id: String,
        embedding: [Float],
        textLogProbabilities: [Double],
        label: String,
        judgement: Judgement = .confirmed,
        group: String? = nil
    ) {
        self.id = id
        self.embedding = embedding
        self.textLogProbabilities = textLogProbabilities
        self.label = label
        self.judgement = judgement
        self.group = group
    }

    /// Whether two examples say the same of the same sound.
    func saysTheSame(as other: TaughtExample) -> Bool {
        label == other.label && judgement == other.judgement && embedding == other.embedding
            && textLogProbabilities == other.textLogProbabilities
    }

    /// An order by content alone, so that sums over examples never depend on when they were taught.
    static func contentOrder(_ left: TaughtExample, _ right: TaughtExample) -> Bool {
        if left.label != right.label { return left.label < right.label }
        if left.judgement != right.judgement { return left.judgement.rawValue < right.judgement.rawValue }
        if left.embedding != right.embedding {
            return left.embedding.lexicographicallyPrecedes(right.embedding)
        }
        if left.textLogProbabilities != right.textLogProbabilities {
            return left.textLogProbabilities.lexicographicallyPrecedes(right.textLogProbabilities)
        }
        return (left.group ?? "", left.id) < (right.group ?? "", right.id)
    }
}
