// How many terminal columns a text takes: Chinese characters take two, combining marks none.
// Unicode Standard Annex #11, East Asian Width: https://www.unicode.org/reports/tr11/

extension Character {
    /// Columns on a terminal: 0, 1 or 2.
    var displayWidth: Int {
        guard let first = unicodeScalars.first else { return 0 }
        // VS16 asks for the picture form of a character, which terminals draw two columns wide.
        if unicodeScalars.count > 1, unicodeScalars.contains(where: { $0.value == 0xFE0F }) { return 2 }
        return first.displayWidth
    }
}

extension Unicode.Scalar {
    /// Wide and Fullwidth ranges of UAX #11, adjoining blocks joined across unassigned code points.
    private static let wideRanges: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x231A...0x231B, 0x2329...0x232A, 0x23E9...0x23EC, 0x23F0...0x23F0, 0x23F3...0x23F3,
        0x25FD...0x25FE, 0x2614...0x2615, 0x2648...0x2653, 0x267F...0x267F, 0x2693...0x2693, 0x26A1...0x26A1,
        0x26AA...0x26AB, 0x26BD...0x26BE, 0x26C4...0x26C5, 0x26CE...0x26CE, 0x26D4...0x26D4, 0x26EA...0x26EA,
        0x26F2...0x26F3, 0x26F5...0x26F5, 0x26FA...0x26FA, 0x26FD...0x26FD, 0x2705...0x2705, 0x270A...0x270B,
        0x2728...0x2728, 0x274C...0x274C, 0x274E...0x274E, 0x2753...0x2755, 0x2757...0x2757, 0x2795...0x2797,
        0x27B0...0x27B0, 0x27BF...0x27BF, 0x2B1B...0x2B1C, 0x2B50...0x2B50, 0x2B55...0x2B55, 0x2E80...0x303E,
        0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF,
        0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF,
        0x1F004...0x1F004, 0x1F0CF...0x1F0CF, 0x1F18E...0x1F18E, 0x1F191...0x1F19A, 0x1F200...0x1F320,
        0x1F32D...0x1F335, 0x1F337...0x1F37C, 0x1F37E...0x1F393, 0x1F3A0...0x1F3CA, 0x1F3CF...0x1F3D3,
        0x1F3E0...0x1F3F0, 0x1F3F4...0x1F3F4, 0x1F3F8...0x1F43E, 0x1F440...0x1F440, 0x1F442...0x1F4FC,
        0x1F4FF...0x1F53D, 0x1F54B...0x1F54E, 0x1F550...0x1F567, 0x1F57A...0x1F57A, 0x1F595...0x1F596,
        0x1F5A4...0x1F5A4, 0x1F5FB...0x1F64F, 0x1F680...0x1F6C5, 0x1F6CC...0x1F6CC, 0x1F6D0...0x1F6D2,
        0x1F6D5...0x1F6DF, 0x1F6EB...0x1F6EC, 0x1F6F4...0x1F6FC, 0x1F7E0...0x1F7F0, 0x1F90C...0x1F93A,
        0x1F93C...0x1F945, 0x1F947...0x1FAFF, 0x20000...0x3FFFD,
    ]

    fileprivate var displayWidth: Int {
        switch properties.generalCategory {
        case .control, .format, .nonspacingMark, .enclosingMark, .lineSeparator, .paragraphSeparator: return 0
        default: break
        }
        guard value >= 0x1100 else { return 1 }
        // Medial vowels and final consonants of Hangul join the syllable before them.
        if (0x1160...0x11FF).contains(value) { return 0 }
        var range = Self.wideRanges[...]
        while !range.isEmpty {
            let middle = range.startIndex + range.count / 2
            if range[middle].contains(value) { return 2 }
            range = value < range[middle].lowerBound ? range[..<middle] : range[(middle + 1)...]
        }
        return 1
    }
}

extension StringProtocol {
    /// Columns on a terminal.
    public var displayWidth: Int { reduce(0) { $0 + $1.displayWidth } }

    /// The text filled with spaces to a number of columns.
    func padded(to width: Int) -> String {
        self + String(repeating: " ", count: Swift.max(0, width - displayWidth))
    }

    /// The text with spaces before it, to a number of columns.
    func paddedLeft(to width: Int) -> String {
        String(repeating: " ", count: Swift.max(0, width - displayWidth)) + self
    }

    /// The text cut to a number of columns, with "…" where something was cut.
    func truncated(to width: Int) -> String {
        guard displayWidth > width else { return String(self) }
        guard width > 0 else { return "" }
        var text = ""
        var columns = 0
        for character in self {
            guard columns + character.displayWidth < width else { break }
            text.append(character)
            columns += character.displayWidth
        }
        return text + "…"
    }

    /// The text broken into lines no wider than `width`, at spaces where possible; further lines begin with `indent`
    /// spaces.
    func wrapped(to width: Int, indent: Int = 0) -> [String] {
        let margin = String(repeating: " ", count: Swift.min(indent, Swift.max(0, width - 10)))
        var lines: [String] = []
        var line = ""
        var rest = self[...]
        while !rest.isEmpty {
            // The next word with the spaces before it, or a single wide character: a line may end after any of those.
            let word = rest.drop { $0 == " " }
            let length = word.first?.displayWidth == 2 ? 1 : word.prefix { $0 != " " && $0.displayWidth < 2 }.count
            var piece = rest[..<word.index(word.startIndex, offsetBy: length)]
            rest = rest[piece.endIndex...]
            if line.displayWidth + piece.displayWidth > width, !line.allSatisfy({ $0 == " " }) {
                lines.append(line.trimmingTrailingSpaces)
                line = margin
                piece = piece.drop { $0 == " " }
            }
            for character in piece {
                if line.displayWidth + character.displayWidth > width {
                    lines.append(line)
                    line = margin
                }
                line.append(character)
            }
        }
        return lines + [line.trimmingTrailingSpaces]
    }

    /// The text in one line that cannot steer the terminal: control characters become spaces.
    var singleLine: String {
        String(
            String.UnicodeScalarView(
                unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }
            )
        )
    }
}
