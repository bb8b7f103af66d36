// Options of `evaluate` that say how machines are compared on: splits, shots, windows, rule.
import ArgumentParser
import EdgeService
import Foundation
import MachineHealth

struct ComparisonArguments: ParsableArguments {
    @Option(help: ArgumentHelp("Windows taught per label, separated by commas.", valueName: "k,k"))
    var shots = "1,2,5,10"

    @Option(help: ArgumentHelp("Repeated splits of each machine's recordings.", valueName: "n"))
    var repeats = 20

    @Option(help: "Splits, examples and resamples are drawn from it.")
    var seed: UInt64 = 1

    @Option(
        help: ArgumentHelp(
            "time: earlier recordings teach, later ones test; random: drawn by recording. Default: time where every row has one.",
            valueName: "order"
        )
    )
    var split: SplitOrder?

    @Option(
        help: ArgumentHelp(
            "Length of the windows compared on. Default: 10, or two fifths of the usual recording where that is under 20 s.",
            valueName: "seconds"
        )
    )
    var window: Double?

    @Option(
        help: ArgumentHelp(
            "From one of them to the next. Default: half, or a quarter, of --window.",
            valueName: "seconds"
        )
    )
    var hop: Double?

    @Option(
        help: ArgumentHelp(
            "A configuration: its labels' prompts stand for labels of the same id, its machines' rules count false alarms.",
            valueName: "file"
        )
    )
    var config: String?

    @Option(help: ArgumentHelp("Write a self-contained HTML report.", valueName: "file"))
    var html: String?

    @Option(
        help: ArgumentHelp("Write embedding and descriptor of every window as JSON lines.", valueName: "file")
    )
    var features: String?

    @Flag(help: "Only the labels; compare no ways of judging machines.")
    var labelsOnly = false

    func validate() throws {
        guard repeats > 0 else { throw ValidationError("--repeats \(repeats): expected at least 1") }
        if let window, !(0.1...30).contains(window) {
            throw ValidationError("--window \(window): expected 0.1 to 30 seconds")
        }
        if let hop, !(0.1...3_600).contains(hop) {
            throw ValidationError("--hop \(hop): expected 0.1 to 3600 seconds")
        }
        _ = try shotCounts()
    }

    private func shotCounts() throws -> [Int] {
        try shots.split(separator: ",").map { text in
            guard let count = Int(text.trimmingCharacters(in: .whitespaces)), (1...1_000).contains(count) else {
                throw ValidationError("--shots '\(shots)': expected numbers from 1, as in 1,2,5,10")
            }
            return count
        }
    }

    /// What the comparison is made with.
    func options(_ configuration: ServiceConfiguration?) throws -> ComparisonOptions {
        var options = ComparisonOptions()
        options.shots = try shotCounts()
        options.repetitions = repeats
        options.seed = seed
        options.order = split
        options.rule = configuration?.machines.first?.rules.machine ?? TrendRule()
        return options
    }

    /// How recordings are cut.
    func windows(durationsSeconds: [Double]) -> ComparisonWindows {
        let usual = ComparisonWindows(durationsSeconds: durationsSeconds)
        guard let window else {
            return hop.map { ComparisonWindows(lengthSeconds: usual.lengthSeconds, hopSeconds: $0) } ?? usual
        }
        return ComparisonWindows(lengthSeconds: window, hopSeconds: hop ?? window / 2)
    }
}

extension SplitOrder: ExpressibleByArgument {}
