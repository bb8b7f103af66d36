// `ausculta trend export`: every window as CSV, JSON or JSON lines, written as it is read.
// CSV: https://www.rfc-editor.org/rfc/rfc4180
import Foundation
import GRDB
import MachineHealth

/// Writes windows in a format other programs read. Holds one page of windows in memory, however long the range.
public struct TrendExporter: Sendable {
    /// The formats.
    public enum Format: String, Sendable, CaseIterable {
        /// RFC 4180 with a heading line; a column per label.
        case csv
        /// One JSON array.
        case json
        /// One JSON object a line.
        case jsonl
    }

    private let reader: TrendLogReader
    private let format: Format

    /// Makes an exporter.
    public init(reader: TrendLogReader, format: Format) {
        self.reader = reader
        self.format = format
    }

    /// Writes the windows of some machines, machine by machine, oldest first.
    ///
    /// - Parameters:
    ///   - machines: ids; empty stands for all.
    ///   - label: only windows with this label on top.
    ///   - write: takes the text, piece by piece.
    /// - Returns: how many windows were written.
    @discardableResult
    public func export(
        machines: [String],
        since: Date? = nil,
        until: Date? = nil,
        label: LabelID? = nil,
        write: (String) throws -> Void
    ) async throws -> Int {
        let names = machines.isEmpty ? try await reader.machines().map(\.machine) : machines
        let labels = format == .csv ? try await reader.scoredLabels(machines: names, since: since, until: until) : []
        switch format {
        case .csv: try write(CSV.line(Self.columns + labels.map { "score:\($0)" }))
        case .json: try write("[")
        case .jsonl: break
        }
        var count = 0
        for name in names {
            try await reader.forEachWindow(machine: name, since: since, until: until, label: label) { window in
                switch format {
                case .csv: try write(CSV.line(Self.cells(window, labels: labels)))
                case .json: try write((count == 0 ? "\n" : ",\n") + Self.json(window))
                case .jsonl: try write(Self.json(window) + "\n")
                }
                count += 1
            }
        }
        if format == .json { try write(count == 0 ? "]\n" : "\n]\n") }
        return count
    }

    private static let columns = [
        "machine", "start", "end", "label", "confidence", "verdict", "quality", "level_dbfs", "missing_fraction",
        "model", "latency_ms", "novelty", "novelty_limit", "is_novel", "trouble",
    ]

    private static func cells(_ window: StoredWindow, labels: [LabelID]) -> [String] {
        [
            window.machine, RFC3339.text(window.start), RFC3339.text(window.end), window.top?.rawValue ?? "",
            window.confidence.map(number) ?? "", window.verdict, window.quality.rawValue, number(window.levelDBFS),
            number(window.missingFraction), window.model, number(window.latencyMS),
            window.novelty.map { number($0.score) } ?? "", window.novelty.map { number($0.limit) } ?? "",
            window.novelty.map { "\($0.isNovel)" } ?? "", window.trouble?.rawValue ?? "",
        ]
            + labels.map { label in
                window.scores.first { $0.label == label }.map { number($0.confidence) } ?? ""
            }
    }

    /// One window as JSON; keys and order as in the contract's window message. Written by hand because an encoder takes
    /// ten times as long, and an export can have millions of these.
    private static func json(_ window: StoredWindow) -> String {
        var text = "{\"machine\":" + JSONString.quoted(window.machine)
        func add(_ key: String, _ value: String) {
            text += ",\"\(key)\":"
            text += value
        }
        let scores = window.scores.map { (score: LabelScore) -> String in
            "\(JSONString.quoted(score.label.rawValue)):\(number(score.confidence))"
        }
        add("start", JSONString.quoted(RFC3339.text(window.start)))
        add("end", JSONString.quoted(RFC3339.text(window.end)))
        add("label", window.top.map { JSONString.quoted($0.rawValue) } ?? "null")
        add("confidence", window.confidence.map(number) ?? "null")
        add("scores", "{" + scores.joined(separator: ",") + "}")
        add("verdict", JSONString.quoted(window.verdict))
        add("quality", JSONString.quoted(window.quality.rawValue))
        add("level_dbfs", number(window.levelDBFS))
        add("missing_fraction", number(window.missingFraction))
        add("model", JSONString.quoted(window.model))
        add("latency_ms", number(window.latencyMS))
        add("novelty", window.novelty.map(json) ?? "null")
        add("trouble", window.trouble.map { JSONString.quoted($0.rawValue) } ?? "null")
        return text + "}"
    }

    /// A novelty as in the window message.
    private static func json(_ novelty: Novelty) -> String {
        "{\"score\":\(number(novelty.score)),\"limit\":\(number(novelty.limit)),\"share\":\(number(novelty.share)),"
            + "\"state\":\(JSONString.quoted(novelty.state)),\"is_novel\":\(novelty.isNovel)}"
    }

    /// Six decimals, as on the wire; no trailing zeros.
    private static func number(_ value: Double) -> String {
        guard value.isFinite else { return "0" }
        return ((value * 1e6).rounded() / 1e6).description
    }
}

/// Comma-separated values.
enum CSV {
    private static let mustBeQuoted = Set(",\"\r\n".utf8)

    /// One record with its CRLF; fields are quoted where RFC 4180 asks for it.
    static func line(_ fields: [String]) -> String {
        fields.map { field in
            let special = field.utf8.contains { mustBeQuoted.contains($0) }
            return special ? "\"\(field.replacing("\"", with: "\"\""))\"" : field
        }.joined(separator: ",") + "\r\n"
    }
}

/// JSON strings.
enum JSONString {
    /// The text in quotation marks, with what JSON forbids escaped.
    static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

extension TrendLogReader {
    /// Every label some machines were scored with in a range, in vocabulary order.
    public func scoredLabels(machines: [String], since: Date? = nil, until: Date? = nil) async throws -> [LabelID] {
        try await read { db in
            var labels: [LabelID] = []
            let vocabularies = try Vocabularies.fetch(db)
            for machine in machines {
                // Hourly sums tell which vocabularies were used without touching the windows.
                let used = try Int64.fetchAll(
                    db,
                    sql: """
                        SELECT DISTINCT vocabulary_id FROM summaries WHERE machine_id = ? AND resolution_s = ?
                            AND bucket_ms >= ? AND bucket_ms < ? ORDER BY vocabulary_id
                        """,
                    arguments: [
                        try machineID(db, machine), SummaryResolution.hour.rawValue,
                        since.map { SummaryResolution.hour.bucketStart(of: $0.millisecondsSince1970) } ?? .min,
                        until?.millisecondsSince1970 ?? .max,
                    ]
                )
                for label in used.flatMap({ vocabularies[$0] ?? [] }) where !labels.contains(label) {
                    labels.append(label)
                }
            }
            return labels
        }
    }
}
