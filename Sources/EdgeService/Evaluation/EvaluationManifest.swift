// A labelled set of recordings as a CSV file: one row a recording, columns found by their names.
import Foundation

/// A manifest that cannot be used, with its line.
public struct EvaluationManifestError: Error, Sendable, CustomStringConvertible {
    /// The file.
    public let path: String
    /// The line, counted from 1; 0 for the file as a whole.
    public let line: Int
    /// What was found, what was expected.
    public let problem: String

    public var description: String { "\(path)\(line > 0 ? ":\(line)" : ""): \(problem)" }
}

/// Labelled recordings.
public struct EvaluationManifest: Sendable {
    /// One recording.
    public struct Row: Sendable {
        /// Path, absolute or relative to the working folder.
        public let file: String
        /// What it really is.
        public let label: String
    }

    /// The recordings, in the file's order.
    public let rows: [Row]

    /// The labels that occur, in the order of their first row.
    public var labels: [String] {
        var seen = Set<String>()
        return rows.map(\.label).filter { seen.insert($0).inserted }
    }

    /// Reads a CSV file with the columns `file` and `label`; others are ignored. Paths are relative to the CSV's folder.
    public init(contentsOf path: String) throws {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw EvaluationManifestError(path: path, line: 0, problem: "cannot be read as UTF-8 text")
        }
        try self.init(text, path: path)
    }

    init(_ text: String, path: String) throws {
        let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }.map(Self.fields)
        guard let header = lines.first, let fileColumn = header.firstIndex(of: "file"),
            let labelColumn = header.firstIndex(of: "label")
        else {
            throw EvaluationManifestError(
                path: path,
                line: 1,
                problem: "the first line names the columns and needs file and label, as in file,machine,condition,label"
            )
        }
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        var rows: [Row] = []
        for (index, fields) in lines.enumerated().dropFirst() where fields != [""] {
            guard fields.count > max(fileColumn, labelColumn), !fields[fileColumn].isEmpty, !fields[labelColumn].isEmpty
            else {
                throw EvaluationManifestError(
                    path: path,
                    line: index + 1,
                    problem: "found \(fields.count) columns, expected a file and a label as the first line says"
                )
            }
            let file = URL(fileURLWithPath: fields[fileColumn], relativeTo: folder).path
            rows.append(Row(file: file, label: fields[labelColumn]))
        }
        guard !rows.isEmpty else {
            throw EvaluationManifestError(path: path, line: 0, problem: "has no rows below its first line")
        }
        self.rows = rows
    }

    /// Splits a line at commas outside quotes; doubled quotes stand for one (RFC 4180, without line breaks in fields).
    static func fields(_ line: Substring) -> [String] {
        var fields = [""]
        var isQuoted = false
        var previous: Character?
        for character in line {
            if character == "\"" {
                if isQuoted == false, previous == "\"" { fields[fields.count - 1].append("\"") }
                isQuoted.toggle()
            } else if character == ",", !isQuoted {
                fields.append("")
            } else {
                fields[fields.count - 1].append(character)
            }
            previous = character
        }
        return fields.map { $0.trimmingCharacters(in: .whitespaces) }
    }
}
