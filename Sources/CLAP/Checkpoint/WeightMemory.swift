// The memory weights live in: a mapped file, or a block of converted values.
import Kernels

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Read-only bytes that stay where they are as long as this object lives: a file mapped into memory, or a block filled
/// once before anybody else sees it.
///
/// `@unchecked Sendable`: the bytes never change after `init` returns, so reading them from any thread is safe.
final class WeightMemory: @unchecked Sendable {
    let base: UnsafeRawPointer
    let byteCount: Int
    private let isMapped: Bool

    /// Maps a file read-only.
    init(mapping path: String) throws(SafetensorsError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .systemCall(path: path, call: "open", errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .systemCall(path: path, call: "fstat", errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw SafetensorsError(path: path, problem: .unreadable("it is not a regular file"))
        }
        let size = Int(status.st_size)
        guard size >= 8 else { throw SafetensorsError(path: path, problem: .fileTooShort(bytes: size)) }
        guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED else {
            throw .systemCall(path: path, call: "mmap", errno)
        }
        base = UnsafeRawPointer(start)
        byteCount = size
        isMapped = true
    }

    /// Allocates `count` floats, aligned to cache lines, and lets `fill` write them.
    init(floatCount count: Int, fill: (UnsafeMutablePointer<Float>) -> Void) {
        byteCount = count * MemoryLayout<Float>.stride
        let raw = UnsafeMutableRawPointer.allocate(byteCount: max(byteCount, 4), alignment: 64)
        let floats = raw.bindMemory(to: Float.self, capacity: max(count, 1))
        floats.initialize(repeating: 0, count: max(count, 1))
        fill(floats)
        base = UnsafeRawPointer(raw)
        isMapped = false
    }

    deinit {
        let start = UnsafeMutableRawPointer(mutating: base)
        if isMapped { munmap(start, byteCount) } else { start.deallocate() }
    }

    /// Tells the system that these bytes of a mapped file are not needed now; they come back from the file when read.
    func release(_ range: Range<Int>) {
        guard isMapped else { return }
        let pageBytes = Int(sysconf(Int32(_SC_PAGESIZE)))
        // Only pages that lie wholly inside: their neighbours may be in use.
        let first = (range.lowerBound + pageBytes - 1) / pageBytes * pageBytes
        let end = range.upperBound / pageBytes * pageBytes
        guard end > first else { return }
        madvise(UnsafeMutableRawPointer(mutating: base + first), end - first, Int32(MADV_DONTNEED))
    }

    /// Tells the system that these bytes of a mapped file will be needed soon; what is in its page cache already costs nothing.
    func prefetch(_ range: Range<Int>) {
        guard isMapped, !range.isEmpty else { return }
        let pageBytes = Int(sysconf(Int32(_SC_PAGESIZE)))
        let first = range.lowerBound / pageBytes * pageBytes
        madvise(UnsafeMutableRawPointer(mutating: base + first), range.upperBound - first, Int32(MADV_WILLNEED))
    }

    /// SHA-256 of all bytes, in hexadecimal. Pages of a mapped file are let go as it passes, so that reading the file once
    /// does not make it resident.
    func sha256() -> String {
        SHA256.hexadecimal(of: UnsafeRawBufferPointer(start: base, count: byteCount)) { release($0) }
    }
}
