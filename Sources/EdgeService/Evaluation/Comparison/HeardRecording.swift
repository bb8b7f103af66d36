// A recording as a machine's ears hear it: window by window, embedding, descriptor and level.
import Acquisition
import AudioFeatures
import Detection
import Foundation

/// One window of a recording.
struct HeardPiece: Sendable {
    /// Start within the recording.
    let startSeconds: Double
    /// Embedding and acoustic descriptor.
    let window: NormalWindow
    /// RMS level in dB relative to full scale.
    let levelDBFS: Double
}

/// One recording, heard.
struct HeardRecording: Sendable {
    /// What the manifest says of it.
    let row: EvaluationManifest.Row
    let pieces: [HeardPiece]
}

/// One heard window as a line of a file, for analyses of one's own.
public struct HeardWindowLine: Sendable, Encodable {
    public let file: String
    public let machine: String
    public let label: String
    public let condition: RecordingCondition
    public let startSeconds: Double
    public let levelDBFS: Double
    public let embedding: [Float]
    public let descriptor: [Float]

    init(_ row: EvaluationManifest.Row, _ piece: HeardPiece) {
        file = row.file
        machine = row.machine ?? ""
        label = row.label
        condition = row.condition
        startSeconds = piece.startSeconds
        levelDBFS = piece.levelDBFS
        embedding = piece.window.embedding
        descriptor = piece.window.descriptor
    }
}

/// How recordings are cut for a comparison.
public struct ComparisonWindows: Sendable, Hashable, Encodable {
    /// Length of a window.
    public let lengthSeconds: Double
    /// From one window's start to the next.
    public let hopSeconds: Double

    /// Makes a choice.
    public init(lengthSeconds: Double, hopSeconds: Double) {
        self.lengthSeconds = lengthSeconds
        self.hopSeconds = hopSeconds
    }

    /// The service's windows (10 s every 5 s) where the usual recording holds three; shorter ones where it does not: a bank
    /// needs several windows of a recording. Two fifths of the median length, a quarter of that apart.
    public init(durationsSeconds: [Double]) {
        let sorted = durationsSeconds.sorted()
        let median = sorted.isEmpty ? 0 : sorted[sorted.count / 2]
        guard median < 20, median > 0 else {
            self.init(lengthSeconds: 10, hopSeconds: 5)
            return
        }
        // Half seconds, so that a few milliseconds more or less of sound do not change the windows.
        let length = max(1, (median * 0.4 * 2).rounded() / 2)
        self.init(lengthSeconds: length, hopSeconds: length / 4)
    }
}

/// Hears recordings; counts how long windows take. Holds scratch memory and is not Sendable.
final class RecordingHearing {
    private let listener: Listener
    private let spec: WindowSpec
    /// Log-mel, embedding and descriptor of each window, in seconds.
    private(set) var inferenceSeconds: [Double] = []

    /// - Throws: `WindowSpecError` for windows that are impossible.
    init(model: SoundModel, windows: ComparisonWindows) throws {
        listener = try Listener(model: model)
        spec = try WindowSpec(
            lengthSeconds: windows.lengthSeconds,
            hopSeconds: windows.hopSeconds,
            hopRangeSeconds: 0.1...3_600
        )
    }

    /// - Throws: `AudioDecodingError` for a file that cannot be read; others for windows that cannot be heard.
    func hear(_ row: EvaluationManifest.Row) throws -> HeardRecording {
        let reader = try AudioFileReader(path: row.file)
        var recording = RecordingWindows(reader: reader, spec: spec)
        var pieces: [HeardPiece] = []
        while let window = try recording.next() {
            let begin = ContinuousClock.now
            let heard = try listener.hear(window.samples, gain: .none)
            inferenceSeconds.append((ContinuousClock.now - begin) / .seconds(1))
            pieces.append(
                HeardPiece(
                    startSeconds: window.startSeconds,
                    window: NormalWindow(embedding: heard.embedding, descriptor: heard.descriptor.values),
                    levelDBFS: heard.levelDBFS
                )
            )
        }
        return HeardRecording(row: row, pieces: pieces)
    }
}
