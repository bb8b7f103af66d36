// One recording on its way through the model, window by window: between two windows others may have their turn.
import Acquisition
import AudioFeatures
import CLAP
import Foundation

/// A listener, and the gate some recordings pass first. Holds scratch memory and is not Sendable.
final class RecordingEars {
    private let listener: Listener
    /// Made when the first recording wants it.
    private var gate: SpectralGate?

    init(model: SoundModel) throws {
        listener = try Listener(model: model)
    }

    func embedding(of samples: [Float], options: ClassificationOptions) throws -> [Float] {
        var samples = samples
        if options.denoises {
            let gate = try gate ?? SpectralGate()
            self.gate = gate
            samples = gate.apply(to: samples)
        }
        try options.gain.apply(to: &samples)
        return try listener.embed(samples).embedding
    }
}

extension ClassificationOptions {
    /// How recordings are cut.
    func windowSpec() throws(WindowSpecError) -> WindowSpec {
        try WindowSpec(lengthSeconds: windowSeconds, hopSeconds: hopSeconds, hopRangeSeconds: 0.1...3_600)
    }
}

/// The windows of one recording and what was made of them so far.
struct RecordingJudgement {
    /// Windows judged so far.
    private(set) var windows: [FileWindow] = []
    let reader: AudioFileReader

    private var recording: RecordingWindows
    private let head: ZeroShotHead
    private let options: ClassificationOptions

    /// - Throws: `WindowSpecError` for windows that are impossible.
    init(reader: AudioFileReader, head: ZeroShotHead, options: ClassificationOptions) throws {
        self.reader = reader
        self.head = head
        self.options = options
        recording = RecordingWindows(
            reader: reader,
            spec: try options.windowSpec(),
            channel: options.channel,
            includesRest: true
        )
    }

    /// Judges the next window.
    ///
    /// - Returns: where it ends, in seconds; nil where there is none left.
    mutating func judgeNext(with ears: RecordingEars) throws -> Double? {
        guard let window = try recording.next() else { return nil }
        let scores = LabelledScores(
            probabilities: head.probabilities(try ears.embedding(of: window.samples, options: options)),
            threshold: options.threshold
        )
        windows.append(FileWindow(startSeconds: window.startSeconds, endSeconds: window.endSeconds, scores: scores))
        return window.endSeconds
    }

    /// Seconds read so far; all of them once there is no window left.
    var secondsRead: Double { Double(reader.framePosition) / Double(reader.sampleRateHz) }

    /// All windows together.
    func result(file: String) -> FileClassification {
        let scores = windows.map(\.scores)
        return FileClassification(
            file: file,
            durationSeconds: secondsRead,
            windows: windows,
            fused: FileClassifier.fuse(scores.map(\.probabilities), threshold: options.threshold),
            longestRun: LabelRun.longest(in: scores)
        )
    }
}
