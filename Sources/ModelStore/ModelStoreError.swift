// What can go wrong with fetched models: the file, the finding and the remedy in each text.

import Foundation

public enum ModelStoreError: Error, Sendable, Hashable, CustomStringConvertible {
    case unknownModel(name: String, known: [String])
    case invalidBaseURL(String)
    case toolMissing(tool: String, install: String)
    case toolFailed(tool: String, reason: String)
    case cannotWrite(path: String, reason: String)
    case cannotRead(path: String, reason: String)
    case unreadableManifest(path: String, reason: String)
    case diskFull(folder: String, neededBytes: Int, freeBytes: Int)
    case fetchInProgress(folder: String)
    case refused(url: String, status: Int)
    case wrongHash(path: String, expected: String, found: String)
    case wrongSize(path: String, expected: Int, found: Int)
    /// The server cannot be reached; `instructions` say what to put where.
    case offline(url: String, reason: String, instructions: String)

    public var description: String {
        switch self {
        case .unknownModel(let name, let known):
            "there is no model '\(name)' in the catalogue; known are \(known.joined(separator: ", "))"
        case .invalidBaseURL(let text):
            "the model base URL '\(text)' is not an http or https address; expected something like "
                + "\(ModelFetcher.defaultBaseURL)"
        case .toolMissing(let tool, let install):
            "'\(tool)' is needed and was not found; install it: \(install)"
        case .toolFailed(let tool, let reason):
            "'\(tool)' failed: \(reason)"
        case .cannotWrite(let path, let reason):
            "cannot write \(path): \(reason)"
        case .cannotRead(let path, let reason):
            "cannot read \(path): \(reason)"
        case .unreadableManifest(let path, let reason):
            "\(path) is not a manifest of this program: \(reason); remove it and fetch or verify the model again"
        case .diskFull(let folder, let neededBytes, let freeBytes):
            "\(folder) has \(ByteText.megabytes(freeBytes)) free, \(ByteText.megabytes(neededBytes)) are needed; "
                + "make room or choose another folder with AUSCULTA_MODELS"
        case .fetchInProgress(let folder):
            "another process is fetching into \(folder); wait for it to end"
        case .refused(let url, let status):
            "\(url) answered with HTTP status \(status)"
                + (status == 404 ? "; the base URL, mirror or revision may be wrong" : "")
                + (status == 401 || status == 403 ? "; the server wants a login, or a proxy stands in between" : "")
        case .wrongHash(let path, let expected, let found):
            "\(path) arrived damaged or is another file: SHA-256 is \(found), expected \(expected); "
                + "the download was removed, fetch it again, from another mirror if it happens twice"
        case .wrongSize(let path, let expected, let found):
            "\(path) arrived with \(found) bytes, expected \(expected); the download was removed, fetch it again"
        case .offline(let url, let reason, let instructions):
            "cannot reach \(url): \(reason)\n\(instructions)"
        }
    }
}

enum ByteText {
    static func megabytes(_ bytes: Int) -> String { "\((bytes + 999_999) / 1_000_000) MB" }
}
