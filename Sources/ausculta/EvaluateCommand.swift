// `ausculta evaluate`: how right a model is on labelled recordings, and what enrolment and examples make of it.
import ArgumentParser
import EdgeService
import Foundation

struct EvaluateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Measure labels, enrolment, examples and novelty on labelled recordings.",
        discussion: """
            The manifest is a CSV file whose first line names its columns; paths are relative to the manifest.
              file       a recording
              label      what it is, such as normal or bearing-worn; its own phrase (hyphens read as blanks) unless \
            --phrase or --config says otherwise
              condition  normal, anomalous or other; label and condition stand in for each other. From a label: \
            normal…, healthy…, ok, good, 正常… are normal; other, background, ambient, off, 其他 are neither; all else is \
            anomalous
              machine    whose sound it is: with it, machines that have 2 normal recordings and a faulty one are compared on
              profile    (or kind) machines that share their labels; without it all do
              time       seconds or ISO 8601: earlier recordings teach, later ones test

            What is compared, on the same repeated splits by recording (within one recording never both): RMS level, \
            nearest neighbours of log-mel statistics and plain zero-shot; the machine's enrolled normal sound; so many \
            taught windows per label; both. Areas under the curve are means over machines with 95 % bootstrap intervals \
            over machines and recordings.

            Examples:
              ausculta simulate --corpus --individuals 900000-900019 --windows 6 --out corpus/
              ausculta evaluate corpus/manifest.csv --html report.html
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

    @OptionGroup(title: "Machines") var comparison: ComparisonArguments

    private struct Document: Encodable {
        var model: String
        var phrases: [String: String]
        var unreadable: [String]
        var report: EvaluationReport
        /// The same recordings after spectral gating.
        var denoised: EvaluationReport?
        /// Ways of judging, compared on machines; absent where no machine has recordings enough.
        var comparison: ComparisonReport?
    }

    func run() async throws {
        let set = try EvaluationManifest(contentsOf: manifest)
        guard set.labels.count >= 2 else {
            throw ValidationError("\(manifest) has the one label '\(set.labels.first ?? "")'; expected at least two")
        }
        let work = EvaluationWork(
            set: set,
            model: try model.load(arithmetic.precision),
            configuration: try comparison.config.map { try ServiceConfiguration.load($0) },
            phrases: phrase,
            threshold: threshold,
            denoises: denoise,
            arguments: comparison
        )
        guard let found = try await withInterruptCancelling({ try work.run() }) else {
            Console.remark("stopped; nothing was written")
            throw ExitCode(130)
        }
        if let path = comparison.html {
            let page = EvaluationPage(
                found.reports[0],
                comparison: found.comparison,
                model: found.model,
                title: manifest
            )
            try Data(page.html().utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        }
        if json {
            try Console.json(
                Document(
                    model: found.model,
                    phrases: found.phrases,
                    unreadable: found.unreadable,
                    report: found.reports[0],
                    denoised: found.reports.count > 1 ? found.reports[1] : nil,
                    comparison: found.comparison
                ),
                pretty: true
            )
        } else {
            show(found)
        }
        if !found.unreadable.isEmpty {
            Console.remark(
                "\(found.unreadable.count) of \(set.rows.count) recordings could not be read and are left out"
            )
            throw ExitCode(found.reports[0].count == 0 ? 2 : 1)
        }
    }

    private func show(_ found: EvaluationFindings) {
        LabelTable.show(found.reports[0], threshold: threshold)
        if found.reports.count > 1 {
            Console.result("\nwith --denoise")
            LabelTable.show(found.reports[1], threshold: threshold)
            LabelTable.showEffect(before: found.reports[0], after: found.reports[1])
        }
        guard !comparison.labelsOnly else { return }
        if let report = found.comparison {
            ComparisonTable.show(report)
            if let path = comparison.html { Console.remark("\nthe report with plots and players: \(path)") }
        } else {
            Console.remark("\n" + found.whyNotCompared)
        }
    }
}
