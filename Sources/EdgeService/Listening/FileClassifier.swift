// Classifies recordings with labels typed on the spot: overlapping windows, and one fused verdict per file.
import Acquisition
import AudioFeatures
import CLAP
import Foundation

/// How recordings are cut and judged.
public struct ClassificationOptions: Sendable {
    /// Window length in seconds; shorter files are one window.
    public var windowSeconds: Double
    /// From one window's start to the next, in seconds.
    public var hopSeconds: Double
    /// Below this top confidence a window is "undetermined".
    public var threshold: Double
    /// Raw format of files without a header; nil for files with one.
    public var rawFormat: PCMFormat?
    /// Which channel is heard.
    public var channel: ChannelSelection
    /// Loudness normalisation of each window.
    public var gain: WindowGain
    /// Lowers the steady noise of each window before the model hears it.
    public var denoises: Bool

    /// Makes options; the defaults are those of the service.
    public init(
        windowSeconds: Double = 10,
        hopSeconds: Double = 5,
        threshold: Double = 0.70,
        rawFormat: PCMFormat? = nil,
        channel: ChannelSelection = .average,
        gain: WindowGain = .none,
        denoises: Bool = false
    ) {
        self.windowSeconds = windowSeconds
        self.hopSeconds = hopSeconds
        self.threshold = threshold
        self.rawFormat = rawFormat
        self.channel = channel
        self.gain = gain
        self.denoises = denoises
    }
}

/// Scores of a window or of a whole file.
public struct LabelledScores: Sendable {
    /// Probability per label, in the order the labels were given.
    public let probabilities: [Float]
    /// Index of the highest one; the earlier label wins a tie.
    public let top: Int
    /// Whether the highest one reaches the threshold.
    public let isDetermined: Bool

    /// Makes scores from probabilities.
    public init(probabilities: [Float], threshold: Double) {
        self.probabilities = probabilities
        var best = 0
        for index in probabilities.indices where probabilities[index] > probabilities[best] { best = index }
        top = best
        isDetermined = probabilities.isEmpty ? false : Double(probabilities[best]) >= threshold
    }

    /// The highest probability.
    public var confidence: Float { probabilities.isEmpty ? 0 : probabilities[top] }
}

/// One classified window of a file.
public struct FileWindow: Sendable {
    /// Start within the file, seconds.
    public let startSeconds: Double
    /// End within the file, seconds.
    public let endSeconds: Double
    /// Its scores.
    public let scores: LabelledScores
}

/// The longest row of windows, one after the other, with the same verdict.
public struct LabelRun: Sendable, Hashable {
    /// Index of the label.
    public let label: Int
    /// Windows in the row.
    public let count: Int

    /// The longest run among windows; undetermined ones belong to none, the earlier of two equals is kept.
    static func longest(in windows: [LabelledScores]) -> LabelRun? {
        var longest: LabelRun?
        var current: LabelRun?
        for scores in windows {
            guard scores.isDetermined else {
                current = nil
                continue
            }
            let before = current?.label == scores.top ? current?.count ?? 0 : 0
            let run = LabelRun(label: scores.top, count: before + 1)
            if run.count > longest?.count ?? 0 { longest = run }
            current = run
        }
        return longest
    }
}

/// One classified file.
public struct FileClassification: Sendable {
    /// Path as given.
    public let file: String
    /// Length in seconds.
    public let durationSeconds: Double
    /// Its windows, in order.
    public let windows: [FileWindow]
    /// All windows together: the mean of their log-probabilities, normalised.
    public let fused: LabelledScores
    /// The longest run of one label; nil where no window was determined.
    public let longestRun: LabelRun?
}

/// Classifies files one after the other. Not Sendable: holds a listener.
public final class FileClassifier {
    private let ears: RecordingEars
    private let head: ZeroShotHead
    private let options: ClassificationOptions

    /// - Parameter labels: the phrases, one label each.
    public convenience init(model: SoundModel, labels: [String], options: ClassificationOptions) throws {
        try self.init(model: model, prompts: labels.map { [$0] }, options: options)
    }

    /// - Parameter prompts: the phrases of each label, at least one.
    public init(model: SoundModel, prompts: [[String]], options: ClassificationOptions) throws {
        ears = try RecordingEars(model: model)
        head = try model.makeHead(prompts: prompts)
        self.options = options
        _ = try options.windowSpec()
    }

    /// Classifies one file.
    ///
    /// - Parameter progress: called with the seconds done so far; what it throws ends the work.
    /// - Throws: `AudioDecodingError` for a file that cannot be read; others for windows that cannot be heard.
    public func classify(
        _ path: String,
        progress: (Double) throws -> Void = { _ in }
    ) throws -> FileClassification {
        let reader = try AudioFileReader(path: path, rawFormat: options.rawFormat)
        var judging = try RecordingJudgement(reader: reader, head: head, options: options)
        while let seconds = try judging.judgeNext(with: ears) { try progress(seconds) }
        return judging.result(file: path)
    }

    /// The mean of the windows' log-probabilities, exponentiated and normalised.
    static func fuse(_ windows: [[Float]], threshold: Double) -> LabelledScores {
        guard let labelCount = windows.first?.count else {
            return LabelledScores(probabilities: [], threshold: threshold)
        }
        let means = (0..<labelCount).map { label in
            windows.reduce(0.0) { $0 + log(max(Double($1[label]), 1e-30)) } / Double(windows.count)
        }
        let highest = means.max() ?? 0
        let powers = means.map { exp($0 - highest) }
        let sum = powers.reduce(0, +)
        return LabelledScores(probabilities: powers.map { Float($0 / sum) }, threshold: threshold)
    }
}
