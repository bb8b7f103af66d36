// What can go wrong with a trend log, in words that name the file and the remedy.
import Foundation
import GRDB

/// A trend log that cannot be opened, written or read.
public struct TrendLogError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of trouble.
    public enum Code: String, Sendable, CaseIterable {
        /// The file, or its folder, does not exist or cannot be created.
        case cannotOpen
        /// The file is no SQLite database, or its pages are damaged.
        case damaged
        /// The file was written by a newer version of this program.
        case newerSchema
        /// The file was written by an older version and has not been upgraded yet (readers only).
        case olderSchema
        /// Another process writes to this store.
        case alreadyInUse
        /// No space is left.
        case diskFull
        /// The file, its folder or its file system cannot be written.
        case readOnly
        /// Another connection held the store for too long.
        case busy
        /// The operating system failed to read or write.
        case inputOutput
        /// Something the caller named is not there.
        case notFound
        /// Any other refusal of the database.
        case database
    }

    /// The kind of trouble.
    public let code: Code
    /// The store's file.
    public let path: String
    /// What was found.
    public let found: String
    /// What to do about it.
    public let remedy: String

    /// Makes an error.
    public init(_ code: Code, path: String, found: String, remedy: String) {
        self.code = code
        self.path = path
        self.found = found
        self.remedy = remedy
    }

    public var description: String { "trend log \(path): \(found); \(remedy)" }

    /// Whether the same call can succeed later without anything being changed in it (space returns, a lock is released).
    public var isTransient: Bool { [.diskFull, .readOnly, .busy, .inputOutput].contains(code) }

    /// Puts an error of the database layer into these words; other errors pass unchanged.
    static func translating(_ error: any Error, path: String) -> any Error {
        guard let error = error as? DatabaseError else { return error }
        let detail = "SQLite says \"\(error.message ?? "code \(error.extendedResultCode.rawValue)")\""
        switch error.resultCode {
        case .SQLITE_FULL:
            return TrendLogError(
                .diskFull,
                path: path,
                found: "no space is left to write (\(detail))",
                remedy: "free space on that file system or lower store.retain; nothing was half written and the next"
                    + " write is tried anew"
            )
        case .SQLITE_READONLY:
            return TrendLogError(
                .readOnly,
                path: path,
                found: "the file cannot be written (\(detail))",
                remedy: "give the service's user write access to the file and its folder, or remount the file system"
                    + " writable"
            )
        case .SQLITE_CANTOPEN:
            return TrendLogError(
                .cannotOpen,
                path: path,
                found: "it cannot be opened (\(detail))",
                remedy: "check that the folder exists and that this user may read and write it"
            )
        case .SQLITE_NOTADB, .SQLITE_CORRUPT:
            return TrendLogError(
                .damaged,
                path: path,
                found: "it is not a sound SQLite database (\(detail))",
                remedy: "move the file away (and its -wal and -shm with it) or restore a copy; the service makes a new"
                    + " one where none is"
            )
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            return TrendLogError(
                .busy,
                path: path,
                found: "another program holds it (\(detail))",
                remedy: "close programs that write to it, then try again"
            )
        case .SQLITE_IOERR:
            return TrendLogError(
                .inputOutput,
                path: path,
                found: "reading or writing failed (\(detail))",
                remedy: "check the disk and its free space (dmesg, df)"
            )
        default:
            return TrendLogError(
                .database,
                path: path,
                found: "the database refused (\(error.description))",
                remedy: "run `sqlite3 \(path) 'PRAGMA integrity_check'` and report the text above"
            )
        }
    }
}
