// How much audio, and of what kind, a decoder accepts before it refuses.

/// Bounds on what is decoded; whatever a header promises, nothing beyond them is allocated.
public struct AudioLimits: Hashable, Sendable {
    /// Largest encoded payload in bytes.
    public var maxPayloadBytes: Int
    /// Longest decoded audio in seconds; a quarter of a second more is let through for encoder padding.
    public var maxDurationSeconds: Double
    /// Channel counts accepted.
    public var channelCounts: ClosedRange<Int>
    /// Sample rates accepted, in Hz.
    public var sampleRatesHz: ClosedRange<Int>
    /// Most samples (frames times channels) kept when all channels are decoded.
    public var maxSampleCount: Int

    /// Compressed formats round a chunk up to whole codec frames; that padding is not an excess.
    static let encoderPaddingSeconds = 0.25

    /// Makes limits; the defaults are those of one chunk on the wire.
    public init(
        maxPayloadBytes: Int = 32 << 20,
        maxDurationSeconds: Double = 30,
        channelCounts: ClosedRange<Int> = 1...32,
        sampleRatesHz: ClosedRange<Int> = 8_000...192_000,
        maxSampleCount: Int = 64 << 20
    ) {
        self.maxPayloadBytes = maxPayloadBytes
        self.maxDurationSeconds = maxDurationSeconds
        self.channelCounts = channelCounts
        self.sampleRatesHz = sampleRatesHz
        self.maxSampleCount = maxSampleCount
    }

    /// One chunk of a stream: 32 MiB, 30 s.
    public static let chunk = AudioLimits()

    /// A recording on disk, read in blocks: any length.
    public static let file = AudioLimits(
        maxPayloadBytes: .max,
        maxDurationSeconds: .infinity,
        maxSampleCount: .max
    )

    /// The frame count at which decoding stops, at `sampleRateHz`.
    func maxFrameCount(sampleRateHz: Int) -> Int {
        let frames = (maxDurationSeconds + Self.encoderPaddingSeconds) * Double(sampleRateHz)
        return frames < Double(Int.max / 2) ? Int(frames.rounded(.up)) : Int.max
    }

    /// Checks what a header claims before anything is decoded.
    public func checkFormat(channelCount: Int, sampleRateHz: Int, source: String) throws(AudioDecodingError) {
        guard channelCounts.contains(channelCount) else {
            throw AudioDecodingError(
                .unsupportedChannelCount,
                source: source,
                "\(channelCount) channels; \(channelCounts.lowerBound) to \(channelCounts.upperBound) are supported"
            )
        }
        guard sampleRatesHz.contains(sampleRateHz) else {
            throw AudioDecodingError(
                .unsupportedSampleRate,
                source: source,
                "sample rate \(sampleRateHz) Hz; \(sampleRatesHz.lowerBound) to \(sampleRatesHz.upperBound) Hz "
                    + "is supported; check the sender's audio settings"
            )
        }
    }

    /// Checks the size of an encoded payload.
    public func checkPayload(byteCount: Int, source: String) throws(AudioDecodingError) {
        guard byteCount > 0 else {
            throw AudioDecodingError(.emptyPayload, source: source, "empty; expected a chunk of audio")
        }
        guard byteCount <= maxPayloadBytes else {
            throw AudioDecodingError(
                .payloadTooLarge,
                source: source,
                "\(byteCount) bytes; at most \(maxPayloadBytes) are accepted, send shorter chunks"
            )
        }
    }
}
