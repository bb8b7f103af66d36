// `tags.csv`: what was sorted, one line a file, written as it happens; the next run reads it to go on.
import Foundation

/// One file in the journal.
public struct TagRow: Sendable, Hashable {
    /// Path as given.
    public var file: String
    /// The label on top; empty for a file that could not be read.
    public var label: String
    /// Its probability.
    public var confidence: Double
    /// The label, "undetermined" or "unreadable".
    public var verdict: String
    /// Where it lies, relative to the output folder; empty where it stayed.
    public var sorted: String
    /// Why it could not be read.
    public var problem: String
    /// Probability per label; empty for a file that could not be read.
    public var scores: [Double]

    /// Whether it was heard; a label may be called as it likes, scores tell.
    var isReadable: Bool { !scores.isEmpty }
}

/// The journal: every line is complete on disk before anything is done to the file it speaks of.
final class TagJournal {
    private let url: URL
    private let handle: FileHandle
    private(set) var rows: [TagRow]

    /// Opens the journal of a folder, or begins one. A last line that was cut short is taken off, and so are files that
    /// could not be read: they are tried again.
    ///
    /// - Throws: ``SortingError`` for a journal of other labels, or one that cannot be written.
    init(_ url: URL, labels: [String]) throws(SortingError) {
        self.url = url
        let header = ["file", "label", "confidence", "verdict", "sorted", "problem"] + labels.map { "score:\($0)" }
        var kept: [TagRow] = []
        var old: Data?
        if FileManager.default.fileExists(atPath: url.path) {
            guard let data = try? Data(contentsOf: url) else {
                throw SortingError("\(url.path) cannot be read; check its permissions")
            }
            old = data
            var records = CSVText.records(String(decoding: data, as: UTF8.self))
            if let first = records.first {
                guard first == header else {
                    throw SortingError(
                        "\(url.path) has other columns than this run would write (\(header.joined(separator: ","))); "
                            + "give the same labels, or sort into another folder"
                    )
                }
                records.removeFirst()
            }
            kept = records.compactMap { Self.row($0, labelCount: labels.count) }.filter(\.isReadable)
            var seen = Set<String>()
            kept = kept.filter { seen.insert($0.file).inserted }
        }
        rows = kept
        let text = CSVText.record(header) + kept.map { CSVText.record(Self.fields($0)) }.joined()
        do {
            if Data(text.utf8) != old { try Data(text.utf8).write(to: url, options: .atomic) }
            handle = try FileHandle(forWritingTo: url)
            try handle.seekToEnd()
        } catch {
            throw SortingError("\(url.path) cannot be written: \(error.localizedDescription)")
        }
    }

    /// Adds a line and sees it to the disk.
    func append(_ row: TagRow) throws(SortingError) {
        do {
            try handle.write(contentsOf: Data(CSVText.record(Self.fields(row)).utf8))
            try handle.synchronize()
        } catch {
            throw SortingError("\(url.path) cannot be written: \(error.localizedDescription)")
        }
        rows.append(row)
    }

    private static func fields(_ row: TagRow) -> [String] {
        [
            row.file, row.label, row.isReadable ? number(row.confidence) : "", row.verdict, row.sorted, row.problem,
        ] + row.scores.map(number)
    }

    private static func row(_ fields: [String], labelCount: Int) -> TagRow? {
        guard fields.count >= 6 else { return nil }
        let scores = fields[6...].compactMap(Double.init)
        guard scores.isEmpty || scores.count == labelCount else { return nil }
        return TagRow(
            file: fields[0],
            label: fields[1],
            confidence: Double(fields[2]) ?? 0,
            verdict: fields[3],
            sorted: fields[4],
            problem: fields[5],
            scores: scores
        )
    }

    private static func number(_ value: Double) -> String { String(format: "%.6f", value) }
}
