// Reads a recording from disk in blocks: anything libsndfile opens, or raw PCM of a given format.
import CSndFile
import Foundation

/// An open recording, read from start to end by one owner.
public final class AudioFileReader {
    /// Where it came from.
    public let path: String
    /// Channels in a frame.
    public let channelCount: Int
    /// Frames per second.
    public let sampleRateHz: Int
    /// Frames the header promises (for raw files: that the file holds); nil when unknown until the end.
    public let declaredFrameCount: Int?
    /// Frames read so far.
    public private(set) var framePosition = 0

    private let file: SoundFile
    /// A copy of the sound that lies in memory; nil for a file on disk.
    private let memory: UnsafeRawBufferPointer?

    /// Opens a recording.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - rawFormat: the layout of a headerless file; nil for files with a header.
    ///   - limits: rate and channel bounds; the length is not limited, since it is read in blocks.
    /// - Throws: ``AudioDecodingError``: `unreadableFile`, `undecodable`, `partialFrame`, `unsupported…`.
    public init(path: String, rawFormat: PCMFormat? = nil, limits: AudioLimits = .file) throws(AudioDecodingError) {
        var isDirectory = ObjCBool(false)
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            throw AudioDecodingError(.unreadableFile, source: path, "no such file")
        }
        guard !isDirectory.boolValue else {
            throw AudioDecodingError(.unreadableFile, source: path, "a folder; expected an audio file")
        }
        guard FileManager.default.isReadableFile(atPath: path) else {
            throw AudioDecodingError(.unreadableFile, source: path, "not readable; check its permissions")
        }
        let byteCount = (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int ?? 0
        try limits.checkPayload(byteCount: byteCount, source: path)
        if let rawFormat {
            try limits.checkFormat(
                channelCount: rawFormat.channelCount,
                sampleRateHz: rawFormat.sampleRateHz,
                source: path
            )
            guard byteCount.isMultiple(of: rawFormat.bytesPerFrame) else {
                throw AudioDecodingError(
                    .partialFrame,
                    source: path,
                    "\(byteCount) bytes are not whole frames of \(rawFormat.bytesPerFrame) bytes (\(rawFormat)); "
                        + "check the format given"
                )
            }
        }
        // libsndfile takes "-" for standard input; a file of that name is still a file.
        let openPath = path == "-" ? "./-" : path
        file = try SoundFile(readingPath: openPath, info: rawFormat.map(SF_INFO.init(raw:)) ?? SF_INFO())
        try limits.checkFormat(channelCount: file.channelCount, sampleRateHz: file.sampleRateHz, source: path)
        memory = nil
        self.path = path
        channelCount = file.channelCount
        sampleRateHz = file.sampleRateHz
        declaredFrameCount = file.declaredFrameCount
    }

