// `ausculta classify --sort-into`: the loop over files, its progress and its end.
import ArgumentParser
import AudioFeatures
import EdgeService
import Foundation

struct SortingArguments: ParsableArguments {
    @Option(help: ArgumentHelp("Copy files into this folder, one folder a label.", valueName: "dir"))
    var sortInto: String?

    @Flag(help: "Move the files instead of copying them.")
    var move = false

    @Flag(help: "Link the files (hard links) instead of copying them, where the file system can.")
    var link = false

    func validate() throws {
        guard sortInto != nil || !(move || link) else { throw ValidationError("--move and --link go with --sort-into") }
        guard !(move && link) else { throw ValidationError("--move and --link exclude each other") }
    }

    var placement: FilePlacement { move ? .move : link ? .link : .copy }
}

/// Sorts files by their labels; interrupted at any moment, the same command goes on.
struct SortingRun {
    let paths: [String]
    let folder: String
    let labels: [String]
    let model: SoundModel
    let options: ClassificationOptions

    private struct Summary: Encodable {
        var model: String
        var folder: String
        /// Files in each label's folder, of this run and earlier ones.
        var labels: [String: Int]
        var review: Int
        var unreadable: [String]
        /// Sorted by earlier runs.
        var before: Int
        /// Not sorted yet.
        var left: Int
    }

    /// - Throws: `ExitCode` 130 after an interruption, 1 where files could not be read, 2 where none could.
    func run(placement: FilePlacement, json: Bool) async throws {
        let sorted: SortedFolder
        do {
            sorted = try SortedFolder(
                folder,
                model: model.name,
                labels: labels,
                options: options,
                placement: placement
            )
        } catch {
            Console.remark("\(error)")
            throw ExitCode(1)
        }
        let wanted = paths.filter { !sorted.contains($0) }
        let left = wanted.filter { !sorted.isDone($0) }
        let before = wanted.count - left.count
        if before > 0 { Console.remark("\(before) of \(wanted.count) files were sorted before; going on") }
        nonisolated(unsafe) let keeper = sorted
        let outcome = ProgressOutcome()
        let whole: Bool?
        do {
            whole = try await withInterruptCancelling {
                try await sort(left, into: keeper, outcome: outcome)
                return true
            }
        } catch let error as SortingError {
            Console.remark("\(error)\nThe same command goes on where this one stopped.")
            throw ExitCode(1)
        }
        let rest = left.count - outcome.done - outcome.unreadable.count
        show(sorted, outcome: outcome, before: before, left: rest, json: json)
        if whole == nil {
            Console.remark(
                "interrupted with \(rest) of \(wanted.count) files left; nothing is lost. The same command goes on."
            )
            throw ExitCode(130)
        }
        if !outcome.unreadable.isEmpty { throw ExitCode(outcome.done + before == 0 ? 2 : 1) }
    }

    /// Filled by the work, read once that is over.
    private final class ProgressOutcome: @unchecked Sendable {
        var done = 0
        var unreadable: [String] = []
    }

    private func sort(_ files: [String], into sorted: SortedFolder, outcome: ProgressOutcome) async throws {
        guard !files.isEmpty else { return }
        let classifier = try FileClassifier(model: model, labels: labels, options: options)
        var progress = SortingProgress(total: files.count)
        for (index, file) in files.enumerated() {
            // Lets the signal through where there is one processor only.
            await Task.yield()
            try Task.checkCancellation()
            do {
                let result = try classifier.classify(file) { seconds in
                    try Task.checkCancellation()
                    progress.tell(done: index, file: file, seconds: seconds)
                }
                try sorted.add(result)
                outcome.done += 1
            } catch let error as AudioDecodingError {
                progress.clear()
                Console.remark("\(error)")
                try sorted.addUnreadable(file, problem: error.message)
                outcome.unreadable.append(file)
            } catch {
                progress.clear()
                throw error
            }
        }
        progress.clear()
    }

    private func show(_ sorted: SortedFolder, outcome: ProgressOutcome, before: Int, left: Int, json: Bool) {
        let counts = sorted.counts
        if json {
            let summary = Summary(
                model: model.name,
                folder: folder,
                labels: Dictionary(uniqueKeysWithValues: zip(labels, counts.labels)),
                review: counts.review,
                unreadable: outcome.unreadable,
                before: before,
                left: left
            )
            try? Console.json(summary, pretty: Console.isInteractive)
            return
        }
        Console.result("\(folder)")
        for (label, count) in zip(labels, counts.labels) { Console.result("  \(padded(count))  \(label)") }
        Console.result("  \(padded(counts.review))  review (no label reached \(options.threshold))")
        if !outcome.unreadable.isEmpty {
            Console.result("  \(padded(outcome.unreadable.count))  could not be read and stayed where they are:")
            for file in outcome.unreadable.prefix(20) { Console.result("          \(file)") }
            if outcome.unreadable.count > 20 { Console.result("          … all of them in tags.csv") }
        }
    }

    private func padded(_ number: Int) -> String {
        let text = String(number)
        return String(repeating: " ", count: max(0, 6 - text.count)) + text
    }
}

/// How far sorting is: a line drawn over itself on a terminal, else a line every ten seconds.
private struct SortingProgress {
    let total: Int
    private let start = ContinuousClock.now
    private var lastTold = ContinuousClock.now
    private var line = ProgressLine()

    init(total: Int) { self.total = total }

    mutating func tell(done: Int, file: String, seconds: Double) {
        let left = ProgressLine.remaining(done: done, of: total, since: start)
        let count = total
        if Console.isInteractive {
            let name = (file as NSString).lastPathComponent
            line.draw("\(done + 1)/\(count)\(left)  \(name): \(Int(seconds)) s")
        } else if ContinuousClock.now - lastTold > .seconds(10) {
            lastTold = .now
            Console.remark("\(done) of \(count) files sorted\(left)")
        }
    }

    mutating func clear() { line.clear() }
}
