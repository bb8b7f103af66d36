// The users of the dashboard, in a file of one line each: `name:role:hash`.
import Foundation

/// Why a users file cannot be used or changed: what was found, and what to do.
public struct UserFileError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}

/// Somebody who may sign in.
public struct User: Hashable, Sendable {
    public let name: String
    public let role: Identity.Role
    public let password: PasswordHash

    public init(name: String, role: Identity.Role, password: PasswordHash) {
        self.name = name
        self.role = role
        self.password = password
    }
}

/// A file of users. Written by `ausculta user`, read by the service whenever it changes.
public struct UserFile: Sendable {
    /// The file.
    public let path: String

    /// More than this many bytes is not a users file.
    static let maximumBytes = 1 << 20
    private static let header = """
        # Users of Ausculta's dashboard, one a line: name:role:hash. Roles: viewer, operator.
        # Change it with: ausculta user add | password | remove NAME --file THIS_FILE

        """

    public init(path: String) { self.path = path }

    /// The users, in the file's order.
    ///
    /// - Throws: `UserFileError` that names the file and the line.
    public func read() throws(UserFileError) -> [User] {
        let data: Data
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? handle.close() }
            data = try handle.read(upToCount: Self.maximumBytes + 1) ?? Data()
        } catch {
            let reason =
                FileManager.default.fileExists(atPath: path)
                ? "it cannot be read; make it readable for the user the service runs as"
                : "it does not exist; make it with: ausculta user add NAME --role operator --file \(path)"
            throw UserFileError("users file \(path): \(reason)")
        }
        guard data.count <= Self.maximumBytes, let text = String(bytes: data, encoding: .utf8) else {
            throw UserFileError(
                "users file \(path): this is not a text of at most 1 MiB; make it with ausculta user add"
            )
        }
        var users: [User] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = line.trimmingCharacters(in: .whitespaces)
            guard !line.isEmpty, !line.hasPrefix("#") else { continue }
            let place = "users file \(path):\(index + 1)"
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 3, Self.isName(parts[0]), let role = Identity.Role(rawValue: parts[1]),
                let hash = PasswordHash(encoded: parts[2])
            else {
                throw UserFileError(
                    "\(place): expected name:viewer|operator:$argon2id$…; remove the line and add the user"
                )
            }
            guard !users.contains(where: { $0.name == parts[0] }) else {
                throw UserFileError("\(place): user \(parts[0]) is there twice; remove one of the lines")
            }
            users.append(User(name: parts[0], role: role, password: hash))
        }
        return users
    }

    /// Reads the users, changes them and writes the file anew: readable by its owner only, and whole at every moment.
    ///
    /// A file that does not exist yet counts as empty. Two programs that do this at once do it one after the other.
    public func change(_ body: (inout [User]) throws -> Void) throws {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        let lock = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard lock >= 0, flock(lock, LOCK_EX) == 0 else {
            throw UserFileError("users file \(path): its folder \(folder) cannot be opened; make it first")
        }
        defer { close(lock) }
        var users = FileManager.default.fileExists(atPath: path) ? try read() : []
        try body(&users)
        try write(users)
    }

    /// Whether a text can be a user's name. "local" is whoever sits at the box where nobody signs in.
    public static func isName(_ text: String) -> Bool {
        text != "local" && (1...64).contains(text.utf8.count)
            && text.unicodeScalars.allSatisfy {
                $0 != ":" && $0 != "#" && !$0.properties.isWhitespace && !CharacterSet.controlCharacters.contains($0)
            }
    }

    private func write(_ users: [User]) throws(UserFileError) {
        let lines = users.map { "\($0.name):\($0.role.rawValue):\($0.password.encoded)\n" }
        let text = Data((Self.header + lines.joined()).utf8)
        let temporary = path + ".new-\(getpid())"
        unlink(temporary)
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure("cannot be written") }
        var isComplete = false
        defer { if !isComplete { unlink(temporary) } }
        // An administrator's change must not take the file away from the service's user.
        var before = stat()
        if stat(path, &before) == 0, before.st_uid != getuid() { _ = fchown(file, before.st_uid, before.st_gid) }
        do {
            let handle = FileHandle(fileDescriptor: file, closeOnDealloc: true)
            try handle.write(contentsOf: text)
            try handle.synchronize()
            try handle.close()
        } catch {
            throw failure("cannot be written")
        }
        guard rename(temporary, path) == 0 else { throw failure("cannot be replaced") }
        isComplete = true
    }

    private func failure(_ what: String) -> UserFileError {
        UserFileError("users file \(path): it \(what): \(String(cString: strerror(errno)))")
    }
}
