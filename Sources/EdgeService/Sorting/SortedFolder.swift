// The folder `classify --sort-into` fills: one folder a label, `review` for the rest, and the journal.
import Foundation

/// Why sorting cannot begin or go on.
public struct SortingError: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}

/// Sorts classified files into folders, and knows after an interruption what was done.
///
/// A file's line is in the journal before the file is copied; a run that ends in between is made good by the next one.
/// Nothing is ever overwritten: a name that is taken gets a number. One run at a time.
public final class SortedFolder {
    /// Where files go whose verdict is open.
    public static let reviewFolder = "review"
    /// The journal's name.
    public static let journalName = "tags.csv"
    private static let settingsName = ".ausculta-sort.json"

    private struct Settings: Codable, Equatable {
        var model: String
        var labels: [String]
        var threshold: Double
        var window: Double
        var hop: Double
        var denoise: Bool

        /// What differs, in words.
        func differences(from other: Settings) -> [String] {
            var found: [String] = []
            func note(_ name: String, _ old: String, _ new: String) {
                if old != new { found.append("\(name) was \(old) and is \(new)") }
            }
            note("the model", other.model, model)
            note("--labels", other.labels.joined(separator: ","), labels.joined(separator: ","))
            note("--threshold", "\(other.threshold)", "\(threshold)")
            note("--window", "\(other.window)", "\(window)")
            note("--hop", "\(other.hop)", "\(hop)")
            note("--denoise", other.denoise ? "on" : "off", denoise ? "on" : "off")
            return found
        }
    }

    /// The folder.
    public let folder: URL
    private let labels: [String]
    private let names: [String]
    private let placement: FilePlacement
    private let journal: TagJournal
    private let lock: Int32
    private var done: Set<String>

    /// Opens the folder, makes it where it is absent, and finishes what an earlier run left half done.
    ///
    /// - Throws: ``SortingError`` where another run is at work there, or one with other settings was.
    public init(
        _ path: String,
        model: String,
        labels: [String],
        options: ClassificationOptions,
        placement: FilePlacement
    ) throws(SortingError) {
        folder = URL(fileURLWithPath: path, isDirectory: true)
        self.labels = labels
        self.placement = placement
        names = FolderName.all(labels, taken: [Self.reviewFolder, Self.journalName])
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw SortingError("\(path) cannot be made: \(error.localizedDescription)")
        }
        let settings = Settings(
            model: model,
            labels: labels,
            threshold: options.threshold,
            window: options.windowSeconds,
            hop: options.hopSeconds,
            denoise: options.denoises
        )
        lock = try Self.lock(folder.appendingPathComponent(Self.settingsName), settings: settings, folder: path)
        do {
            journal = try TagJournal(folder.appendingPathComponent(Self.journalName), labels: labels)
        } catch {
            close(lock)
            throw error
        }
        done = Set(journal.rows.map(\.file))
        try finishEarlierRun()
    }

    deinit { close(lock) }

    /// Files told in the journal by now, by this run and earlier ones.
    public var rows: [TagRow] { journal.rows }

    /// How many files lie in each label's folder, in the labels' order, and how many in `review`.
    public var counts: (labels: [Int], review: Int) {
        let folders = journal.rows.map { ($0.sorted as NSString).deletingLastPathComponent }
        return (names.map { name in folders.count { $0 == name } }, folders.count { $0 == Self.reviewFolder })
    }

    /// Whether an earlier run sorted this file.
    public func isDone(_ file: String) -> Bool { done.contains(file) }

    /// Whether a file lies in this folder: what was sorted is not sorted again.
    public func contains(_ file: String) -> Bool {
        let inside = folder.resolvingSymlinksInPath().path
        return URL(fileURLWithPath: file).resolvingSymlinksInPath().path.hasPrefix(inside + "/")
    }

    /// Writes a file's line and puts the file where it belongs.
    @discardableResult
    public func add(_ result: FileClassification) throws(SortingError) -> TagRow {
        let fused = result.fused
        let place = fused.isDetermined ? names[fused.top] : Self.reviewFolder
        try makeFolder(place)
        let row = TagRow(
            file: result.file,
            label: labels[fused.top],
            confidence: Double(fused.confidence),
            verdict: fused.isDetermined ? labels[fused.top] : "undetermined",
            sorted: "\(place)/\(freeName((result.file as NSString).lastPathComponent, in: place))",
            problem: "",
            scores: fused.probabilities.map(Double.init)
        )
        try journal.append(row)
        done.insert(row.file)
        try placement.place(row.file, at: path(row.sorted))
        return row
    }

    /// Writes down a file that could not be read; the next run tries it again.
    public func addUnreadable(_ file: String, problem: String) throws(SortingError) {
        try journal.append(
            TagRow(
                file: file,
                label: "",
                confidence: 0,
                verdict: "unreadable",
                sorted: "",
                problem: problem,
                scores: []
            )
        )
    }

    // MARK: - Parts

    private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    private func makeFolder(_ name: String) throws(SortingError) {
        do {
            try FileManager.default.createDirectory(atPath: path(name), withIntermediateDirectories: true)
        } catch {
            throw SortingError("\(path(name)) cannot be made: \(error.localizedDescription)")
        }
    }

    /// The file's own name, with a number before its ending where that is taken.
    private func freeName(_ name: String, in place: String) -> String {
        let (base, ending) = ((name as NSString).deletingPathExtension, (name as NSString).pathExtension)
        var candidate = name
        var number = 2
        var status = stat()
        while lstat(path("\(place)/\(candidate)"), &status) == 0 {
            candidate = "\(base)-\(number)" + (ending.isEmpty ? "" : ".\(ending)")
            number += 1
        }
        return candidate
    }

    /// Copies cut short are taken away; files whose line was written and nothing more are put in their place.
    private func finishEarlierRun() throws(SortingError) {
        for place in names + [Self.reviewFolder] {
            for name in (try? FileManager.default.contentsOfDirectory(atPath: path(place))) ?? []
            where name.hasPrefix(FilePlacement.unfinishedPrefix) {
                unlink(path("\(place)/\(name)"))
            }
        }
        for row in journal.rows where !row.sorted.isEmpty {
            var status = stat()
            guard lstat(path(row.sorted), &status) != 0, access(row.file, R_OK) == 0 else { continue }
            try makeFolder((row.sorted as NSString).deletingLastPathComponent)
            try placement.place(row.file, at: path(row.sorted))
        }
    }

    /// Holds the settings file for as long as this run lasts, and checks that it says the same.
    private static func lock(_ url: URL, settings: Settings, folder: String) throws(SortingError) -> Int32 {
        let descriptor = open(url.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw SortingError("\(folder) cannot be written: \(String(cString: strerror(errno)))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw SortingError("another run sorts into \(folder); wait for it, or name another folder")
        }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
        do {
            let data = try handle.readToEnd() ?? Data()
            if let before = try? JSONDecoder().decode(Settings.self, from: data) {
                guard before == settings else {
                    throw SortingError(
                        "\(folder) was sorted otherwise: \(settings.differences(from: before).joined(separator: "; ")). "
                            + "Give the same settings to go on, or another folder"
                    )
                }
            } else {
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
                try handle.truncate(atOffset: 0)
                try handle.write(contentsOf: try encoder.encode(settings) + Data("\n".utf8))
            }
            return descriptor
        } catch {
            close(descriptor)
            throw (error as? SortingError) ?? SortingError("\(url.path): \(error.localizedDescription)")
        }
    }
}
