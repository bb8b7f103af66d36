// Passwords live in files of their own, readable by the service only; this reads one.
import Foundation

/// A password file that cannot be used.
public struct PasswordFileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file.
    public let path: String
    /// What was found and what to do.
    public let reason: String

    public var description: String { "password file \(path): \(reason)" }
}

enum PasswordFile {
    /// Longest password MQTT carries.
    static let maximumBytes = 65_535

    /// The first line of a file, without its line end.
    static func read(_ path: String) throws(PasswordFileError) -> String {
        let data: Data
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? handle.close() }
            data = try handle.read(upToCount: maximumBytes + 2) ?? Data()
        } catch {
            throw PasswordFileError(path: path, reason: unreadable(path))
        }
        guard let text = String(bytes: data, encoding: .utf8) else {
            throw PasswordFileError(path: path, reason: "it is not UTF-8 text; write the password as its first line")
        }
        let line = String(text.prefix { !$0.isNewline })
        guard !line.isEmpty else {
            throw PasswordFileError(path: path, reason: "its first line is empty; write the password there")
        }
        guard line.utf8.count <= maximumBytes else {
            throw PasswordFileError(path: path, reason: "its first line is longer than \(maximumBytes) bytes")
        }
        return line
    }

    /// Why a file cannot be read, in words.
    static func unreadable(_ path: String) -> String {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            return "it does not exist; create it or correct the path"
        }
        if isFolder.boolValue { return "it is a folder; name a file" }
        return "this user may not read it; make it readable for the user the service runs as"
    }
}
