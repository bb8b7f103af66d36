// Decoded audio in memory: interleaved Float samples with their rate and channel count.

/// A stretch of decoded audio, interleaved, full scale at ±1.
public struct AudioBuffer: Hashable, Sendable {
    /// Samples, shape (frames, channels), row-major: all channels of frame 0, then of frame 1, …
    public let samples: [Float]
    /// Channels in a frame, at least 1.
    public let channelCount: Int
    /// Frames per second.
    public let sampleRateHz: Int

    /// Makes a buffer of interleaved samples.
    ///
    /// - Precondition: `samples.count` is a whole number of frames; rate and channel count are positive.
    public init(samples: [Float], channelCount: Int = 1, sampleRateHz: Int) {
        precondition(channelCount > 0 && sampleRateHz > 0, "an audio buffer needs channels and a rate")
        precondition(samples.count.isMultiple(of: channelCount), "interleaved samples must fill whole frames")
        self.samples = samples
        self.channelCount = channelCount
        self.sampleRateHz = sampleRateHz
    }

    /// Frames held.
    public var frameCount: Int { samples.count / channelCount }

    /// Length in seconds.
    public var durationSeconds: Double { Double(frameCount) / Double(sampleRateHz) }

    /// One channel, made by averaging or by picking one.
    ///
    /// - Throws: ``AudioDecodingError`` with `missingChannel` when the named channel does not exist.
    public func mono(_ selection: ChannelSelection = .average) throws(AudioDecodingError) -> [Float] {
        try selection.validate(channelCount: channelCount, source: "audio buffer")
        if channelCount == 1 { return samples }
        var mono: [Float] = []
        mono.reserveCapacity(frameCount)
        samples.withUnsafeBufferPointer { selection.appendMono(of: $0, channelCount: channelCount, to: &mono) }
        return mono
    }
}
