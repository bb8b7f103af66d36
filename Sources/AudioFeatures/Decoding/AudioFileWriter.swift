// Writes audio as a file or as bytes in memory, in any of the writable formats.
import CSndFile
import Foundation

/// A file being written by one owner; ``close()`` completes it.
public final class AudioFileWriter {
    /// Where it goes.
    public let path: String
    private let encoder: SoundFileEncoder

    /// Creates (or overwrites) the file.
    ///
    /// - Throws: ``AudioDecodingError`` with `unwritable`.
    public init(
        path: String,
        format: AudioFileFormat,
        sampleRateHz: Int,
        channelCount: Int = 1
    ) throws(AudioDecodingError) {
        self.path = path
        encoder = try SoundFileEncoder(
            path: path,
            format: format,
            sampleRateHz: sampleRateHz,
            channelCount: channelCount
        )
    }

    /// Appends interleaved audio of the file's rate and channel count.
    ///
    /// - Throws: ``AudioDecodingError`` with `unwritable`, for instance on a full disk.
    public func write(_ buffer: AudioBuffer) throws(AudioDecodingError) {
        try encoder.write(buffer)
    }

    /// Completes the header and closes the file.
    public func close() throws(AudioDecodingError) {
        _ = try encoder.finish()
    }
}

/// Encodes audio into bytes in memory.
public enum AudioEncoder {
    /// The bytes of a complete file.
    ///
    /// - Throws: ``AudioDecodingError`` with `unwritable` when the format cannot hold this rate or channel count.
    public static func encode(_ buffer: AudioBuffer, as format: AudioFileFormat) throws(AudioDecodingError) -> Data {
        let encoder = try SoundFileEncoder(
            path: nil,
            format: format,
            sampleRateHz: buffer.sampleRateHz,
            channelCount: buffer.channelCount
        )
        try encoder.write(buffer)
        return try encoder.finish()
    }
}

/// The common half of the two writers: sample conversion and error reporting.
private final class SoundFileEncoder {
    private let file: SoundFile
    private let format: AudioFileFormat
    private let source: String

    init(
        path: String?,
        format: AudioFileFormat,
        sampleRateHz: Int,
        channelCount: Int
    ) throws(AudioDecodingError) {
        var info = SF_INFO()
        info.samplerate = Int32(clamping: sampleRateHz)
        info.channels = Int32(clamping: channelCount)
        info.format = format.sndfileFormat(channelCount: channelCount)
        file = try SoundFile(writingPath: path, info: info)
        self.format = format
        source = path ?? "audio in memory"
    }

    func write(_ buffer: AudioBuffer) throws(AudioDecodingError) {
        guard buffer.channelCount == file.channelCount, buffer.sampleRateHz == file.sampleRateHz else {
            throw AudioDecodingError(
                .unwritable,
                source: source,
                "opened for \(file.channelCount) channels at \(file.sampleRateHz) Hz, given "
                    + "\(buffer.channelCount) at \(buffer.sampleRateHz) Hz"
            )
        }
        let written =
            switch format.sampleKind {
            case .int16: file.write(buffer.samples.map { Int16(fullScale: $0) })
            case .int24: file.write(buffer.samples.map { Int32(fullScale: $0, bits: 24) << 8 })
            case .float: file.write(buffer.samples)
            }
        guard written == buffer.samples.count else {
            throw AudioDecodingError(
                .unwritable,
                source: source,
                "\(written) of \(buffer.samples.count) samples written: \(file.error ?? "is the disk full?")"
            )
        }
    }

    func finish() throws(AudioDecodingError) -> Data {
        guard file.close() else {
            throw AudioDecodingError(.unwritable, source: source, "could not be completed; is the disk full?")
        }
        return file.writtenBytes
    }
}
