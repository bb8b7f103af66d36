// Which taught windows a machine's judgement uses: its own first, its profile's with them where that harms nothing.
import Detection
import Foundation
import MachineHealth
import Publishing
import TrendLog

/// The examples chosen for one machine. A value without I/O: the same decisions give the same examples.
struct LearnedExamples: Sendable {
    /// Whose decisions are used.
    enum Source: String, Sendable {
        case ownAndProfile = "own_and_profile"
        case own
        case none
    }

    /// Of a machine's own decisions, and of the rest of its profile's, the newest so many are used: a hundred machines
    /// have to fit into memory.
    static let mostExamples = 64
    /// Own decisions a choice is tested on.
    private static let mostTested = 256
    /// Windows nearer to each other than this belong to one event.
    private static let eventGapSeconds = 60.0

    /// What to use; nil for none.
    let cache: ExampleCache?
    /// Whose.
    let source: Source
    /// Why a larger choice was refused; nil where none was.
    let refusal: BilingualText?

    /// Chooses: of what may be used, what misses the fewest of the machine's own decisions, with the profile's examples
    /// where they do no harm.
    ///
    /// - Parameters:
    ///   - judge: of the machine, with the calibration in force.
    ///   - own: the machine's standing decisions.
    ///   - others: those of the other machines of its profile.
    ///   - model: decisions about another model's embeddings are left out.
    init(judge: WindowJudge, own: [ReviewDecision], others: [ReviewDecision], model: String) {
        let mine = Self.examples(own, judge: judge, model: model)
        let theirs = Self.examples(others, judge: judge, model: model)
        var candidates: [(source: Source, examples: [TaughtExample])] = []
        let kept = Array(mine.suffix(Self.mostExamples))
        if !theirs.isEmpty { candidates.append((.ownAndProfile, kept + Array(theirs.suffix(Self.mostExamples)))) }
        if !mine.isEmpty { candidates.append((.own, kept)) }
        let tested = Array(mine.suffix(Self.mostTested))
        var refusal: BilingualText?
        var best: (source: Source, cache: ExampleCache, errors: Int)?
        for candidate in candidates {
            do throws(DetectionError) {
                var cache = ExampleCache(labels: judge.labels.map(\.rawValue), centre: judge.normalSound?.centre)
                try cache.teach(contentsOf: candidate.examples)
                let verdict = try AdapterCheck.verdict(cache: cache, decisions: tested)
                switch verdict {
                case .accepted(_, let errors, _) where best.map({ errors < $0.errors }) ?? true:
                    best = (candidate.source, cache, errors)
                case .accepted: break
                case .refused: refusal = verdict.text
                }
            } catch {
                refusal = BilingualText(english: error.message, chinese: error.message)
            }
        }
        self.init(cache: best?.cache, source: best?.source ?? .none, refusal: refusal)
    }

    private init(cache: ExampleCache?, source: Source, refusal: BilingualText?) {
        self.cache = cache
        self.source = source
        self.refusal = refusal
    }

    /// Decisions that say something of a label, as examples, in the order they were made.
    private static func examples(
        _ decisions: [ReviewDecision],
        judge: WindowJudge,
        model: String
    ) -> [TaughtExample] {
        let groups = groups(of: decisions)
        let width = judge.head.labelEmbeddings.first?.count ?? 0
        return decisions.compactMap { decision in
            guard decision.model == model, let embedding = decision.embedding, embedding.count == width,
                let judgement = decision.judgement, let label = decision.label, judge.labels.contains(label)
            else { return nil }
            return TaughtExample(
                id: decision.id.text,
                embedding: embedding,
                textLogProbabilities: judge.textLogProbabilities(embedding),
                label: label.rawValue,
                judgement: judgement,
                group: groups[decision.id]
            )
        }
    }

    /// Windows of one machine that follow each other closely, by the start of the first: they resemble each other for
    /// reasons other than their label.
    static func groups(of decisions: [ReviewDecision]) -> [UUID: String] {
        var groups: [UUID: String] = [:]
        var last: (machine: String, end: Date, name: String)?
        for decision in decisions.sorted(by: { ($0.machine, $0.start, $0.id.text) < ($1.machine, $1.start, $1.id.text) }
        ) {
            if let before = last, before.machine == decision.machine,
                decision.start.timeIntervalSince(before.end) <= eventGapSeconds
            {
                last = (before.machine, max(before.end, decision.end), before.name)
            } else {
                let name = "\(decision.machine)/\(decision.start.millisecondsSince1970)"
                last = (decision.machine, decision.end, name)
            }
            groups[decision.id] = last?.name
        }
        return groups
    }
}

extension ReviewDecision {
    /// What it says of its label; nil where it says nothing of the sound.
    var judgement: Judgement? {
        switch verdict {
        case .confirm, .label: .confirmed
        case .reject: .rejected
        case .unusable: nil
        }
    }
}
