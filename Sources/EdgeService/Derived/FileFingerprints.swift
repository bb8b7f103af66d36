// SHA-256 of large files, remembered: a file that did not change is not read again.
import Foundation
import ModelStore

/// What tells whether a file is still the one that was hashed.
struct FileIdentity: Hashable, Sendable, Codable {
    var path: String
    var bytes: Int
    var device: UInt64
    var inode: UInt64
    /// Last change of the content, nanoseconds since 1970.
    var modifiedNS: Int
    /// Last change of content or attributes, nanoseconds since 1970; programs cannot set it back.
    var changedNS: Int

    /// The identity of a file now; nil where there is none.
    init?(of file: URL) {
        var status = stat()
        guard stat(file.path, &status) == 0 else { return nil }
        path = file.standardizedFileURL.path
        bytes = Int(status.st_size)
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        #if canImport(Darwin)
            modifiedNS = status.st_mtimespec.tv_sec * 1_000_000_000 + status.st_mtimespec.tv_nsec
            changedNS = status.st_ctimespec.tv_sec * 1_000_000_000 + status.st_ctimespec.tv_nsec
        #else
            modifiedNS = status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec
            changedNS = status.st_ctim.tv_sec * 1_000_000_000 + status.st_ctim.tv_nsec
        #endif
    }
}

/// Hashes of files, kept in a cache folder.
struct FileFingerprints: Sendable {
    private struct Entry: Codable {
        var identity: FileIdentity
        var sha256: String
    }

    /// A file changed this recently could change again without its times showing it.
    private static let settlingNS = 2_000_000_000

    private let cache: DerivedCache
    private let now: @Sendable () -> Date

    init(cache: DerivedCache, now: @escaping @Sendable () -> Date = { Date() }) {
        self.cache = cache
        self.now = now
    }

    /// The SHA-256 of a file in hexadecimal, read through only where it is not known already.
    ///
    /// - Throws: `ModelStoreError` where the file cannot be read.
    func sha256(of file: URL) async throws -> String {
        let before = FileIdentity(of: file)
        if let before, let known = remembered(before) { return known }
        let digest = try await FileHash.sha256(of: file)
        // A file that changed while it was read has a hash of neither state.
        if let before, before == FileIdentity(of: file), isSettled(before) { remember(before, digest) }
        return digest
    }

    private func remembered(_ identity: FileIdentity) -> String? {
        guard let data = cache.read(name(identity)), let entry = try? JSONDecoder().decode(Entry.self, from: data),
            entry.identity == identity, FileHash.isDigest(entry.sha256)
        else { return nil }
        return entry.sha256
    }

    private func remember(_ identity: FileIdentity, _ digest: String) {
        guard let data = try? JSONEncoder().encode(Entry(identity: identity, sha256: digest)) else { return }
        cache.write(name(identity), data)
        cache.trim("fingerprints", limit: 1_000)
    }

    private func isSettled(_ identity: FileIdentity) -> Bool {
        let time = Int(now().timeIntervalSince1970 * 1_000_000_000)
        return time - max(identity.modifiedNS, identity.changedNS) > Self.settlingNS
    }

    /// One file of the cache per path: a changed file replaces its former hash.
    private func name(_ identity: FileIdentity) -> String { "fingerprints/\(DerivedCache.digest(identity.path))" }
}
