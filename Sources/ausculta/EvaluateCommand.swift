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

    @Flag(help: "Print JSON.")
    var json = false

    private struct Document: Encodable {
        var model: String
        var phrases: [String: String]
        var unreadable: [String]
        var report: EvaluationReport
    }

    func run() async throws {
        let set = try EvaluationManifest(contentsOf: manifest)
        let labels = set.labels
        guard labels.count >= 2 else {
            throw ValidationError("\(manifest) has the one label '\(labels.first ?? "")'; expected at least two")
        }
        let phrases = try Self.phrases(labels, given: phrase)
        let loaded = try model.load(arithmetic.precision)
        let classifier = try FileClassifier(
            model: loaded,
            labels: labels.map { phrases[$0] ?? $0 },
            options: ClassificationOptions(threshold: threshold)
        )
        var outcomes: [EvaluationOutcome] = []
        var unreadable: [String] = []
        var line = ProgressLine()
        let start = ContinuousClock.now
        for (index, row) in set.rows.enumerated() {
            line.draw(
                "\(index + 1)/\(set.rows.count)\(ProgressLine.remaining(done: index, of: set.rows.count, since: start))"
            )
            do {
                let result = try classifier.classify(row.file)
                guard let truth = labels.firstIndex(of: row.label) else { continue }
                outcomes.append(
                    EvaluationOutcome(truth: truth, probabilities: result.fused.probabilities.map(Double.init))
                )
            } catch let error as AudioDecodingError {
                line.clear()
                Console.remark("\(error)")
                unreadable.append(row.file)
            }
        }
        line.clear()
        let report = EvaluationReport(outcomes, labels: labels, threshold: threshold)
        if json {
            try Console.json(
                Document(model: loaded.name, phrases: phrases, unreadable: unreadable, report: report),
                pretty: true
            )
        } else {
            show(report, phrases: phrases)
        }
        if !unreadable.isEmpty { throw ExitCode(outcomes.isEmpty ? 2 : 1) }
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

    private func show(_ report: EvaluationReport, phrases: [String: String]) {
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
