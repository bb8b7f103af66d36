// From a file's bytes to a YAML tree with marks; what is not YAML at all is said here.
// YAML 1.1: https://yaml.org/spec/1.1/
import Foundation
import Yams

struct ConfigurationText {
    /// The largest file read; a configuration is text a person wrote.
    static let maximumBytes = 1 << 20

    /// The root of the tree, or nil after reporting why there is none.
    static func root(of data: Data, problems: ProblemList) -> Node? {
        let start = ConfigurationPlace(line: 1, column: 1, path: "")
        guard data.count <= maximumBytes else {
            problems.add(
                start,
                "the file has \(data.count) bytes; a configuration may have \(maximumBytes). Is it one?"
            )
            return nil
        }
        if data.starts(with: [0xFE, 0xFF]) || data.starts(with: [0xFF, 0xFE]) {
            problems.add(start, "the file is UTF-16 text; save it as UTF-8")
            return nil
        }
        let bytes = data.starts(with: [0xEF, 0xBB, 0xBF]) ? data.dropFirst(3) : data
        guard let text = String(validating: bytes, as: UTF8.self) else {
            problems.add(invalidByte(in: bytes), "the file is not UTF-8 text from here on; save it as UTF-8")
            return nil
        }
        return compose(text, problems: problems)
    }

    /// Parses a text. A key given twice is reported and renamed in the parser's copy, so that reading goes on and
    /// everything else wrong is found too.
    ///
    /// Scalars stay text, whose meaning the reader of each setting knows: Yams would tell numbers from words with regular
    /// expressions, which bring megabytes of Unicode tables into a process that runs for months.
    private static func compose(_ text: String, problems: ProblemList) -> Node? {
        var text = text
        for _ in 0..<50 {
            do {
                guard let root = try Yams.compose(yaml: text, .basic) else { return nothing(problems) }
                if case .scalar(let scalar) = root, scalar.string.isEmpty { return nothing(problems) }
                return root
            } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
                let key = keys.first ?? ""
                problems.add(
                    place(context.mark, path: key),
                    "this key stands twice in the same section; keep one of them"
                )
                guard let renamed = rename(key, at: context.mark, in: text) else { return nil }
                text = renamed
            } catch {
                report(error, text: text, problems: problems)
                return nil
            }
        }
        return nil
    }

    /// Marks keys of which a second one follows; never part of a real key.
    static let repeatedKeyMark: Unicode.Scalar = "\u{E000}"

    private static func nothing(_ problems: ProblemList) -> Node? {
        problems.add(
            ConfigurationPlace(line: 1, column: 1, path: ""),
            "the file is empty; start from Deploy/examples/ausculta.yaml"
        )
        return nil
    }

    private static func rename(_ key: String, at mark: Mark, in text: String) -> String? {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { Array($0.unicodeScalars) }
        let scalars = Array(key.unicodeScalars)
        guard lines.indices.contains(mark.line - 1), !scalars.isEmpty else { return nil }
        var line = lines[mark.line - 1]
        var column = mark.column - 1
        if line.indices.contains(column), line[column] == "\"" || line[column] == "'" { column += 1 }
        let end = column + scalars.count
        guard column >= 0, end <= line.count, Array(line[column..<end]) == scalars else { return nil }
        line[end - 1] = repeatedKeyMark
        lines[mark.line - 1] = line
        var result = String.UnicodeScalarView()
        for (index, line) in lines.enumerated() {
            if index > 0 { result.append("\n") }
            result.append(contentsOf: line)
        }
        return String(result)
    }

    private static func report(_ error: any Error, text: String, problems: ProblemList) {
        switch error {
        case YamlError.scanner(let context, let problem, let mark, _),
            YamlError.parser(let context, let problem, let mark, _),
            YamlError.composer(let context, let problem, let mark, _):
            let during =
                context.map { " (\($0.text.trimmingCharacters(in: .whitespaces)), line \($0.mark.line))" } ?? ""
            problems.add(place(mark, path: ""), "this is not valid YAML: \(problem)\(during); \(advice(mark, text))")
        case YamlError.reader(let problem, let offset, _, _):
            let before = text.prefix(offset ?? 0)
            let line = before.count { $0.isNewline } + 1
            let column = (before.split(omittingEmptySubsequences: false) { $0.isNewline }.last?.count ?? 0) + 1
            problems.add(
                ConfigurationPlace(line: line, column: column, path: ""),
                "this is not valid YAML: \(problem); remove the control character"
            )
        default:
            problems.add(ConfigurationPlace(line: 1, column: 1, path: ""), "the file cannot be read as YAML: \(error)")
        }
    }

    private static func advice(_ mark: Mark, _ text: String) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let here = lines.indices.contains(mark.line - 1) ? lines[mark.line - 1] : ""
        if here.prefix(while: \.isWhitespace).contains("\t") { return "indent with spaces, not with tabs" }
        if here.contains("\t") { return "use spaces instead of tabs" }
        return "check indentation, quotes, brackets and colons on this line and the one before"
    }

    private static func invalidByte(in data: Data) -> ConfigurationPlace {
        var line = 1
        for lineBytes in data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            if String(validating: lineBytes, as: UTF8.self) == nil { break }
            line += 1
        }
        return ConfigurationPlace(line: line, column: 1, path: "")
    }

    static func place(_ mark: Mark?, path: String) -> ConfigurationPlace {
        ConfigurationPlace(line: max(1, mark?.line ?? 1), column: max(1, mark?.column ?? 1), path: path)
    }
}
