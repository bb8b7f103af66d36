// Cuts a recording on disk into the windows a live stream of it would give.
import AudioFeatures
import Foundation

/// One window of a recording.
public struct RecordingWindow: Hashable, Sendable {
    /// Start within the recording, in seconds.
    public let startSeconds: Double
    /// End within the recording, in seconds.
    public let endSeconds: Double
    /// Mono samples at 48 kHz; fewer than a window's worth when the recording is shorter than one.
    public let samples: [Float]
}

/// Reads a recording block by block and hands out its windows.
///
/// The same cutter and the same resampling as for live audio: a file and a stream of it give the same windows.
/// A recording shorter than one window gives one short window. A rest after the last full window is left out, or, where
/// asked for, covered by one more full window that ends with the recording.
public struct RecordingWindows {
    private static let blockFrameCount = 65_536

    private let reader: AudioFileReader
    private let channel: ChannelSelection
    private var cutter: WindowCutter
    private var ready: ArraySlice<AudioWindow> = []
    /// Everything read so far, until the first window is cut: a short recording becomes a short window.
    private var head: [Float]? = []
    /// The last window's worth of samples, for the window that ends with the recording; nil where none is wanted.
    private var tail: [Float]?
    private var lastEndSeconds = 0.0

    /// Opens the windows of a recording.
    ///
    /// - Parameter includesRest: adds a window that ends with the recording where the last full one ends before it.
    public init(
        reader: AudioFileReader,
        spec: WindowSpec,
        channel: ChannelSelection = .average,
        includesRest: Bool = false
    ) {
        self.reader = reader
        self.channel = channel
        tail = includesRest ? [] : nil
        cutter = WindowCutter(machine: reader.path, spec: spec)
    }

    /// The next window; nil at the end.
    ///
    /// - Throws: `AudioDecodingError` or `ResamplingError`.
    public mutating func next() throws -> RecordingWindow? {
        while ready.isEmpty {
            let position = reader.framePosition
            guard let block = try reader.read(maxFrameCount: Self.blockFrameCount) else {
                return try shortWindow() ?? restWindow()
            }
            let samples = try block.mono(channel)
            head?.append(contentsOf: samples)
            keepTail(samples)
            ready = ArraySlice(
                try cutter.append(
                    AudioFrame(
                        epoch: 0,
                        epochStart: Date(timeIntervalSinceReferenceDate: 0),
                        startSample: position,
                        sampleRateHz: reader.sampleRateHz,
                        samples: samples
                    )
                )
            )
            if !ready.isEmpty { head = nil }
        }
        return ready.popFirst().map { window in
            lastEndSeconds = window.end.timeIntervalSinceReferenceDate
            return RecordingWindow(
                startSeconds: window.start.timeIntervalSinceReferenceDate,
                endSeconds: window.end.timeIntervalSinceReferenceDate,
                samples: window.samples
            )
        }
    }

    private mutating func keepTail(_ samples: [Float]) {
        guard var kept = tail else { return }
        tail = nil
        let wanted = cutter.spec.sampleCount(sampleRateHz: reader.sampleRateHz)
        kept.append(contentsOf: samples)
        if kept.count > 4 * wanted { kept.removeFirst(kept.count - wanted) }
        tail = kept
    }

    private mutating func restWindow() throws -> RecordingWindow? {
        guard let kept = tail else { return nil }
        tail = nil
        let endSeconds = Double(reader.framePosition) / Double(reader.sampleRateHz)
        let samples = kept.suffix(cutter.spec.sampleCount(sampleRateHz: reader.sampleRateHz))
        // Half a sample of rounding is no rest.
        guard !samples.isEmpty, endSeconds - lastEndSeconds > 1e-3 else { return nil }
        return RecordingWindow(
            startSeconds: endSeconds - Double(samples.count) / Double(reader.sampleRateHz),
            endSeconds: endSeconds,
            samples: try StreamingResampler.resample(Array(samples), from: reader.sampleRateHz)
        )
    }

    private mutating func shortWindow() throws -> RecordingWindow? {
        guard let samples = head, !samples.isEmpty else { return nil }
        head = nil
        tail = nil
        return RecordingWindow(
            startSeconds: 0,
            endSeconds: Double(samples.count) / Double(reader.sampleRateHz),
            samples: try StreamingResampler.resample(samples, from: reader.sampleRateHz)
        )
    }
}
