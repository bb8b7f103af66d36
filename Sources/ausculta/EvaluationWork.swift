// The work of `ausculta evaluate`: every recording through the labels, then the machines through the comparison.
import ArgumentParser
import AudioFeatures
import EdgeService
import Foundation

/// What was found.
struct EvaluationFindings: Sendable {
    var model: String
    var phrases: [String: String]
    var unreadable: [String]
    /// Labels alone; a second one after spectral gating.
    var reports: [EvaluationReport]
    var comparison: ComparisonReport?
    /// Why there is no comparison.
    var whyNotCompared = ""
}

/// All that is measured on one manifest.
struct EvaluationWork {
    let set: EvaluationManifest
    let model: SoundModel
    let configuration: ServiceConfiguration?
    let phrases: [String]
    let threshold: Double
    let denoises: Bool
    let arguments: ComparisonArguments

    /// - Throws: `CancellationError` after Ctrl-C, between two recordings or steps.
    func run() throws -> EvaluationFindings {
        let prompts = try prompts()
        var findings = EvaluationFindings(
            model: model.name,
            phrases: prompts.mapValues { $0.joined(separator: "; ") },
            unreadable: [],
            reports: []
        )
        let durations = try judgeLabels(prompts, into: &findings)
        guard !arguments.labelsOnly else { return findings }
        let comparison = MachineComparison(set, options: try arguments.options(configuration))
        guard !comparison.machines.isEmpty else {
            findings.whyNotCompared =
                set.machines.isEmpty
                ? "ways of judging are compared where the manifest has a column machine; see --help"
                : "no machine to compare ways of judging on: "
                    + comparison.leftOut.prefix(3).map { "\($0.machine) has \($0.reason)" }.joined(separator: "; ")
                    + (comparison.leftOut.count > 3 ? "; and \(comparison.leftOut.count - 3) more" : "")
            return findings
        }
        try compare(comparison, prompts: prompts, durations: durations, into: &findings)
        return findings
    }

    /// Every recording through the labels alone; gives the recordings' lengths.
    private func judgeLabels(
        _ prompts: [String: [String]],
        into findings: inout EvaluationFindings
    ) throws -> [Double] {
        let labels = set.labels
        // Both ways file by file: what cannot be read is told once.
        let classifiers = try (denoises ? [false, true] : [false]).map { denoises in
            try FileClassifier(
                model: model,
                prompts: labels.map { prompts[$0] ?? [$0] },
                options: ClassificationOptions(threshold: threshold, denoises: denoises)
            )
        }
        var outcomes = classifiers.map { _ in [EvaluationOutcome]() }
        var durations: [Double] = []
        var line = ProgressLine()
        defer { line.clear() }
        let start = ContinuousClock.now
        for (index, row) in set.rows.enumerated() {
            try Task.checkCancellation()
            let left = ProgressLine.remaining(done: index, of: set.rows.count, since: start)
            line.draw("labels \(index + 1)/\(set.rows.count)\(left)")
            guard let truth = labels.firstIndex(of: row.label) else { continue }
            do {
                let results = try classifiers.map { classifier in
                    try classifier.classify(row.file) { _ in try Task.checkCancellation() }
                }
                durations += results.prefix(1).map(\.durationSeconds)
                for (number, result) in results.enumerated() {
                    outcomes[number].append(
                        EvaluationOutcome(truth: truth, probabilities: result.fused.probabilities.map(Double.init))
                    )
                }
            } catch let error as CancellationError {
                throw error
            } catch {
                line.clear()
                Console.remark("\(error)")
                findings.unreadable.append(row.file)
            }
        }
        findings.reports = outcomes.map { EvaluationReport($0, labels: labels, threshold: threshold) }
        return durations
    }

    private func compare(
        _ comparison: MachineComparison,
        prompts: [String: [String]],
        durations: [Double],
        into findings: inout EvaluationFindings
    ) throws {
        var line = ProgressLine()
        defer { line.clear() }
        let features = try arguments.features.map { try FeatureFile(path: $0) }
        if let features { comparison.onHeard = { try features.write($0) } }
        let known = Set(findings.unreadable)
        var alsoUnreadable: [String] = []
        var start = ContinuousClock.now
        findings.comparison = try comparison.run(
            model: model,
            prompts: prompts,
            windows: arguments.windows(durationsSeconds: durations),
            unreadable: { file, error in
                guard !known.contains(file) else { return }
                line.clear()
                Console.remark("\(error)")
                alsoUnreadable.append(file)
            },
            progress: { step in
                try Task.checkCancellation()
                let (name, done, total): (String, Int, Int) =
                    switch step {
                    case .hearing(let done, let total): ("machines' recordings", done, total)
                    case .judging(let done, let total): ("machines", done, total)
                    case .resampling(let done, let total): ("resamples", done, total)
                    }
                if done == 0 { start = .now }
                line.draw("\(name) \(done)/\(total)\(ProgressLine.remaining(done: done, of: total, since: start))")
            }
        )
        findings.unreadable += alsoUnreadable
        try features?.finish()
        if findings.comparison == nil {
            findings.whyNotCompared =
                "no machine to compare ways of judging on: "
                + comparison.leftOut.prefix(3).map { "\($0.machine) has \($0.reason)" }.joined(separator: "; ")
        }
    }

    /// The phrases of each label: those given, else the configuration's, else the label itself.
    private func prompts() throws -> [String: [String]] {
        let labels = set.labels
        var prompts = Dictionary(
            uniqueKeysWithValues: labels.map { ($0, [$0.replacingOccurrences(of: "-", with: " ")]) }
        )
        for vocabulary in (configuration?.vocabularies ?? [:]).sorted(by: { $0.key > $1.key }).map(\.value) {
            for label in vocabulary.labels where prompts[label.id.rawValue] != nil {
                prompts[label.id.rawValue] = label.prompts
            }
        }
        for text in phrases {
            let parts = text.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            guard parts.count == 2, labels.contains(parts[0]) else {
                throw ValidationError(
                    "--phrase '\(text)': expected LABEL=PHRASE with a label of \(labels.joined(separator: ", "))"
                )
            }
            prompts[parts[0]] = [parts[1]]
        }
        return prompts
    }
}

/// Windows as JSON lines; the file appears when all are there.
private final class FeatureFile {
    private let path: URL
    private let encoder = JSONEncoder()
    private var data = Data()

    init(path: String) throws {
        self.path = URL(fileURLWithPath: path)
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    }

    func write(_ lines: [HeardWindowLine]) throws {
        for line in lines {
            data.append(try encoder.encode(line))
            data.append(UInt8(ascii: "\n"))
        }
    }

    func finish() throws { try data.write(to: path, options: .atomic) }
}
