// `ausculta classify`: recordings against labels typed on the spot.
import ArgumentParser
import AudioFeatures
import AudioSending
import Dashboard
import EdgeService
import Foundation

struct ClassifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "classify",
        abstract: "Classify recordings with labels typed on the spot.",
        discussion: """
            Labels are phrases in English or Chinese. Give parallel, concrete ones, and an anchor such as "other" that \
            takes what fits none of them: the probabilities always add up to 1.

            With --sort-into every file is copied into a folder named after its label, or into review/ where no label \
            reaches the threshold. tags.csv in that folder lists all of them with their scores. The same command goes on \
            where an interrupted one stopped; nothing is ever overwritten.

            Examples:
              ausculta classify pump.wav --labels "normal running,bearing lacking oil,other"
              ausculta classify recordings/ --labels "正常运行,轴承缺油,其他" --threshold 0.6 --json
              ausculta classify recordings/ --labels "dog barking,glass breaking,other" --sort-into sorted/
            """
    )

    @Argument(help: "Recordings, or folders of them.")
    var files: [String]

    @Option(help: ArgumentHelp("The labels, separated by commas.", valueName: "a,b,c"))
    var labels: String

    @OptionGroup var model: ModelOptions

    @OptionGroup var arithmetic: PrecisionOptions

    @Option(help: ArgumentHelp("Length of a window, 1 to 30.", valueName: "seconds"))
    var window = 10.0

    @Option(help: ArgumentHelp("From one window's start to the next.", valueName: "seconds"))
    var hop = 5.0

    @Option(help: "Below this confidence a window is undetermined, 0 to 1.")
    var threshold = 0.70

    @Option(help: ArgumentHelp("Show only the best K labels.", valueName: "k"))
    var top: Int?

    @Flag(help: "Print one JSON document.")
    var json = false

    @Flag(
        help:
            "Lower steady noise before judging (spectral gating). It harms machine sounds; try it with evaluate first."
    )
    var denoise = false

    @OptionGroup(title: "Sorting") var sorting: SortingArguments

    @OptionGroup(title: "Raw input") var raw: RawAudioOptions

    @OptionGroup var channel: ChannelOptions

    func validate() throws {
        let names = splitLabels(labels)
        guard names.count >= 2 else {
            throw ValidationError("--labels: found \(names.count), expected at least two labels separated by commas")
        }
        guard Set(names).count == names.count else { throw ValidationError("--labels: a label is there twice") }
        guard (0...1).contains(threshold) else { throw ValidationError("--threshold \(threshold): expected 0 to 1") }
        try sorting.validate()
        guard top.map({ $0 > 0 }) ?? true else { throw ValidationError("--top: expected at least 1") }
    }

    func run() async throws {
        let names = splitLabels(labels)
        let rawFormat = try raw.format()
        let paths = try audioFiles(below: files, takesAll: rawFormat != nil)
        guard !paths.isEmpty else {
            throw ValidationError(
                "no recordings in \(files.joined(separator: ", ")); name files, or folders with audio files"
            )
        }
        let loaded = try model.load(arithmetic.precision)
        let options = ClassificationOptions(
            windowSeconds: window,
            hopSeconds: hop,
            threshold: threshold,
            rawFormat: rawFormat,
            channel: try channel.selection(),
            denoises: denoise
        )
        if let folder = sorting.sortInto {
            let run = SortingRun(paths: paths, folder: folder, labels: names, model: loaded, options: options)
            return try await run.run(placement: sorting.placement, json: json)
        }
        let classifier = try FileClassifier(model: loaded, labels: names, options: options)
        var results: [FileClassification] = []
        var failures = 0
        var line = ProgressLine()
        let start = ContinuousClock.now
        for (index, path) in paths.enumerated() {
            do {
                let result = try classifier.classify(path) { seconds in
                    let left = ProgressLine.remaining(done: index, of: paths.count, since: start)
                    line.draw("\(index + 1)/\(paths.count) \(path): \(Int(seconds)) s\(left)")
                }
                line.clear()
                if !json { show(result, names: names) }
                results.append(result)
            } catch let error as AudioDecodingError {
                line.clear()
                failures += 1
                Console.remark("\(error)")
            }
        }
        if json {
            try Console.json(
                ClassificationDocument(results, model: loaded.name, labels: names, top: top),
                pretty: Console.isInteractive
            )
        }
        if failures > 0 { throw ExitCode(results.isEmpty ? 2 : 1) }
    }

    private func show(_ result: FileClassification, names: [String]) {
        let verdict = result.fused.isDetermined ? names[result.fused.top] : "undetermined"
        Console.result("\(result.file)  \(Self.rounded(result.durationSeconds, 1)) s  \(verdict)")
        for index in Self.ranking(result.fused.probabilities).prefix(top ?? names.count) {
            let share = Double(result.fused.probabilities[index])
            let bar = String(repeating: "█", count: Int((share * 30).rounded()))
            Console.result("  \(Self.percent(share))  \(names[index])  \(bar)")
        }
        guard result.windows.count > 1 else { return }
        if let run = result.longestRun {
            Console.result("  longest run: \(run.count) of \(result.windows.count) windows \(names[run.label])")
        } else {
            Console.result("  longest run: none, every window is undetermined")
        }
        for window in result.windows {
            let name =
                window.scores.isDetermined ? names[window.scores.top] : "undetermined (\(names[window.scores.top]))"
            let span = "\(Self.rounded(window.startSeconds, 1))–\(Self.rounded(window.endSeconds, 1)) s"
            Console.result("    \(span)  \(Self.percent(Double(window.scores.confidence)))  \(name)")
        }
    }

    static func ranking(_ probabilities: [Float]) -> [Int] {
        probabilities.indices.sorted { (probabilities[$1], $0) < (probabilities[$0], $1) }
    }

    private static func percent(_ share: Double) -> String {
        let text = "\(rounded(share * 100, 1)) %"
        return String(repeating: " ", count: max(0, 7 - text.count)) + text
    }

    private static func rounded(_ value: Double, _ decimals: Int) -> String {
        String(format: "%.\(decimals)f", value)
    }
}
