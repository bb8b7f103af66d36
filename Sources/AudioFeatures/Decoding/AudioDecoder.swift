// Decodes one payload in memory: a container through libsndfile, or raw PCM.
import CSndFile
import Foundation

/// Audio out of one payload, and what the payload looked like.
public struct DecodedAudio: Hashable, Sendable {
    /// The audio; one channel when a channel selection was given.
    public let buffer: AudioBuffer
    /// Channels in the payload.
    public let sourceChannelCount: Int
    /// Whether the header promised more audio than the payload holds.
    public let isTruncated: Bool
}

/// Decodes payloads under limits; stateless, safe to use from any thread.
public struct AudioDecoder: Sendable {
    /// What is accepted.
    public let limits: AudioLimits

    /// Frames decoded at a time: memory grows by what is really there, never by what a header promises.
    private static let blockFrameCount = 8_192

    /// Makes a decoder.
    public init(limits: AudioLimits = .chunk) {
        self.limits = limits
    }

    /// Decodes a payload of a recognised format.
    ///
    /// - Parameters:
    ///   - payload: the bytes as they arrived.
    ///   - format: what ``PayloadRecognizer`` found.
    ///   - selection: the channel to keep; nil keeps all, interleaved.
    ///   - source: named in errors.
    /// - Throws: ``AudioDecodingError``.
    public func decode(
        _ payload: Data,
        as format: PayloadFormat,
        selection: ChannelSelection? = nil,
        source: String = "payload"
    ) throws(AudioDecodingError) -> DecodedAudio {
        try limits.checkPayload(byteCount: payload.count, source: source)
        let result: Result<DecodedAudio, AudioDecodingError> = payload.withUnsafeBytes { bytes in
            Result { () throws(AudioDecodingError) in
                switch format {
                case .container(let container):
                    try decodeContainer(bytes, container, selection: selection, source: source)
                case .raw(let format):
                    try decodeRaw(bytes, format, selection: selection, source: source)
                }
            }
        }
        return try result.get()
    }

    /// Recognises and decodes in one step.
    public func decode(
        _ payload: Data,
        contentType: String? = nil,
        rawFormat: PCMFormat? = nil,
        selection: ChannelSelection? = nil
    ) throws(AudioDecodingError) -> DecodedAudio {
        try limits.checkPayload(byteCount: payload.count, source: "payload")
        let format = try PayloadRecognizer(rawFormat: rawFormat).recognize(payload, contentType: contentType)
        return try decode(payload, as: format, selection: selection)
    }

    private func decodeContainer(
        _ bytes: UnsafeRawBufferPointer,
        _ container: AudioContainer,
        selection: ChannelSelection?,
        source: String
    ) throws(AudioDecodingError) -> DecodedAudio {
        let file = try Self.open(bytes, container, source: source)
        var sink = try SampleSink(
            channelCount: file.channelCount,
            sampleRateHz: file.sampleRateHz,
            selection: selection,
            limits: limits,
            source: source
        )
        let capacity = Self.blockFrameCount * file.channelCount
        let block = UnsafeMutableBufferPointer<Float>.allocate(capacity: capacity)
        defer { block.deallocate() }
        while true {
            let frameCount = file.read(into: block)
            guard frameCount > 0 else { break }
            try sink.append(UnsafeBufferPointer(rebasing: block[..<(frameCount * file.channelCount)]))
        }
        let declared = file.declaredFrameCount ?? 0
        let isTruncated = sink.frameCount < declared
        if let error = file.error, sink.frameCount == 0 {
            throw AudioDecodingError(.undecodable, source: source, "damaged \(container.rawValue) data: \(error)")
        }
        return DecodedAudio(
            buffer: try sink.finish(),
            sourceChannelCount: file.channelCount,
            isTruncated: isTruncated
        )
    }

    /// Opens a container in memory, where it holds what its first bytes say; `bytes` must outlive the result.
    static func open(
        _ bytes: UnsafeRawBufferPointer,
        _ container: AudioContainer,
        source: String
    ) throws(AudioDecodingError) -> SoundFile {
        let start = container == .mpeg ? MPEGFrameHeader.firstFrameOffset(in: bytes) : 0
        guard let start else {
            throw AudioDecodingError(.undecodable, source: source, "no MPEG audio frames inside")
        }
        if container == .ogg, !OggPage.opensStream(bytes) {
            throw AudioDecodingError(.undecodable, source: source, "the Ogg stream's first pages are damaged or cut")
        }
        let file = try SoundFile(readingBytes: UnsafeRawBufferPointer(rebasing: bytes[start...]), source: source)
        let wireFormats = [
            SF_FORMAT_WAV, SF_FORMAT_WAVEX, SF_FORMAT_RF64, SF_FORMAT_FLAC, SF_FORMAT_OGG, SF_FORMAT_MPEG,
        ]
        guard wireFormats.contains(file.majorFormat) else {
            throw AudioDecodingError(
                .unrecognizedFormat,
                source: source,
                "announced as \(container.contentType), but the contents are something else"
            )
        }
        return file
    }

    private func decodeRaw(
        _ bytes: UnsafeRawBufferPointer,
        _ format: PCMFormat,
        selection: ChannelSelection?,
        source: String
    ) throws(AudioDecodingError) -> DecodedAudio {
        var sink = try SampleSink(
            channelCount: format.channelCount,
            sampleRateHz: format.sampleRateHz,
            selection: selection,
            limits: limits,
            source: source
        )
        guard bytes.count.isMultiple(of: format.bytesPerFrame) else {
            throw AudioDecodingError(
                .partialFrame,
                source: source,
                "\(bytes.count) bytes are not whole frames of \(format.bytesPerFrame) bytes (\(format)): "
                    + "\(bytes.count % format.bytesPerFrame) too many; check the configured format"
            )
        }
        let blockSampleCount = Self.blockFrameCount * format.channelCount
        let block = UnsafeMutableBufferPointer<Float>.allocate(capacity: blockSampleCount)
        defer { block.deallocate() }
        var offset = 0
        while offset < bytes.count {
            let byteCount = min(blockSampleCount * format.encoding.bytesPerSample, bytes.count - offset)
            let sampleCount = byteCount / format.encoding.bytesPerSample
            let output = UnsafeMutableBufferPointer(rebasing: block[..<sampleCount])
            format.decode(UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + byteCount]), into: output)
            try sink.append(UnsafeBufferPointer(output))
            offset += byteCount
        }
        return DecodedAudio(
            buffer: try sink.finish(),
            sourceChannelCount: format.channelCount,
            isTruncated: false
        )
    }
}
