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
        useSmallPages(0..<byteCount)
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

    /// Tells the system that these bytes of a mapped file are not needed now; they come back from the file when read, and so do
    /// neighbours that share a large page with them.
    func release(_ range: Range<Int>) {
        guard descriptor != nil, !range.isEmpty else { return }
        let unit = Self.largePageBytes
        let first = range.lowerBound / unit * unit
        let end = min((range.upperBound + unit - 1) / unit * unit, byteCount)
        madvise(UnsafeMutableRawPointer(mutating: base + first), end - first, Int32(MADV_DONTNEED))
    }

    /// Of x86-64, and of ARM with pages of 4 KB; a multiple of every page that is not larger.
    private static let largePageBytes = 2 << 20

    /// Has these bytes of a mapped file, where they are not in memory yet, come from the disk in pages as large as the system
    /// has for files, and maps them as such. To map 340 MB takes 15 to 30 ms in smaller ones and 0.3 ms in these (Linux 6.18,
    /// ext4), and they are read no slower. Where there are none nothing changes.
    func useLargePages(_ range: Range<Int>) { advise(range, largePages: true) }

    /// Has pages mapped a few at a time again: rows here and there of a table would each take a large one.
    func useSmallPages(_ range: Range<Int>) { advise(range, largePages: false) }

    private func advise(_ range: Range<Int>, largePages: Bool) {
        #if os(Linux)
            guard descriptor != nil, !range.isEmpty else { return }
            let first = range.lowerBound / Self.pageBytes * Self.pageBytes
            let advice = Int32(largePages ? MADV_HUGEPAGE : MADV_NOHUGEPAGE)
            madvise(UnsafeMutableRawPointer(mutating: base + first), range.upperBound - first, advice)
        #endif
    }

    private static let pageBytes = Int(sysconf(Int32(_SC_PAGESIZE)))

    /// Maps these bytes of a file at once: one call instead of a fault every few pages. Where the system does not know the
    /// call (Linux before 5.14) pages come one by one, as they are read.
    func populate(_ range: Range<Int>) {
        #if os(Linux)
            guard descriptor != nil, !range.isEmpty else { return }
            let populateRead: Int32 = 22  // MADV_POPULATE_READ; not in every C library's headers
            let first = range.lowerBound / Self.pageBytes * Self.pageBytes
            madvise(UnsafeMutableRawPointer(mutating: base + first), range.upperBound - first, populateRead)
        #endif
    }

    /// SHA-256 of all bytes, in hexadecimal. Pages of a mapped file are let go as it passes, so that reading the file once
    /// does not make it resident.
    func sha256() -> String {
        useLargePages(0..<byteCount)
        defer { useSmallPages(0..<byteCount) }
        return SHA256.hexadecimal(of: UnsafeRawBufferPointer(start: base, count: byteCount)) { release($0) }
    }
}
