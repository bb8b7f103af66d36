// Tokens that are found in the text itself before it is split into words, such as <mask>.
//
// https://github.com/huggingface/tokenizers/blob/main/tokenizers/src/tokenizer/added_vocabulary.rs

/// One token that is matched as a whole.
struct AddedToken: Sendable, Equatable {
    var content: String
    var id: Int32

    /// Matches only where no word character touches it.
    var isSingleWord = false

    /// Swallows the white space before it.
    var stripsLeft = false

    /// Swallows the white space after it.
    var stripsRight = false

    /// Is looked for after the others.
    var isNormalized = false
}

/// A text's parts: ordinary stretches and added tokens.
enum TextPart: Equatable {
    case text([Unicode.Scalar])
    case token(Int32)
}

/// Finds added tokens, the leftmost and among those the longest first.
struct AddedTokenFinder: Sendable {
    private struct Pattern: Sendable {
        let scalars: [Unicode.Scalar]
        let token: AddedToken
    }

    private let passes: [[Pattern]]  // tokens not normalized first, then the rest

    init(_ tokens: [AddedToken]) {
        let patterns = tokens.filter { !$0.content.isEmpty }
            .map { Pattern(scalars: Array($0.content.unicodeScalars), token: $0) }
            .sorted { $0.scalars.count > $1.scalars.count }
        passes = [
            patterns.filter { !$0.token.isNormalized },
            patterns.filter { $0.token.isNormalized },
        ].filter { !$0.isEmpty }
    }

    func parts(of text: String) -> [TextPart] {
        var parts: [TextPart] = [.text(Array(text.unicodeScalars))]
        for patterns in passes {
            parts = parts.flatMap { part -> [TextPart] in
                guard case .text(let scalars) = part else { return [part] }
                return split(scalars, patterns)
            }
        }
        return parts.filter { $0 != .text([]) }
    }

    private func split(_ text: [Unicode.Scalar], _ patterns: [Pattern]) -> [TextPart] {
        var parts: [TextPart] = []
        var done = 0
        var position = 0
        while position < text.count {
            guard let pattern = patterns.first(where: { text[position...].starts(with: $0.scalars) }) else {
                position += 1
                continue
            }
            let matched = position..<position + pattern.scalars.count
            position = matched.upperBound
            if pattern.token.isSingleWord && touchesWord(text, matched) { continue }
            var (start, end) = (matched.lowerBound, matched.upperBound)
            if pattern.token.stripsLeft {
                while start > done, text[start - 1].properties.isWhitespace { start -= 1 }
            }
            if pattern.token.stripsRight {
                while end < text.count, text[end].properties.isWhitespace { end += 1 }
            }
            start = max(start, done)
            if done < start { parts.append(.text(Array(text[done..<start]))) }
            parts.append(.token(pattern.token.id))
            done = max(done, end)
        }
        if done < text.count { parts.append(.text(Array(text[done...]))) }
        return parts
    }

    private func touchesWord(_ text: [Unicode.Scalar], _ range: Range<Int>) -> Bool {
        func isWord(_ index: Int) -> Bool {
            guard text.indices.contains(index) else { return false }
            let properties = text[index].properties
            switch properties.generalCategory {
            case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation: return true
            default: return properties.isAlphabetic || properties.isJoinControl
            }
        }
        return isWord(range.lowerBound - 1) || isWord(range.upperBound)
    }
}
