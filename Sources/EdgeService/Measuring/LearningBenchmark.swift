// Measures what enrolment and examples cost: time to make a bank, time and memory to judge by it, for many machines at once.
import AudioFeatures
import CLAP
import Detection
import Foundation
import MachineHealth

/// Figures of one run. Times are milliseconds.
public struct LearningBenchmarkReport: Sendable, Encodable {
    /// Machines enrolled and taught.
    public var machines: Int
    /// Points of each bank.
    public var points: Int
    /// Examples of each machine.
    public var examples: Int
    /// Values of an embedding.
    public var embeddingWidth: Int
    /// Making a machine's scorers from its bank, once per enrolment and start.
    public var prepareMs: BenchmarkReport.Spread
    /// Choosing and checking a machine's examples, once per decision.
    public var teachMs: BenchmarkReport.Spread
    /// Text scores alone, per window.
    public var textMs: BenchmarkReport.Spread
    /// Text scores, examples and novelty, per window.
    public var judgeMs: BenchmarkReport.Spread
    /// 99 of 100 windows take less.
    public var judgeP99Ms: Double
    /// Resident memory per machine beside the labels, by the operating system's count.
    public var bytesPerMachine: Int64
    /// Size of a bank as it is stored.
    public var storedBytes: Int
}

/// Enrols machines on synthetic embeddings and judges windows in turn, so that no machine's bank stays in the cache.
public struct LearningBenchmark: Sendable {
    private let machines: Int
    private let points: Int
    private let examples: Int
    private let windows: Int

    private static let width = 512
    private static let labels = 4

    /// - Parameters:
    ///   - machines: enrolled at once.
    ///   - points: of each bank.
    ///   - examples: of each machine.
    ///   - windows: to judge.
    public init(machines: Int, points: Int, examples: Int, windows: Int) {
        self.machines = max(1, machines)
        self.points = max(8, points)
        self.examples = max(1, examples)
        self.windows = max(100, windows)
    }

    /// Measures; blocks while it runs.
    ///
    /// - Throws: `DetectionError`, which would be a defect.
    public func run() throws -> LearningBenchmarkReport {
        var noise = Noise(state: 1)
        let head = ZeroShotHead(
            labelEmbeddings: (0..<Self.labels).map { _ in noise.direction(Self.width) },
            scale: 30
        )
        let names = (0..<Self.labels).map { "label-\($0)" }
        let plain = WindowJudge(labels: names.map { .init($0) }, head: head, gain: .none)
        var judges: [WindowJudge] = []
        var prepared: [Double] = []
        var taught: [Double] = []
        var stored = 0
        let before = ProcessFacts.present().residentBytes
        for _ in 0..<machines {
            let centre = noise.direction(Self.width)
            let bank = try NormalBank(
                windows: ["": (0..<points).map { _ in noise.window(near: centre) }],
                capacity: points
            )
            stored = bank.encoded().count
            var judge = plain
            prepared.append(try Self.milliseconds { judge.normalSound = try NormalSound(bank, version: 1) })
            let decisions = (0..<examples).map { index in
                let embedding = noise.window(near: centre).embedding
                return TaughtExample(
                    id: "\(index)",
                    embedding: embedding,
                    textLogProbabilities: judge.textLogProbabilities(embedding),
                    label: names[index % Self.labels]
                )
            }
            taught.append(
                try Self.milliseconds {
                    var cache = ExampleCache(labels: names, centre: judge.normalSound?.centre)
                    try cache.teach(contentsOf: decisions)
                    _ = try AdapterCheck.verdict(cache: cache, decisions: decisions)
                    judge.examples = cache
                }
            )
            judges.append(judge)
        }
        let after = ProcessFacts.present().residentBytes
        var text: [Double] = []
        var judged: [Double] = []
        for index in 0..<windows {
            let window = noise.window(near: noise.direction(Self.width))
            let judge = judges[index % judges.count]
            text.append(Self.milliseconds { _ = head.probabilities(window.embedding) })
            judged.append(
                try Self.milliseconds {
                    _ = try judge.judge(embedding: window.embedding, descriptor: window.descriptor)
                }
            )
        }
        return LearningBenchmarkReport(
            machines: machines,
            points: points,
            examples: examples,
            embeddingWidth: Self.width,
            prepareMs: .init(prepared),
            teachMs: .init(taught),
            textMs: .init(text),
            judgeMs: .init(judged),
            judgeP99Ms: judged.sorted()[judged.count * 99 / 100],
            bytesPerMachine: max(0, after - before) / Int64(machines),
            storedBytes: stored
        )
    }

    private static func milliseconds(_ body: () throws -> Void) rethrows -> Double {
        let begin = ContinuousClock.now
        try body()
        return (ContinuousClock.now - begin) / .milliseconds(1)
    }
}

/// The same sounds on every run (SplitMix64).
private struct Noise: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func direction(_ width: Int) -> [Float] {
        let values = (0..<width).map { _ in Float.random(in: -1...1, using: &self) }
        let length = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return values.map { $0 / length }
    }

    mutating func window(near centre: [Float]) -> NormalWindow {
        NormalWindow(
            embedding: zip(centre, direction(centre.count)).map { $0 + 0.3 * $1 },
            // The last two are the clipped share and the constant part: a microphone in trouble would not be judged at all.
            descriptor: (0..<AcousticDescriptor.valueCount).map { place in
                place < AcousticDescriptor.valueCount - 2 ? Float.random(in: -40 ... -20, using: &self) : 0
            }
        )
    }
}
