// Plain tables for the terminal: columns aligned by what they take on screen, the last ones cut where the line ends.

/// A table of texts.
struct TextTable {
    /// How a column stands.
    enum Alignment {
        case left
        case right
    }

    private let headings: [String]
    private let alignments: [Alignment]
    private var rows: [[String]] = []

    init(_ columns: [(heading: String, alignment: Alignment)]) {
        headings = columns.map(\.heading)
        alignments = columns.map(\.alignment)
    }

    mutating func add(_ row: [String]) { rows.append(row.map(\.singleLine)) }

    /// Lines without trailing spaces, none wider than `width`.
    ///
    /// - Parameter flexible: the column that gives way first where the line is too long.
    func lines(width: Int, flexible: Int? = nil) -> [String] {
        var widths = headings.indices.map { column in
            ([headings] + rows).map { column < $0.count ? $0[column].displayWidth : 0 }.max() ?? 0
        }
        let total = widths.reduce(0, +) + 2 * (widths.count - 1)
        if total > width, let flexible, widths.indices.contains(flexible) {
            widths[flexible] = max(12, headings[flexible].displayWidth, widths[flexible] - (total - width))
        }
        return ([headings] + rows).map { row in
            let cells = row.enumerated().map { column, text in
                let cell = text.truncated(to: widths[column])
                return alignments[column] == .left
                    ? cell.padded(to: widths[column]) : cell.paddedLeft(to: widths[column])
            }
            return cells.joined(separator: "  ").trimmingTrailingSpaces.truncated(to: width)
        }
    }
}

extension String {
    var trimmingTrailingSpaces: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
