// One machine's recordings, judged in every way under every split.
import CLAP
import Detection
import Foundation
import MachineHealth

/// What a comparison is made with.
public struct ComparisonOptions: Sendable {
    /// Windows taught per label.
    public var shots = [1, 2, 5, 10]
    /// Repeated splits of each machine.
    public var repetitions = 20
    /// Splits, examples and resamples are drawn from it.
    public var seed: UInt64 = 1
    /// How recordings are parted; nil takes the manifest's times where every recording has one.
    public var order: SplitOrder?
    /// When windows in a row are an alarm.
    public var rule = TrendRule()
    /// Resamples behind an interval.
    public var resamples = 1_000
    /// How novelty is measured.
    public var novelty = NormalSound.usualOptions
    /// Share of normal windows meant to lie below the limit.
    public var limitShare = NormalSound.usualLimitShare

    /// The usual options.
    public init() {}
}

/// A machine's labels and what its text scores need.
struct ProfileLabels: Sendable {
    let names: [String]
    let conditions: [RecordingCondition]
    let head: ZeroShotHead

    func textLogProbabilities(_ embedding: [Float]) -> [Double] {
        Calibration.none.logProbabilities(head.cosines(embedding).map { Double($0) * Double(head.scale) })
    }

    /// Sum of the probabilities of labels of one condition.
    func share(of condition: RecordingCondition, in probabilities: [Double]) -> Double {
        zip(conditions, probabilities).reduce(0) { $0 + ($1.0 == condition ? $1.1 : 0) }
    }
}

/// One machine, ready to be judged under any split.
struct MachineTrial: Sendable {
    let machine: String
    let recordings: [HeardRecording]
    let labels: ProfileLabels
    let options: ComparisonOptions
    let hopSeconds: Double
    /// Text log-probabilities per recording and window.
    private let texts: [[[Double]]]

    init(
        machine: String,
        recordings: [HeardRecording],
        labels: ProfileLabels,
        options: ComparisonOptions,
        hopSeconds: Double
    ) {
        self.machine = machine
        self.recordings = recordings
        self.labels = labels
        self.options = options
        self.hopSeconds = hopSeconds
        texts = recordings.map { recording in
            recording.pieces.map { labels.textLogProbabilities($0.window.embedding) }
        }
    }

    /// Judges the tested recordings of a split in every way.
    ///
    /// - Returns: the verdicts, and how long novelty and the largest set of examples took per window.
    /// - Throws: `DetectionError` where the normal windows are too few to learn from.
    func verdicts(
        _ split: EvaluationSplit
    ) throws -> (modes: [ComparisonMode: SplitVerdicts], secondsPerWindow: Double) {
        let normal = split.teaching.filter { recordings[$0].row.condition == .normal }.flatMap { recordings[$0].pieces }
        let bank = try NormalBank(windows: ["": normal.map(\.window)])
        let sound = try NormalSound(
            bank,
            version: 1,
            options: options.novelty,
            limitShare: options.limitShare
        )
        let tested = split.tested.map { place in
            TestedSound(
                recording: place,
                condition: recordings[place].row.condition,
                pieces: recordings[place].pieces,
                texts: texts[place]
            )
        }
        var modes: [ComparisonMode: SplitVerdicts] = [:]
        for (mode, values) in [
            (ComparisonMode.level, NormalBaseline.Values.level), (.logMelNearest, .logMelStatistics),
        ] {
            let baseline = try NormalBaseline(values, normal: normal, limitShare: options.limitShare)
            modes[mode] = strangeness(tested, limit: baseline.limit.limit) { baseline.score($0) }
        }
        let clock = ContinuousClock()
        let tests = Double(max(1, tested.reduce(0) { $0 + $1.pieces.count }))
        var novelties: [[Novelty?]] = []
        let noveltyTime = try clock.measure {
            novelties = try tested.map { try $0.pieces.map { try sound.novelty(of: $0.window) } }
        }
        var examplesTime = Duration.zero
        modes[.enrolled] = strangeness(tested, novelties: novelties)
        modes[.zeroShot] = try labelled(tested, windows: tested.map { $0.texts.map { $0.map(exp) } }, novelties: nil)
        for count in options.shots {
            guard let taught = try examples(split, count: count, centre: Self.mean(normal)) else { continue }
            var windows: [[[Double]]] = []
            examplesTime = try clock.measure {
                windows = try tested.map { sound in
                    try zip(sound.pieces, sound.texts).map { piece, text in
                        try taught.cache.probabilities(embedding: piece.window.embedding, textLogProbabilities: text)
                    }
                }
            }
            modes[.examples(count)] = try labelled(tested, windows: windows, novelties: nil, examples: taught.fewest)
            modes[.enrolledExamples(count)] = try labelled(
                tested,
                windows: windows,
                novelties: novelties,
                examples: taught.fewest
            )
        }
        return (modes, (noveltyTime + examplesTime) / .seconds(1) / tests)
    }

    /// Examples of every label, spread over its teaching recordings: one window of each before a second of any. Nil
    /// without any.
    func examples(
        _ split: EvaluationSplit,
        count: Int,
        centre: [Float]?
    ) throws -> (cache: ExampleCache, fewest: Int)? {
        var draws = SeededDraws(seed: split.seed)
        var cache = ExampleCache(labels: labels.names, centre: centre)
        var fewest = count
        for label in labels.names {
            let sources = split.teaching.filter { recordings[$0].row.label == label }
            // A label the machine never has is taught nowhere; one it has, but not among the teaching, is a lack.
            guard !sources.isEmpty else {
                let isThere = recordings.contains { $0.row.label == label && $0.row.condition != .other }
                fewest = isThere ? 0 : fewest
                continue
            }
            let queues = draws.shuffled(sources).map { place in
                (place, draws.shuffled(Array(recordings[place].pieces.indices)))
            }
            let most = queues.map(\.1.count).max() ?? 0
            let picked = (0..<most).flatMap { turn in
                queues.filter { $0.1.count > turn }.map { (recording: $0.0, piece: $0.1[turn]) }
            }.prefix(count)
            fewest = min(fewest, picked.count)
            for pick in picked {
                try cache.teach(
                    TaughtExample(
                        id: "\(pick.recording)-\(pick.piece)",
                        embedding: recordings[pick.recording].pieces[pick.piece].window.embedding,
                        textLogProbabilities: texts[pick.recording][pick.piece],
                        label: label,
                        judgement: .confirmed,
                        group: "\(pick.recording)"
                    )
                )
            }
        }
        return cache.examples.isEmpty ? nil : (cache, fewest)
    }

    /// The mean of the windows' embeddings: what all sound of the machine shares.
    private static func mean(_ pieces: [HeardPiece]) -> [Float]? {
        guard let width = pieces.first?.window.embedding.count else { return nil }
        return (0..<width).map { column in
            Float(pieces.reduce(0.0) { $0 + Double($1.window.embedding[column]) } / Double(pieces.count))
        }
    }
}
