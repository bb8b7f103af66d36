// Where decoded blocks land: bounds, sample sanity and channel selection in one pass.

/// Collects interleaved blocks, keeping all channels or a mono mix, and stops at the limits.
struct SampleSink {
    /// Larger than any integer scale: such a float sample is damage, and its square would overflow later.
    static let largestMagnitude: Float = 0x1p32

    /// Samples kept so far: shape (frames, channels), or (frames) when a selection is given.
    private(set) var samples: [Float] = []
    /// Frames seen so far.
    private(set) var frameCount = 0

    private let channelCount: Int
    private let sampleRateHz: Int
    private let selection: ChannelSelection?
    private let limits: AudioLimits
    private let maxFrameCount: Int
    private let source: String
    private var badSampleCount = 0
    private var firstBadSample = 0

    /// - Parameter selection: nil keeps every channel.
    init(
        channelCount: Int,
        sampleRateHz: Int,
        selection: ChannelSelection?,
        limits: AudioLimits,
        source: String
    ) throws(AudioDecodingError) {
        try limits.checkFormat(channelCount: channelCount, sampleRateHz: sampleRateHz, source: source)
        try selection?.validate(channelCount: channelCount, source: source)
        self.channelCount = channelCount
        self.sampleRateHz = sampleRateHz
        self.selection = selection
        self.limits = limits
        self.maxFrameCount = limits.maxFrameCount(sampleRateHz: sampleRateHz)
        self.source = source
    }

    /// Takes one interleaved block, shape (frames, channels).
    mutating func append(_ block: UnsafeBufferPointer<Float>) throws(AudioDecodingError) {
        let offset = frameCount * channelCount
        for index in 0..<block.count where !(block[index].magnitude <= Self.largestMagnitude) {
            if badSampleCount == 0 { firstBadSample = offset + index }
            badSampleCount += 1
        }
        frameCount += block.count / channelCount
        guard frameCount <= maxFrameCount else {
            throw AudioDecodingError(
                .durationTooLong,
                source: source,
                "more than \(limits.maxDurationSeconds) s of audio inside; send shorter chunks"
            )
        }
        if let selection {
            selection.appendMono(of: block, channelCount: channelCount, to: &samples)
        } else {
            guard samples.count + block.count <= limits.maxSampleCount else {
                throw AudioDecodingError(
                    .durationTooLong,
                    source: source,
                    "more than \(limits.maxSampleCount) samples over \(channelCount) channels"
                )
            }
            samples.append(contentsOf: block)
        }
    }

    /// The collected audio.
    ///
    /// - Throws: `nonFiniteSamples` with position and count; `undecodable` when there was no audio at all.
    consuming func finish() throws(AudioDecodingError) -> AudioBuffer {
        guard badSampleCount == 0 else {
            throw AudioDecodingError(
                .nonFiniteSamples,
                source: source,
                "\(badSampleCount) samples are NaN, infinite or beyond ±\(Self.largestMagnitude), the first in "
                    + "frame \(firstBadSample / channelCount), channel \(firstBadSample % channelCount + 1); "
                    + "check the sender's float conversion"
            )
        }
        guard frameCount > 0 else {
            throw AudioDecodingError(.undecodable, source: source, "a header, but no audio behind it")
        }
        return AudioBuffer(
            samples: samples,
            channelCount: selection == nil ? channelCount : 1,
            sampleRateHz: sampleRateHz
        )
    }
}
