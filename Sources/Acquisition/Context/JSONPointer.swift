// Where in a JSON document a value lies: https://www.rfc-editor.org/rfc/rfc6901

/// A JSON pointer such as `/plant/running` or `/signals/0`.
public struct JSONPointer: Hashable, Sendable, CustomStringConvertible {
    /// Its steps, unescaped; none for the whole document.
    let tokens: [String]
    /// As written.
    public let description: String

    /// Reads a pointer.
    ///
    /// - Throws: `JSONPointerError` where it does not begin with a slash, or escapes wrongly.
    public init(_ text: String) throws(JSONPointerError) {
        guard text.isEmpty || text.hasPrefix("/") else {
            throw JSONPointerError(text: text, problem: "it has to begin with '/', such as /running")
        }
        var tokens: [String] = []
        for part in text.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            let isGood = part.split(separator: "~", omittingEmptySubsequences: false).dropFirst().allSatisfy {
                $0.hasPrefix("0") || $0.hasPrefix("1")
            }
            guard isGood else {
                throw JSONPointerError(text: text, problem: "'~' stands for '~0' or '~1' only")
            }
            tokens.append(String(part).replacing("~1", with: "/").replacing("~0", with: "~"))
        }
        self.tokens = tokens
        description = text
    }
}

/// A text that is no JSON pointer.
public struct JSONPointerError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The text.
    public let text: String
    /// What is wrong with it and what to write instead.
    public let problem: String

    public var description: String { "\"\(text)\" is no JSON pointer: \(problem)" }
}
