// Putting a file somewhere without ever replacing another: copied, linked or moved, and there as a whole or not at all.
import Foundation

/// Another name for a file; fails where that name is taken. `errno` says why.
private func makeLink(_ file: String, _ name: String) -> Bool { link(file, name) == 0 }

/// What becomes of a file that is sorted.
public enum FilePlacement: String, Sendable, CaseIterable, Codable {
    /// A copy; the file stays where it is.
    case copy
    /// A hard link, or a copy where the file system has none.
    case link
    /// The file itself goes.
    case move

    /// Beginning of the names of copies in the making.
    static let unfinishedPrefix = ".ausculta-part-"

    /// Puts `source` at `target`, whose folder exists.
    ///
    /// - Throws: ``SortingError``, also where there is a file already.
    func place(_ source: String, at target: String) throws(SortingError) {
        switch self {
        case .link where makeLink(source, target): return
        case .move where makeLink(source, target): break
        default:
            if errno == EEXIST { throw Self.problem(source, target, "there is a file of that name already") }
            try Self.copy(source, to: target)
        }
        guard self == .move else { return }
        guard unlink(source) == 0 else {
            throw Self.problem(source, target, "it is there, but could not be taken from its old place: \(Self.reason)")
        }
    }

    private static func copy(_ source: String, to target: String) throws(SortingError) {
        let folder = (target as NSString).deletingLastPathComponent
        let part = (folder as NSString).appendingPathComponent(unfinishedPrefix + UUID().uuidString)
        defer { unlink(part) }
        do {
            // What a link points to, not the link.
            let original = URL(fileURLWithPath: source).resolvingSymlinksInPath().path
            try FileManager.default.copyItem(atPath: original, toPath: part)
            if let date = try FileManager.default.attributesOfItem(atPath: original)[.modificationDate] {
                try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: part)
            }
        } catch {
            throw problem(source, target, error.localizedDescription)
        }
        if makeLink(part, target) { return }
        if errno == EEXIST { throw problem(source, target, "there is a file of that name already") }
        // No hard links here: the name is taken first, then filled.
        let reserved = open(target, O_CREAT | O_EXCL | O_WRONLY, 0o644)
        guard reserved >= 0 else { throw problem(source, target, reason) }
        close(reserved)
        guard rename(part, target) == 0 else {
            let why = reason
            unlink(target)
            throw problem(source, target, why)
        }
    }

    private static var reason: String { String(cString: strerror(errno)) }

    private static func problem(_ source: String, _ target: String, _ reason: String) -> SortingError {
        SortingError("\(source) cannot be put at \(target): \(reason)")
    }
}
