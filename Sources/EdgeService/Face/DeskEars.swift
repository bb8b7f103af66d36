// The listening desk's own ears: one listener on one thread that steps back while the machines have windows waiting.
import AudioFeatures
import CLAP
import Dashboard
import Foundation

/// Judges sounds for the dashboard beside the running service.
///
/// Recordings take turns window by window, so that two seconds from a microphone do not wait for an hour of tape. Before
/// each window the desk waits while machines have some in the queue, a while at most: it is slow under load and never
/// stands still. Phrases are remembered; the text tower's pages go back to the system after use.
public actor DeskEars: SoundDesk {
    /// How the desk steps back for the machines.
    struct Courtesy: Sendable {
        /// Longest wait before a window.
        var longest: Duration = .milliseconds(500)
        /// From one look at the queue to the next.
        var step: Duration = .milliseconds(5)
    }

    public nonisolated let modelName: String

    private let thread: WorkerThread
    /// Labels that go through the text tower together: some forty tokens, as long as a window or less.
    private static let labelsAtOnce = 8

    private let model: SoundModel
    private let courtesy: Courtesy
    private let machinesWaiting: @Sendable () -> Int
    /// Made with the first question: a service nobody asks spends no memory on it.
    private var ears: RecordingEars?
    private var phrases = RecentlyUsed<String, [Float]>(capacity: 1_000)
    private var isClosed = false
    private(set) var windowsJudged = 0

    nonisolated public var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// - Parameter machinesWaiting: windows of machines that wait for inference now.
    public init(model: SoundModel, machinesWaiting: @escaping @Sendable () -> Int) {
        self.init(model: model, courtesy: Courtesy(), machinesWaiting: machinesWaiting)
    }

    init(model: SoundModel, courtesy: Courtesy, machinesWaiting: @escaping @Sendable () -> Int) {
        thread = WorkerThread(name: "listening-desk", niceness: 10)
        self.model = model
        self.courtesy = courtesy
        self.machinesWaiting = machinesWaiting
        modelName = model.name
    }

    // Not in `close`: a question at work still needs the thread to learn that it ended.
    deinit { thread.stop() }

    /// Takes no more questions; those at work end before their next window.
    public func close() {
        isClosed = true
    }

    public func classify(_ question: DeskQuestion) async throws -> DeskAnswer {
        try checkOpen()
        // Before the labels: a file that is none should not cost a walk through the text tower.
        let reader = try AudioFileReader(bytes: question.sound, name: question.name)
        try Self.check(reader, question)
        let head = ZeroShotHead(
            labelEmbeddings: try await embeddings(of: question.labels),
            scale: model.clap.logitScaleAudio
        )
        let options = ClassificationOptions(
            windowSeconds: question.windowSeconds,
            hopSeconds: question.hopSeconds,
            threshold: question.threshold,
            denoises: question.denoise
        )
        let ears = try ears ?? RecordingEars(model: model)
        self.ears = ears
        var judging = try RecordingJudgement(reader: reader, head: head, options: options)
        while true {
            try await letMachinesGoFirst()
            guard try judging.judgeNext(with: ears) != nil else { break }
            windowsJudged += 1
            try Self.check(judging, question)
        }
        let result = judging.result(file: question.name)
        return DeskAnswer(
            durationSeconds: result.durationSeconds,
            windows: result.windows.map { window in
                DeskAnswer.Window(
                    startSeconds: window.startSeconds,
                    endSeconds: window.endSeconds,
                    scores: Self.scores(window.scores)
                )
            },
            fused: Self.scores(result.fused),
            longestRun: result.longestRun.map { DeskAnswer.Run(label: $0.label, count: $0.count) }
        )
    }

    public func similarity(of labels: [String]) async throws -> [[Double]] {
        let embeddings = try await embeddings(of: labels)
        return embeddings.map { one in
            embeddings.map { other in zip(one, other).reduce(0.0) { $0 + Double($1.0) * Double($1.1) } }
        }
    }

    // MARK: - Parts

    /// Phrases as the model understands them; those not known yet go through the text tower a few at a time: its
    /// weights are read once for all of them, and others get their turn in between.
    private func embeddings(of labels: [String]) async throws -> [[Float]] {
        var known: [String: [Float]] = [:]
        var unknown: [String] = []
        for label in labels where known[label] == nil && !unknown.contains(label) {
            if let remembered = phrases[label] { known[label] = remembered } else { unknown.append(label) }
        }
        defer { if !unknown.isEmpty { model.releaseTextWeights() } }
        for first in stride(from: 0, to: unknown.count, by: Self.labelsAtOnce) {
            try await letMachinesGoFirst()
            let batch = Array(unknown[first..<min(first + Self.labelsAtOnce, unknown.count)])
            for (label, embedding) in zip(batch, try model.embed(texts: batch)) {
                phrases[label] = embedding
                known[label] = embedding
            }
        }
        return labels.compactMap { known[$0] }
    }

    private func letMachinesGoFirst() async throws {
        // Other questions at the desk have their turn here as well.
        await Task.yield()
        let deadline = ContinuousClock.now + courtesy.longest
        while machinesWaiting() > 0, ContinuousClock.now < deadline { try await Task.sleep(for: courtesy.step) }
        try Task.checkCancellation()
        try checkOpen()
    }

    private func checkOpen() throws(DeskRefusal) {
        if isClosed { throw .closed }
    }

    /// Refuses by what the header promises, before anything is computed.
    private static func check(_ reader: AudioFileReader, _ question: DeskQuestion) throws(DeskRefusal) {
        guard let frames = reader.declaredFrameCount else { return }
        let seconds = Double(frames) / Double(reader.sampleRateHz)
        guard seconds <= question.maximumSeconds else {
            throw .tooLong(seconds: seconds, limitSeconds: question.maximumSeconds)
        }
        let windows = max(0, (seconds - question.windowSeconds) / question.hopSeconds)
        guard windows < Double(question.maximumWindows) else {
            throw .tooManyWindows(limit: question.maximumWindows)
        }
    }

    /// Refuses by what was read: a header may say nothing, or lie.
    private static func check(_ judging: RecordingJudgement, _ question: DeskQuestion) throws(DeskRefusal) {
        guard judging.secondsRead <= question.maximumSeconds + 1 else {
            throw .tooLong(seconds: nil, limitSeconds: question.maximumSeconds)
        }
        guard judging.windows.count <= question.maximumWindows else {
            throw .tooManyWindows(limit: question.maximumWindows)
        }
    }

    private static func scores(_ scores: LabelledScores) -> DeskAnswer.Scores {
        DeskAnswer.Scores(
            probabilities: scores.probabilities.map(Double.init),
            top: scores.top,
            isDetermined: scores.isDetermined
        )
    }
}