    /// Opens a recording that lies in memory: WAV, FLAC, Ogg or MPEG audio by its first bytes, never raw samples.
    ///
    /// - Parameters:
    ///   - bytes: the whole file.
    ///   - name: stands in for a path in messages.
    ///   - limits: size, rate and channel bounds; the length is not limited, since it is read in blocks.
    /// - Throws: ``AudioDecodingError``: `emptyPayload`, `payloadTooLarge`, `unrecognizedFormat`, `undecodable`,
    ///   `unsupported…`.
    public init(bytes: Data, name: String, limits: AudioLimits = .file) throws(AudioDecodingError) {
        try limits.checkPayload(byteCount: bytes.count, source: name)
        guard let container = bytes.withUnsafeBytes({ AudioContainer(recognizing: $0) }) else {
            throw AudioDecodingError(
                .unrecognizedFormat,
                source: name,
                "not a sound file known here; send WAV, FLAC, MP3, Ogg Vorbis or Opus (in Ogg), with its header"
            )
        }
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 16)
        copy.copyBytes(from: bytes)
        let memory = UnsafeRawBufferPointer(copy)
        do {
            file = try AudioDecoder.open(memory, container, source: name)
            try limits.checkFormat(channelCount: file.channelCount, sampleRateHz: file.sampleRateHz, source: name)
        } catch {
            copy.deallocate()
            throw error
        }
        self.memory = memory
        path = name
        channelCount = file.channelCount
        sampleRateHz = file.sampleRateHz
        declaredFrameCount = file.declaredFrameCount
    }

    deinit {
        // libsndfile may look at its bytes until it is closed.
        _ = file.close()
        memory?.deallocate()
    }

    /// The next block of at most `maxFrameCount` frames; nil at the end.
    ///
    /// - Throws: ``AudioDecodingError`` with `nonFiniteSamples`, positions counted from the file's start.
    public func read(maxFrameCount: Int) throws(AudioDecodingError) -> AudioBuffer? {
        precondition(maxFrameCount > 0, "a block holds at least one frame")
        let samples = [Float](unsafeUninitializedCapacity: maxFrameCount * channelCount) { buffer, count in
            var frameCount = 0
            // Compressed formats deliver short reads in mid-file.
            while frameCount < maxFrameCount {
                let rest = UnsafeMutableBufferPointer(rebasing: buffer[(frameCount * channelCount)...])
                let more = file.read(into: rest)
                guard more > 0 else { break }
                frameCount += more
            }
            count = frameCount * channelCount
        }
        guard !samples.isEmpty else {
            if framePosition == 0 {
                let reason = file.error.map { ": \($0)" } ?? ""
                throw AudioDecodingError(.undecodable, source: path, "a header, but no audio behind it\(reason)")
            }
            return nil
        }
        if let bad = samples.firstIndex(where: { !($0.magnitude <= SampleSink.largestMagnitude) }) {
            let count = samples.reduce(0) { $1.magnitude <= SampleSink.largestMagnitude ? $0 : $0 + 1 }
            throw AudioDecodingError(
                .nonFiniteSamples,
                source: path,
                "\(count) samples are NaN, infinite or absurdly large, the first in frame "
                    + "\(framePosition + bad / channelCount), channel \(bad % channelCount + 1)"
            )
        }
        framePosition += samples.count / channelCount
        return AudioBuffer(samples: samples, channelCount: channelCount, sampleRateHz: sampleRateHz)
    }

    /// Everything from here to the end, as one channel when a selection is given.
    public func readAll(selection: ChannelSelection? = nil) throws(AudioDecodingError) -> AudioBuffer {
        try selection?.validate(channelCount: channelCount, source: path)
        var samples: [Float] = []
        while let block = try read(maxFrameCount: 65_536) {
            if let selection {
                block.samples.withUnsafeBufferPointer {
                    selection.appendMono(of: $0, channelCount: channelCount, to: &samples)
                }
            } else {
                samples.append(contentsOf: block.samples)
            }
        }
        return AudioBuffer(
            samples: samples,
            channelCount: selection == nil ? channelCount : 1,
            sampleRateHz: sampleRateHz
        )
    }
}

extension SF_INFO {
    /// The description of a headerless file.
    fileprivate init(raw format: PCMFormat) {
        let (sample, order) =
            switch format.encoding {
            case .s16le: (SF_FORMAT_PCM_16, SF_ENDIAN_LITTLE)
            case .s16be: (SF_FORMAT_PCM_16, SF_ENDIAN_BIG)
            case .s24le: (SF_FORMAT_PCM_24, SF_ENDIAN_LITTLE)
            case .s32le: (SF_FORMAT_PCM_32, SF_ENDIAN_LITTLE)
            case .f32le: (SF_FORMAT_FLOAT, SF_ENDIAN_LITTLE)
            }
        self.init()
        samplerate = Int32(format.sampleRateHz)
        channels = Int32(format.channelCount)
        self.format = Int32(SF_FORMAT_RAW | sample | order)
    }
}
