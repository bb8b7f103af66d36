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
    public struct Row: Sendable, Hashable {
        /// Path, absolute or relative to the working folder.
        public let file: String
        /// What it really is; the condition where the manifest has no label for it.
        public let label: String
        /// Whether that is normal; from the label where the manifest does not say.
        public let condition: RecordingCondition
        /// Whose sound it is; nil where the manifest does not say.
        public let machine: String?
        /// Machines of one profile share their labels; empty where the manifest names none.
        public let profile: String
        /// When it was recorded, in seconds from any one moment; nil where the manifest does not say.
        public let timeSeconds: Double?
    }

    /// The recordings, in the file's order.
    public let rows: [Row]

    /// The labels that occur, in the order of their first row.
    public var labels: [String] { Self.distinct(rows.map(\.label)) }

    /// The machines that occur, in the order of their first row.
    public var machines: [String] { Self.distinct(rows.compactMap(\.machine)) }

    /// Whether every recording has its time.
    public var hasTimes: Bool { rows.allSatisfy { $0.timeSeconds != nil } }

    /// The labels that machines of one profile can have, in the order of their first row.
    public func labels(profile: String) -> [String] {
        Self.distinct(rows.filter { $0.profile == profile }.map(\.label))
    }

    /// Reads a CSV file with the columns `file` and `label` or `condition`, and where they are there `machine`, `profile`
    /// (or `kind`) and `time`; others are ignored. Paths are relative to the CSV's folder.
    public init(contentsOf path: String) throws {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw EvaluationManifestError(path: path, line: 0, problem: "cannot be read as UTF-8 text")
        }
        try self.init(text, path: path)
    }

    init(_ text: String, path: String) throws {
        // A spreadsheet may put a byte order mark before the first name.
        let lines = text.drop { $0 == "\u{FEFF}" }
            .split(omittingEmptySubsequences: false) { $0.isNewline }.map(Self.fields)
        guard let header = lines.first, let columns = Columns(header) else {
            throw EvaluationManifestError(
                path: path,
                line: 1,
                problem: "the first line names the columns and needs file and label (or condition), as in "
                    + "file,machine,condition,label"
            )
        }
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        var rows: [Row] = []
        for (index, fields) in lines.enumerated().dropFirst() where fields != [""] {
            do throws(Columns.Problem) {
                rows.append(try columns.row(fields, folder: folder))
            } catch {
                throw EvaluationManifestError(path: path, line: index + 1, problem: error.text)
            }
        }
        guard !rows.isEmpty else {
            throw EvaluationManifestError(path: path, line: 0, problem: "has no rows below its first line")
        }
        self.rows = rows
    }

    private static func distinct(_ names: [String]) -> [String] {
        var seen = Set<String>()
        return names.filter { seen.insert($0).inserted }
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

/// Where the columns of a manifest lie.
private struct Columns {
    struct Problem: Error {
        let text: String
    }

    private let width: Int
    private let file: Int
    private let label: Int?
    private let condition: Int?
    private let machine: Int?
    private let profile: Int?
    private let time: Int?

    /// Nil without `file`, or without both of `label` and `condition`.
    init?(_ header: [String]) {
        let names = header.map { $0.lowercased() }
        guard let file = names.firstIndex(of: "file") else { return nil }
        self.file = file
        label = names.firstIndex(of: "label")
        condition = names.firstIndex(of: "condition")
        machine = names.firstIndex(of: "machine")
        profile = names.firstIndex(of: "profile") ?? names.firstIndex(of: "kind")
        time = names.firstIndex(of: "time")
        guard label != nil || condition != nil else { return nil }
        width = [file, label, condition, machine, profile, time].compactMap { $0 }.reduce(0, max) + 1
    }

    func row(_ fields: [String], folder: URL) throws(Problem) -> EvaluationManifest.Row {
        let label = label.map { fields.count > $0 ? fields[$0] : "" } ?? ""
        let condition = condition.map { fields.count > $0 ? fields[$0] : "" } ?? ""
        guard fields.count >= width, !fields[file].isEmpty, !(label.isEmpty && condition.isEmpty) else {
            throw Problem(
                text: "found \(fields.count) columns, expected a file and a label or condition as the first line says"
            )
        }
        let machine = machine.map { fields[$0] } ?? ""
        return EvaluationManifest.Row(
            file: URL(fileURLWithPath: fields[file], relativeTo: folder).path,
            label: label.isEmpty ? condition : label,
            condition: RecordingCondition(word: condition.isEmpty ? label : condition),
            machine: machine.isEmpty ? nil : machine,
            profile: profile.map { fields[$0] } ?? "",
            timeSeconds: try time.map { column throws(Problem) in try Self.seconds(fields[column]) } ?? nil
        )
    }

    /// A number of seconds or an ISO 8601 moment; nil for an empty cell.
    private static func seconds(_ text: String) throws(Problem) -> Double? {
        guard !text.isEmpty else { return nil }
        if let seconds = Double(text), seconds.isFinite { return seconds }
        let styles = [
            Date.ISO8601FormatStyle(), Date.ISO8601FormatStyle(includingFractionalSeconds: true),
            Date.ISO8601FormatStyle().year().month().day().time(includingFractionalSeconds: false),
        ]
        for style in styles {
            if let date = try? style.parse(text) { return date.timeIntervalSinceReferenceDate }
        }
        throw Problem(text: "time \"\(text)\": expected seconds or ISO 8601, such as 2026-03-01T08:00:00Z")
    }
}
