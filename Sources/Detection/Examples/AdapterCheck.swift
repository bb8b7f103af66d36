// Examples may only help: what a cache would make of the decisions people already took.

/// What the check found.
public enum AdapterVerdict: Hashable, Sendable {
    /// The cache errs no more often than the text alone.
    case accepted(errorsBefore: Int, errorsAfter: Int, decisions: Int)
    /// It would err more often, on windows it was taught or on windows it was not.
    case refused(errorsBefore: Int, errorsAfter: Int, decisions: Int, isOnUnseen: Bool)

    /// Whether the cache may be used.
    public var isAccepted: Bool {
        if case .accepted = self { true } else { false }
    }

    /// The verdict and, for a refusal, what to do.
    public var text: BilingualText {
        switch self {
        case .accepted(let before, let after, let count):
            BilingualText(
                english: "With the examples \(after) of \(count) stored decisions are missed, without them \(before).",
                chinese: "使用示例后，\(count) 个已存判定中有 \(after) 个不符；不用示例为 \(before) 个。"
            )
        case .refused(let before, let after, let count, let isOnUnseen):
            BilingualText(
                english: "Refused: with the examples \(after) of \(count) stored decisions would be missed"
                    + "\(isOnUnseen ? " when each is judged by the others" : ""), without them \(before); "
                    + "look for examples that contradict each other.",
                chinese: "已拒绝：使用示例后，\(count) 个已存判定中将有 \(after) 个不符\(isOnUnseen ? "（每个由其余示例判断）" : "")，"
                    + "不用示例为 \(before) 个；请检查互相矛盾的示例。"
            )
        }
    }
}

/// Holds a cache against the machine's stored decisions.
public enum AdapterCheck {
    /// Compares the errors of the cache with those of the text alone.
    ///
    /// A confirmed decision is missed where another label is on top, a rejected one where its label is. Looked at twice:
    /// with all examples, and each decision without the examples that belong to it, as far as its label has others.
    ///
    /// - Throws: `DetectionError` for decisions that do not fit the cache.
    public static func verdict(
        cache: ExampleCache,
        decisions: [TaughtExample]
    ) throws(DetectionError) -> AdapterVerdict {
        for example in decisions {
            let width = cache.keys.first?.example.embedding.count ?? example.embedding.count
            try DetectionError.check(example.embedding, width: width, place: "embedding of decision \"\(example.id)\"")
        }
        var (before, after) = (0, 0)
        var (unseen, unseenBefore, unseenAfter) = (0, 0, 0)
        let others = cache.evidenceOfOthers(on: decisions)
        for (example, evidenceOfOthers) in zip(decisions, others) {
            guard let label = cache.labels.firstIndex(of: example.label) else {
                throw DetectionError(.unknown, "a stored decision is about \"\(example.label)\", not among the labels")
            }
            let shares = try cache.probabilities(
                embedding: example.embedding,
                textLogProbabilities: example.textLogProbabilities
            )
            func isMissed(_ scores: [Double]) -> Bool {
                let top = scores.indices.max { (scores[$0], $1) < (scores[$1], $0) }
                return (top == label) != (example.judgement == .confirmed)
            }
            let missedBefore = isMissed(example.textLogProbabilities)
            before += missedBefore ? 1 : 0
            after += isMissed(shares) ? 1 : 0
            let hasOthers = cache.examples.contains {
                $0.label == example.label && $0.judgement == example.judgement
                    && !ExampleCache.belongTogether($0, example)
            }
            guard hasOthers else { continue }
            unseen += 1
            unseenBefore += missedBefore ? 1 : 0
            let byOthers = ExampleCache.blend(
                example.textLogProbabilities,
                evidence: evidenceOfOthers,
                alpha: cache.weights.alpha
            )
            unseenAfter += isMissed(byOthers) ? 1 : 0
        }
        if after > before {
            return .refused(errorsBefore: before, errorsAfter: after, decisions: decisions.count, isOnUnseen: false)
        }
        if unseenAfter > unseenBefore {
            return .refused(errorsBefore: unseenBefore, errorsAfter: unseenAfter, decisions: unseen, isOnUnseen: true)
        }
        return .accepted(errorsBefore: before, errorsAfter: after, decisions: decisions.count)
    }
}
