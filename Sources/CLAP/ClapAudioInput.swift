// What the audio encoder reads: the log-mel spectrogram of one window of sound, as the front end made it.

/// The log-mel spectrogram of one clip, in decibels.
///
/// Shape `(channelCount, frameCount, melBinCount)`, row-major: the mel bins of one frame lie side by side. An unfused
/// checkpoint takes one channel. A fused checkpoint takes four: the whole clip shrunk to one window's frames, then three
/// chunks of it at full resolution; for a clip no longer than the window all four are the same spectrogram.
public struct ClapAudioInput: Sendable, Equatable {
    /// 1 for an unfused checkpoint, 4 for a fused one.
    public var channelCount: Int

    /// Frames per channel; 1001 for ten seconds at a hop of 480 samples of 48 kHz.
    public var frameCount: Int

    /// Mel bins per frame; 64 in the published checkpoints.
    public var melBinCount: Int

    /// The values in decibels: `channelCount * frameCount * melBinCount` of them, mel bins innermost.
    public var logMelDecibels: [Float]

    /// Whether the clip is longer than one window, so that a fused checkpoint merges the three chunks into the whole.
    /// An unfused checkpoint ignores it.
    public var isLonger: Bool

    /// - Precondition: `logMelDecibels.count == channelCount * frameCount * melBinCount`.
    public init(channelCount: Int, frameCount: Int, melBinCount: Int, logMelDecibels: [Float], isLonger: Bool) {
        precondition(
            logMelDecibels.count == channelCount * frameCount * melBinCount,
            "\(logMelDecibels.count) values for \(channelCount) x \(frameCount) x \(melBinCount)"
        )
        self.channelCount = channelCount
        self.frameCount = frameCount
        self.melBinCount = melBinCount
        self.logMelDecibels = logMelDecibels
        self.isLonger = isLonger
    }
}
