// Virtual I/O for libsndfile: a payload in memory read, or a growing buffer written, as if it were a file.
import CSndFile
import Foundation

/// The state behind libsndfile's virtual I/O callbacks; lives as long as the handle that uses it.
final class MemoryFile {
    fileprivate let input: UnsafeRawBufferPointer?
    fileprivate var offset = 0
    /// Bytes written so far.
    fileprivate(set) var written = Data()

    /// Reads `bytes`, which must outlive this object.
    init(reading bytes: UnsafeRawBufferPointer) {
        input = bytes
    }

    /// Writes into a growing buffer.
    init() {
        input = nil
    }

    /// Opens a handle whose callbacks point here: this object must outlive the handle.
    func open(mode: Int, info: inout SF_INFO) -> OpaquePointer? {
        var callbacks = SF_VIRTUAL_IO(
            get_filelen: { MemoryFile.from($0).map { sf_count_t($0.count) } ?? 0 },
            seek: { MemoryFile.from($2)?.seek($0, whence: $1) ?? -1 },
            read: { MemoryFile.from($2)?.read(into: $0, byteCount: $1) ?? 0 },
            write: { MemoryFile.from($2)?.write($0, byteCount: $1) ?? 0 },
            tell: { MemoryFile.from($0).map { sf_count_t($0.offset) } ?? 0 }
        )
        return sf_open_virtual(&callbacks, Int32(mode), &info, Unmanaged.passUnretained(self).toOpaque())
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> MemoryFile? {
        context.map { Unmanaged<MemoryFile>.fromOpaque($0).takeUnretainedValue() }
    }

    private var count: Int { input?.count ?? written.count }

    private func seek(_ distance: sf_count_t, whence: Int32) -> sf_count_t {
        let base =
            switch whence {
            case SEEK_CUR: offset
            case SEEK_END: count
            default: 0
            }
        let (target, overflow) = base.addingReportingOverflow(Int(distance))
        // A lying header may point anywhere: stay inside the payload.
        offset = overflow ? count : min(max(0, target), count)
        return sf_count_t(offset)
    }

    private func read(into target: UnsafeMutableRawPointer?, byteCount: sf_count_t) -> sf_count_t {
        guard let target, let input, byteCount > 0 else { return 0 }
        let length = min(Int(byteCount), input.count - offset)
        guard length > 0, let source = input.baseAddress else { return 0 }
        target.copyMemory(from: source + offset, byteCount: length)
        offset += length
        return sf_count_t(length)
    }

    private func write(_ source: UnsafeRawPointer?, byteCount: sf_count_t) -> sf_count_t {
        guard let source, input == nil, byteCount > 0 else { return 0 }
        let bytes = UnsafeRawBufferPointer(start: source, count: Int(byteCount))
        let overwritten = min(written.count - offset, bytes.count)
        written.replaceSubrange(offset..<offset + overwritten, with: bytes)
        offset += bytes.count
        return byteCount
    }
}
