// How a text falls into words before byte-pair encoding: GPT-2's rule, which RoBERTa keeps.
//
// The rule as a regular expression, alternatives tried in this order:
//     's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
// https://github.com/openai/gpt-2/blob/master/src/encoder.py

enum WordSplitter {
    /// What the rule distinguishes.
    enum Kind {
        case letter, number, space, other
    }

    /// Characters newer than this version of Unicode are `other`, as for the reference library's tables.
    static let unicodeVersion = 16

    /// The words of a text, in order; together they are the whole text.
    static func words(in text: [Unicode.Scalar]) -> [Range<Int>] {
        let kinds = text.map(kind)
        var words: [Range<Int>] = []
        var start = 0
        while start < text.count {
            let end = wordEnd(text, kinds, start)
            words.append(start..<end)
            start = end
        }
        return words
    }

    static func kind(_ scalar: Unicode.Scalar) -> Kind {
        switch scalar.value {
        case 0x30...0x39: return .number
        case 0x41...0x5a, 0x61...0x7a: return .letter
        case 0x09...0x0d, 0x20: return .space
        case 0..<0x80: return .other
        default: break
        }
        let properties = scalar.properties
        guard let age = properties.age, age.major <= unicodeVersion else { return .other }
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: return .letter
        case .decimalNumber, .letterNumber, .otherNumber: return .number
        default: return properties.isWhitespace ? .space : .other
        }
    }

    private static func wordEnd(_ text: [Unicode.Scalar], _ kinds: [Kind], _ start: Int) -> Int {
        if text[start] == "'", let length = contractionLength(text, start) { return start + length }
        let first = text[start] == " " ? start + 1 : start
        if first < text.count, kinds[first] != .space {
            return runEnd(kinds, from: first)
        }
        let end = runEnd(kinds, from: start)
        // A run of white space leaves its last character to the word after it.
        return end == text.count || end == start + 1 ? end : end - 1
    }

    /// The end of the run of one kind.
    private static func runEnd(_ kinds: [Kind], from start: Int) -> Int {
        var end = start + 1
        while end < kinds.count, kinds[end] == kinds[start] { end += 1 }
        return end
    }

    /// The length of 's, 't, 're, 've, 'm, 'll or 'd, nil for any other continuation.
    private static func contractionLength(_ text: [Unicode.Scalar], _ start: Int) -> Int? {
        guard start + 1 < text.count else { return nil }
        switch text[start + 1] {
        case "s", "t", "m", "d": return 2
        case "r", "v", "l":
            guard start + 2 < text.count else { return nil }
            return text[start + 2] == (text[start + 1] == "l" ? "l" : "e") ? 3 : nil
        default: return nil
        }
    }
}
