// The libsndfile handle: open (path or memory), read and write interleaved blocks, close.
// https://libsndfile.github.io/libsndfile/api.html
import CSndFile
import Foundation

/// An open libsndfile handle; not Sendable, used by one owner at a time.
final class SoundFile {
    private let handle: OpaquePointer
    private let memory: MemoryFile?
    private var isOpen = true

    /// Frames the header promises; nil when it does not know.
    let declaredFrameCount: Int?
    let sampleRateHz: Int
    let channelCount: Int
    /// libsndfile's major format, such as `SF_FORMAT_WAV`.
    let majorFormat: Int

    /// Opens a file for reading; `info` carries the format of headerless files.
    init(readingPath path: String, info: SF_INFO = SF_INFO()) throws(AudioDecodingError) {
        var info = info
        guard let handle = sf_open(path, Int32(SFM_READ), &info) else {
            throw AudioDecodingError(.undecodable, source: path, "not readable as audio: \(Self.openError())")
        }
        self.handle = handle
        memory = nil
        (declaredFrameCount, sampleRateHz, channelCount, majorFormat) = Self.properties(of: info)
    }

    /// Opens audio in memory for reading; `bytes` must outlive this object.
    init(readingBytes bytes: UnsafeRawBufferPointer, source: String) throws(AudioDecodingError) {
        let memory = MemoryFile(reading: bytes)
        var info = SF_INFO()
        guard let handle = memory.open(mode: SFM_READ, info: &info) else {
            throw AudioDecodingError(.undecodable, source: source, "damaged header: \(Self.openError())")
        }
        self.handle = handle
        self.memory = memory
        (declaredFrameCount, sampleRateHz, channelCount, majorFormat) = Self.properties(of: info)
    }

    /// Opens a file, or memory when `path` is nil, for writing.
    init(writingPath path: String?, info requested: SF_INFO) throws(AudioDecodingError) {
        var info = requested
        let source = path ?? "audio in memory"
        guard sf_format_check(&info) != 0 else {
            throw AudioDecodingError(
                .unwritable,
                source: source,
                "this format cannot hold \(info.channels) channels at \(info.samplerate) Hz; choose another format"
            )
        }
        let memory = path == nil ? MemoryFile() : nil
        let opened = path.map { sf_open($0, Int32(SFM_WRITE), &info) } ?? memory?.open(mode: SFM_WRITE, info: &info)
        guard let handle = opened else {
            throw AudioDecodingError(.unwritable, source: source, "cannot be written: \(Self.openError())")
        }
        self.handle = handle
        self.memory = memory
        (declaredFrameCount, sampleRateHz, channelCount, majorFormat) = Self.properties(of: requested)
        // Floats beyond full scale must clip, not wrap around.
        sf_command(handle, Int32(SFC_SET_CLIPPING), nil, Int32(SF_TRUE))
    }

    deinit {
        if isOpen { sf_close(handle) }
    }

    /// Reads up to `output.count / channelCount` frames; returns the frames read, 0 at the end.
    func read(into output: UnsafeMutableBufferPointer<Float>) -> Int {
        guard let base = output.baseAddress, isOpen else { return 0 }
        return max(0, Int(sf_readf_float(handle, base, sf_count_t(output.count / channelCount))))
    }

    /// Writes interleaved samples; the return value is what libsndfile took.
    func write(_ samples: [Float]) -> Int { Int(sf_write_float(handle, samples, sf_count_t(samples.count))) }
    /// Writes interleaved 16-bit samples.
    func write(_ samples: [Int16]) -> Int { Int(sf_write_short(handle, samples, sf_count_t(samples.count))) }
    /// Writes interleaved samples at 32-bit full scale.
    func write(_ samples: [Int32]) -> Int { Int(sf_write_int(handle, samples, sf_count_t(samples.count))) }

    /// The handle's pending error, if any.
    var error: String? {
        sf_error(handle) == 0 ? nil : String(cString: sf_strerror(handle))
    }

    /// Completes the file; false when the last bytes could not be written.
    func close() -> Bool {
        guard isOpen else { return true }
        isOpen = false
        return sf_close(handle) == 0
    }

    /// What was written to memory; empty for files.
    var writtenBytes: Data { memory?.written ?? Data() }

    private static func openError() -> String { String(cString: sf_strerror(nil)) }

    private static func properties(of info: SF_INFO) -> (Int?, Int, Int, Int) {
        // Streams of unknown length report the largest count there is.
        let isKnown = info.frames > 0 && info.frames < sf_count_t.max
        return (
            isKnown ? Int(info.frames) : nil, Int(info.samplerate), Int(info.channels),
            Int(info.format) & SF_FORMAT_TYPEMASK
        )
    }
}
