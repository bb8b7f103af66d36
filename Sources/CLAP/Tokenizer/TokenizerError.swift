// What can be wrong with a tokenizer's files.

public enum TokenizerError: Error, Equatable, CustomStringConvertible {
    /// Neither `tokenizer.json` nor `vocab.json` with `merges.txt`.
    case missingFiles(folder: String, missing: [String])

    /// A file that exists and cannot be read.
    case unreadable(path: String, reason: String)

    /// Not JSON, or JSON of another shape.
    case malformedJSON(path: String, byteOffset: Int, problem: String)

    /// A merge rule that is no pair, or whose parts are no tokens.
    case malformedMerge(path: String, index: Int, found: String, problem: String)

    /// A token whose id the model's embedding table does not have.
    case idOutOfRange(path: String, token: String, id: Int, vocabularySize: Int)

    /// Two entries of one token, or two tokens of one id.
    case duplicateToken(path: String, token: String, id: Int)

    /// `<s>` or the like without an id.
    case missingSpecialToken(path: String, token: String)

    /// A kind of tokenizer other than byte-level BPE as RoBERTa uses it.
    case unsupported(path: String, key: String, found: String, expected: String)

    public var description: String {
        switch self {
        case .missingFiles(let folder, let missing):
            "\(folder): no tokenizer.json, and no \(missing.joined(separator: " and no ")); "
                + "put tokenizer.json, or vocab.json and merges.txt, of the checkpoint there"
        case .unreadable(let path, let reason):
            "\(path): cannot be read (\(reason))"
        case .malformedJSON(let path, let byteOffset, let problem):
            "\(path): \(problem) at byte \(byteOffset); fetch the file again"
        case .malformedMerge(let path, let index, let found, let problem):
            "\(path): merge \(index) is \"\(found)\": \(problem); vocabulary and merges must be of one checkpoint"
        case .idOutOfRange(let path, let token, let id, let vocabularySize):
            "\(path): token \"\(token)\" has id \(id), but the model has \(vocabularySize) tokens; "
                + "take tokenizer and weights from one checkpoint"
        case .duplicateToken(let path, let token, let id):
            "\(path): token \"\(token)\" or its id \(id) appears twice; fetch the file again"
        case .missingSpecialToken(let path, let token):
            "\(path): special token \"\(token)\" has no id; take all tokenizer files from one checkpoint"
        case .unsupported(let path, let key, let found, let expected):
            "\(path): \"\(key)\" is \(found), expected \(expected); only RoBERTa's byte-level BPE is understood"
        }
    }
}
