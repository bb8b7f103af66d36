// `ausculta evaluate`: how right a model is on labelled recordings.
import ArgumentParser
import AudioFeatures
import EdgeService
import Foundation

struct EvaluateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Measure a model on labelled recordings.",
        discussion: """
            The manifest is a CSV file whose first line names its columns; file and label are needed, paths are relative to \
            the manifest. A label is its own phrase (hyphens read as blanks) unless --phrase says otherwise.

            Examples:
              ausculta simulate --corpus --individuals 900000-900019 --out corpus/
              ausculta evaluate corpus/manifest.csv
              ausculta evaluate corpus/manifest.csv --phrase bearing-lacking-oil=轴承缺油 --json
            """
    )

    @Argument(help: "The manifest.")
    var manifest: String

    @OptionGroup var model: ModelOptions

    @OptionGroup var arithmetic: PrecisionOptions

    @Option(help: ArgumentHelp("The phrase of a label; may be given several times.", valueName: "label=phrase"))
    var phrase: [String] = []

    @Option(help: "Below this confidence a recording is undetermined.")
    var threshold = 0.70

    @Flag(help: "Measure a second time with steady noise lowered (spectral gating), and show both.")
    var denoise = false

    @Flag(help: "Print JSON.")
    var json = false

    private struct Document: Encodable {
        var model: String
        var phrases: [String: String]
        var unreadable: [String]
        var report: EvaluationReport
        /// The same recordings after spectral gating.
        var denoised: EvaluationReport?
    }

    func run() async throws {
        let set = try EvaluationManifest(contentsOf: manifest)
        let labels = set.labels
        guard labels.count >= 2 else {
            throw ValidationError("\(manifest) has the one label '\(labels.first ?? "")'; expected at least two")
        }
        let phrases = try Self.phrases(labels, given: phrase)
        let loaded = try model.load(arithmetic.precision)
        // Both ways file by file: what cannot be read is told once.
        let classifiers = try (denoise ? [false, true] : [false]).map { denoises in
            try FileClassifier(
                model: loaded,
                labels: labels.map { phrases[$0] ?? $0 },
                options: ClassificationOptions(threshold: threshold, denoises: denoises)
            )
        }
        var outcomes = classifiers.map { _ in [EvaluationOutcome]() }
        var unreadable: [String] = []
        var line = ProgressLine()
        let start = ContinuousClock.now
        for (index, row) in set.rows.enumerated() {
            line.draw(
                "\(index + 1)/\(set.rows.count)\(ProgressLine.remaining(done: index, of: set.rows.count, since: start))"
            )
            do {
                guard let truth = labels.firstIndex(of: row.label) else { continue }
                let results = try classifiers.map { try $0.classify(row.file) }
                for (number, result) in results.enumerated() {
                    outcomes[number].append(
                        EvaluationOutcome(truth: truth, probabilities: result.fused.probabilities.map(Double.init))
                    )
                }
            } catch let error as AudioDecodingError {
                line.clear()
                Console.remark("\(error)")
                unreadable.append(row.file)
            }
        }
        line.clear()
        let reports = outcomes.map { EvaluationReport($0, labels: labels, threshold: threshold) }
        let denoised = reports.count > 1 ? reports[1] : nil
        if json {
            try Console.json(
                Document(
                    model: loaded.name,
                    phrases: phrases,
                    unreadable: unreadable,
                    report: reports[0],
                    denoised: denoised
                ),
                pretty: true
            )
        } else {
            show(reports[0])
            if let denoised {
                Console.result("\nwith --denoise")
                show(denoised)
                showEffect(before: reports[0], after: denoised)
            }
        }
        if !unreadable.isEmpty { throw ExitCode(outcomes[0].isEmpty ? 2 : 1) }
    }

    private func showEffect(before: EvaluationReport, after: EvaluationReport) {
        func signed(_ change: Double) -> String { String(format: "%+.1f", change * 100) }
        let accuracy = signed(after.balancedAccuracy - before.balancedAccuracy)
        let undetermined = signed(after.undetermined - before.undetermined)
        Console.result(
            "\neffect of --denoise: balanced accuracy \(accuracy), undetermined \(undetermined) percentage points"
        )
    }

    private static func phrases(_ labels: [String], given: [String]) throws -> [String: String] {
        var phrases = Dictionary(uniqueKeysWithValues: labels.map { ($0, $0.replacingOccurrences(of: "-", with: " ")) })
        for text in given {
            let parts = text.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            guard parts.count == 2, labels.contains(parts[0]) else {
                throw ValidationError(
                    "--phrase '\(text)': expected LABEL=PHRASE with a label of \(labels.joined(separator: ", "))"
                )
            }
            phrases[parts[0]] = parts[1]
        }
        return phrases
    }

    private func show(_ report: EvaluationReport) {
        func percent(_ share: Double?) -> String {
            let text = share.map { String(format: "%.1f", $0 * 100) } ?? "–"
            return String(repeating: " ", count: max(0, 7 - text.count)) + text
        }
        func count(_ number: Int) -> String {
            let text = String(number)
            return String(repeating: " ", count: max(0, 7 - text.count)) + text
        }
        Console.result(
            """
            \(report.count) recordings
              accuracy            \(percent(report.accuracy)) %
              balanced accuracy   \(percent(report.balancedAccuracy)) %
              undetermined        \(percent(report.undetermined)) %  (below \(threshold))
              right when not      \(percent(report.accuracyWhenDetermined)) %
              calibration error   \(percent(report.calibrationError)) %

            """
        )
        let width = report.labels.map(\.label.count).max() ?? 0
        let blank = String(repeating: " ", count: width)
        let numbers = report.labels.indices.map { count($0 + 1) }.joined()
        Console.result("\(blank)     count recall%  prec.%   AUC%   on top:\(numbers)")
        for (index, label) in report.labels.enumerated() {
            let name = label.label.padding(toLength: width, withPad: " ", startingAt: 0)
            let confusion = report.confusion[index].map(count).joined()
            Console.result(
                "\(name)  \(index + 1)\(count(label.count))\(percent(label.recall)) \(percent(label.precision))"
                    + "\(percent(label.auc))          \(confusion)"
            )
        }
    }
}
