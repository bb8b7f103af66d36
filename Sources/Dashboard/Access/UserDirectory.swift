// The users as they are now: a change of the file counts from the next request on.
import Foundation
import Logging
import Synchronization

/// The users of a file, followed while it changes.
final class UserDirectory: Sendable {
    private struct State {
        var users: [String: User]
        var stamp: Stamp?
    }

    /// What changes when a file is replaced.
    private struct Stamp: Hashable {
        let inode: UInt64
        let seconds: Int
        let nanoseconds: Int
        let size: Int
    }

    private let file: UserFile
    private let logger: Logger
    private let state: Mutex<State>

    /// - Throws: `UserFileError` where the file cannot be read or holds nobody.
    init(_ file: UserFile, logger: Logger) throws(UserFileError) {
        let stamp = Self.stamp(file.path)
        let users = try file.read()
        guard !users.isEmpty else {
            throw UserFileError(
                "users file \(file.path): it holds nobody; add one: ausculta user add NAME --role operator --file "
                    + file.path
            )
        }
        self.file = file
        self.logger = logger
        state = Mutex(State(users: Self.byName(users), stamp: stamp))
    }

    subscript(name: String) -> User? {
        state.withLock { state in
            let stamp = Self.stamp(file.path)
            if stamp != state.stamp {
                state.stamp = stamp
                do {
                    state.users = Self.byName(try file.read())
                    logger.notice("users file \(file.path) was read again: \(state.users.count) users")
                } catch {
                    logger.error("\(error); the users of before stay in force")
                }
            }
            return state.users[name]
        }
    }

    private static func byName(_ users: [User]) -> [String: User] {
        Dictionary(users.map { ($0.name, $0) }) { first, _ in first }
    }

    private static func stamp(_ path: String) -> Stamp? {
        var found = stat()
        guard stat(path, &found) == 0 else { return nil }
        return Stamp(
            inode: UInt64(found.st_ino),
            seconds: found.st_mtim.tv_sec,
            nanoseconds: found.st_mtim.tv_nsec,
            size: Int(found.st_size)
        )
    }
}
