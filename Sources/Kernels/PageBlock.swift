// Large, long-lived memory: straight from the system, in large pages where it has plenty.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A block of zeroed memory of its own pages, given back when this object goes.
///
/// Weights and scratch memory are read over and over from end to end. In pages of 2 MB that costs a fault and a place of the
/// address cache for every 512 it would cost in pages of 4 KB.
///
/// `@unchecked Sendable`: the object only holds the place; who may write there is its owner's business.
public final class PageBlock: @unchecked Sendable {
    /// The beginning, on a page boundary.
    public let base: UnsafeMutableRawPointer
    /// Bytes that may be used.
    public let byteCount: Int

    /// What a large page is on x86-64, and on ARM with pages of 4 KB. Elsewhere the alignment is all that is lost.
    private static let largePageBytes = 2 << 20

    /// - Parameter byteCount: at least one byte is mapped. Memory that cannot be had ends the program, as `allocate` does.
    public init(byteCount: Int) {
        self.byteCount = max(byteCount, 1)
        // A block that holds a large page starts on the boundary of one: map more, then cut off both ends.
        let slack = self.byteCount >= Self.largePageBytes ? Self.largePageBytes : 0
        let mapped = mmap(nil, self.byteCount + slack, PROT_READ | PROT_WRITE, Self.flags, -1, 0)
        guard let mapped, mapped != MAP_FAILED else { fatalError("no memory for \(byteCount) bytes") }
        let ahead = slack == 0 ? 0 : -Int(bitPattern: mapped) & (Self.largePageBytes - 1)
        if ahead > 0 { munmap(mapped, ahead) }
        base = mapped + ahead
        if slack > ahead {
            let pageBytes = Int(sysconf(Int32(_SC_PAGESIZE)))
            let end = (self.byteCount + pageBytes - 1) / pageBytes * pageBytes
            munmap(base + end, self.byteCount + slack - ahead - end)
        }
        #if os(Linux)
            if slack > 0, Self.hasPlentyFree(byteCount) { madvise(base, self.byteCount, Int32(MADV_HUGEPAGE)) }
        #endif
    }

    deinit { munmap(base, byteCount) }

    #if os(Linux)
        /// Whether large pages are likely to be there. A system that must move others' pages first to make some takes longer than
        /// they save: seconds for a few hundred megabytes.
        private static func hasPlentyFree(_ byteCount: Int) -> Bool {
            let free = Int(sysconf(Int32(_SC_AVPHYS_PAGES))) * Int(sysconf(Int32(_SC_PAGESIZE)))
            return free / 8 >= byteCount
        }
    #endif

    private static var flags: Int32 {
        #if os(Linux)
            Int32(MAP_PRIVATE) | Int32(MAP_ANONYMOUS)
        #else
            MAP_PRIVATE | MAP_ANON
        #endif
    }
}
