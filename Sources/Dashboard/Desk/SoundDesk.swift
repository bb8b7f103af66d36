// The listening desk as the dashboard sees it: sound and labels in, scores out. The service stands behind it.
import AudioFeatures
import Foundation

/// Judges sounds with labels typed on the spot, after the machines' own windows had their turn.
public protocol SoundDesk: Sendable {
    /// Name of the model that judges.
    var modelName: String { get }

    /// Classifies one recording. Cancelling the task ends the work before its next window.
    ///
    /// - Throws: `AudioDecodingError` for a sound that cannot be read, ``DeskRefusal`` for one beyond the limits,
    ///   `CancellationError`.
    func classify(_ question: DeskQuestion) async throws -> DeskAnswer

    /// Cosine of every label's embedding with every other's, in the order given.
    func similarity(of labels: [String]) async throws -> [[Double]]
}

/// A sound and how it is to be judged.
public struct DeskQuestion: Sendable {
    /// A WAV, FLAC, MP3, Ogg Vorbis or Opus file. Raw samples are never taken.
    public var sound: Data
    /// What to call it in messages.
    public var name: String
    /// The phrases, two or more, no two alike.
    public var labels: [String]
    /// Below this top confidence a window is undetermined, 0 to 1.
    public var threshold: Double
    /// Length of a window, 1 to 30 s.
    public var windowSeconds: Double
    /// From one window's start to the next, in seconds.
    public var hopSeconds: Double
    /// Lowers steady noise first.
    public var denoise: Bool
    /// Longest sound taken, in seconds.
    public var maximumSeconds: Double
    /// Most windows judged.
    public var maximumWindows: Int

    public init(
        sound: Data,
        name: String,
        labels: [String],
        threshold: Double = 0.70,
        windowSeconds: Double = 10,
        hopSeconds: Double = 5,
        denoise: Bool = false,
        maximumSeconds: Double = DeskLimits().durationSeconds,
        maximumWindows: Int = DeskLimits().windows
    ) {
        self.sound = sound
        self.name = name
        self.labels = labels
        self.threshold = threshold
        self.windowSeconds = windowSeconds
        self.hopSeconds = hopSeconds
        self.denoise = denoise
        self.maximumSeconds = maximumSeconds
        self.maximumWindows = maximumWindows
    }
}

/// What the desk heard.
public struct DeskAnswer: Sendable, Hashable {
    /// Scores of one window, or of all together.
    public struct Scores: Sendable, Hashable {
        /// Probability per label, in the question's order.
        public let probabilities: [Double]
        /// Index of the highest one.
        public let top: Int
        /// Whether it reaches the threshold.
        public let isDetermined: Bool

        public init(probabilities: [Double], top: Int, isDetermined: Bool) {
            self.probabilities = probabilities
            self.top = top
            self.isDetermined = isDetermined
        }

        var confidence: Double { probabilities.indices.contains(top) ? probabilities[top] : 0 }
    }

    /// One window.
    public struct Window: Sendable, Hashable {
        /// Start within the sound, seconds.
        public let startSeconds: Double
        /// End within the sound, seconds.
        public let endSeconds: Double
        public let scores: Scores

        public init(startSeconds: Double, endSeconds: Double, scores: Scores) {
            self.startSeconds = startSeconds
            self.endSeconds = endSeconds
            self.scores = scores
        }
    }

    /// The longest row of windows with one verdict.
    public struct Run: Sendable, Hashable {
        /// Index of the label.
        public let label: Int
        /// Windows in the row.
        public let count: Int

        public init(label: Int, count: Int) {
            self.label = label
            self.count = count
        }
    }

    /// Length of the sound.
    public let durationSeconds: Double
    /// Its windows, in order.
    public let windows: [Window]
    /// All windows together.
    public let fused: Scores
    /// The longest run; nil where no window was determined.
    public let longestRun: Run?

    public init(durationSeconds: Double, windows: [Window], fused: Scores, longestRun: Run?) {
        self.durationSeconds = durationSeconds
        self.windows = windows
        self.fused = fused
        self.longestRun = longestRun
    }
}

/// A sound beyond the desk's limits, found while it was read, or a desk that is closing.
public enum DeskRefusal: Error, Hashable, Sendable {
    /// Longer than allowed; `seconds` where the header says it.
    case tooLong(seconds: Double?, limitSeconds: Double)
    /// More windows than allowed.
    case tooManyWindows(limit: Int)
    /// The service is stopping.
    case closed
}
