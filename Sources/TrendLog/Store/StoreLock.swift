// One writer per store: an advisory lock on a file beside the database, released by the kernel when its holder dies.
import Foundation

/// Holds the exclusive right to write to a store for as long as it lives.
///
/// `flock` belongs to the open file, so the lock goes with the process however it ends and needs no cleaning up after
/// kill -9. The file keeps the holder's process id as text for the message a second process gets.
final class StoreLock: Sendable {
    /// Whoever asks for the holder has the lock for a few microseconds: that must not turn a starting service away.
    private static let retries = 5
    private static let retryMicroseconds: UInt32 = 20_000

    private let descriptor: Int32

    /// Takes the lock of a store.
    ///
    /// - Throws: `TrendLogError` with `.alreadyInUse` naming the holder, `.readOnly` or `.cannotOpen`.
    init(storePath: String) throws {
        let path = Self.path(of: storePath)
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw Self.failure(errno, storePath: storePath, lockPath: path) }
        var isHeld = flock(descriptor, LOCK_EX | LOCK_NB) == 0
        for _ in 0..<Self.retries where !isHeld && errno == EWOULDBLOCK {
            usleep(Self.retryMicroseconds)
            isHeld = flock(descriptor, LOCK_EX | LOCK_NB) == 0
        }
        guard isHeld else {
            let reason = errno
            close(descriptor)
            guard reason == EWOULDBLOCK else { throw Self.failure(reason, storePath: storePath, lockPath: path) }
            throw TrendLogError(
                .alreadyInUse,
                path: storePath,
                found: "\(Self.holderText(storePath: storePath)) writes to it already",
                remedy: "stop that one first, or give this one a store.path of its own"
            )
        }
        // A full disk must not keep the service from starting, so a holder that cannot be noted is not an error.
        let note = Array("\(getpid())\n".utf8)
        if ftruncate(descriptor, 0) == 0 { _ = pwrite(descriptor, note, note.count, 0) }
    }

    deinit { close(descriptor) }

    /// The process that holds the store's lock, or nil when nobody does: `.some(nil)` is a holder without a name.
    static func holder(storePath: String) -> Int32?? {
        let descriptor = open(path(of: storePath), O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return .none }
        defer { close(descriptor) }
        if flock(descriptor, LOCK_SH | LOCK_NB) == 0 { return .none }
        var bytes = [UInt8](repeating: 0, count: 32)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        let text = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        return .some(Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)))
    }

    private static func path(of storePath: String) -> String { storePath + ".lock" }

    private static func holderText(storePath: String) -> String {
        guard let holder = holder(storePath: storePath), let process = holder else { return "another process" }
        guard process != getpid() else { return "this process (\(process))" }
        let name = try? String(contentsOfFile: "/proc/\(process)/comm", encoding: .utf8)
        guard let name = name?.trimmingCharacters(in: .whitespacesAndNewlines), !name.isEmpty else {
            return "process \(process)"
        }
        return "process \(process) (\(name))"
    }

    private static func failure(_ reason: Int32, storePath: String, lockPath: String) -> TrendLogError {
        let text = String(cString: strerror(reason))
        switch reason {
        case EROFS, EACCES, EPERM:
            return TrendLogError(
                .readOnly,
                path: storePath,
                found: "its lock file \(lockPath) cannot be written (\(text))",
                remedy: "give the service's user write access to that folder, or put store.path elsewhere"
            )
        case ENOSPC, EDQUOT:
            return TrendLogError(
                .diskFull,
                path: storePath,
                found: "its lock file \(lockPath) cannot be made (\(text))",
                remedy: "free space on that file system"
            )
        default:
            return TrendLogError(
                .cannotOpen,
                path: storePath,
                found: "its lock file \(lockPath) cannot be opened (\(text))",
                remedy: "check that the folder exists and that this user may write to it"
            )
        }
    }
}
