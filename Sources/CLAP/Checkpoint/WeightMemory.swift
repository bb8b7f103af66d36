// The memory weights live in: a mapped file, or a block of values computed from one.
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
/// `@unchecked Sendable`: every byte is written before anybody else knows of it, so reading them from any thread is safe.
final class WeightMemory: @unchecked Sendable {
    let base: UnsafeRawPointer
    let byteCount: Int
    private let origin: Origin

    private enum Origin {
        case file(descriptor: Int32)
        case block(PageBlock)
    }

    /// Of the mapped file; nil for a block of memory.
    private var descriptor: Int32? {
        if case .file(let descriptor) = origin { descriptor } else { nil }
    }

    /// Maps a file read-only.
    init(mapping path: String) throws(SafetensorsError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .systemCall(path: path, call: "open", errno) }
        do throws(SafetensorsError) {
            (base, byteCount) = try Self.map(descriptor, path: path)
        } catch {
            close(descriptor)
            throw error
        }
        origin = .file(descriptor: descriptor)
    }

    private static func map(_ descriptor: Int32, path: String) throws(SafetensorsError) -> (UnsafeRawPointer, Int) {
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
        return (UnsafeRawPointer(start), size)
    }

    /// Takes over a block.
    init(_ block: PageBlock) {
        base = UnsafeRawPointer(block.base)
        byteCount = block.byteCount
        origin = .block(block)
    }

    deinit {
        guard let descriptor else { return }
        munmap(UnsafeMutableRawPointer(mutating: base), byteCount)
        close(descriptor)
    }

    /// Tells the system that these bytes of a mapped file are not needed now; they come back from the file when read.
    func release(_ range: Range<Int>) {
        guard descriptor != nil else { return }
        let pageBytes = Int(sysconf(Int32(_SC_PAGESIZE)))
        // Only pages that lie wholly inside: their neighbours may be in use.
        let first = (range.lowerBound + pageBytes - 1) / pageBytes * pageBytes
        let end = range.upperBound / pageBytes * pageBytes
        guard end > first else { return }
        madvise(UnsafeMutableRawPointer(mutating: base + first), end - first, Int32(MADV_DONTNEED))
    }

    /// Reads bytes of a mapped file that are not in memory from the disk.
    ///
    /// Through the file and in large pieces, so that the system keeps them in large pages: these come in twice as fast as by
    /// the faults of a mapping, and mapping them costs next to nothing afterwards (on Linux 6.18 and ext4 340 MB took 35 to
    /// 60 ms a time in small pages, under 1 ms in large ones). What is in memory already costs a look.
    func bringIn(_ range: Range<Int>) {
        guard let descriptor else { return }
        withUnsafeTemporaryAllocation(byteCount: Self.pieceBytes, alignment: 64) { scratch in
            var at = range.lowerBound
            while at < range.upperBound {
                let end = min(at + Self.pieceBytes, range.upperBound)
                if !Self.isInMemory(at..<end, of: descriptor) {
                    // A failing disk shows where the mapping is read.
                    _ = pread(descriptor, scratch.baseAddress, end - at, off_t(at))
                }
                at = end
            }
        }
    }

    private static let pieceBytes = 1 << 20

    /// Whether the ends of a piece are in memory, and with them, as things are read, what lies between.
    private static func isInMemory(_ range: Range<Int>, of descriptor: Int32) -> Bool {
        [range.lowerBound, range.upperBound - 1].allSatisfy { FilePages.isInMemory(descriptor: descriptor, offset: $0) }
    }

    /// Maps these bytes of a file at once: one call instead of a fault every few pages. Where the system does not know the
    /// call (Linux before 5.14) pages come one by one, as they are read.
    func populate(_ range: Range<Int>) {
        #if os(Linux)
            guard descriptor != nil, !range.isEmpty else { return }
            let populateRead: Int32 = 22  // MADV_POPULATE_READ; not in every C library's headers
            let pageBytes = Int(sysconf(Int32(_SC_PAGESIZE)))
            let first = range.lowerBound / pageBytes * pageBytes
            madvise(UnsafeMutableRawPointer(mutating: base + first), range.upperBound - first, populateRead)
        #endif
    }

    /// SHA-256 of all bytes, in hexadecimal. Pages of a mapped file are let go as it passes, so that reading the file once
    /// does not make it resident.
    func sha256() -> String {
        bringIn(0..<byteCount)
        return SHA256.hexadecimal(of: UnsafeRawBufferPointer(start: base, count: byteCount)) { release($0) }
    }
}
