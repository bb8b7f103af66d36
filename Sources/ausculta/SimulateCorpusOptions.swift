// The corpus side of `ausculta simulate`: which individuals, how many windows, how noisy.

import ArgumentParser
import Foundation
import MachineSimulator

struct SimulateCorpusOptions: ParsableArguments {
    @Flag(help: "Write a labelled corpus instead of one machine.")
    var corpus = false

    @Option(help: ArgumentHelp("Seeds of the individuals, e.g. 0-199.", valueName: "first-last"))
    var individuals = SeedRange(values: 0..<10)

    @Option(help: "Windows of each state per individual.")
    var windows = 1

    @Option(help: "Windows of other sounds per individual.")
    var others = 1

    @Option(help: "Severity of the faults, a number or a range.")
    var severities = NumberRange(values: 0.4...1)

    @Option(help: "Traces of wear in every machine, up to this severity.")
    var wear = 0.05

    @Option(help: "Level over the background in dB, a number or a range.")
    var snrRange = NumberRange(values: 20...20)

    @Option(help: "Sample rates to draw from, separated by commas.")
    var rates = "48000"

    /// Renders every window of the plan into `folder`.
    func write(to folder: URL, windowSeconds: Double, make: SimulatedMakeOptions) throws {
        let sampleRatesHz = try rates.split(separator: ",").map { text in
            guard let rate = Int(text) else { throw ValidationError("--rates '\(text)': expected a number of Hz") }
            return rate
        }
        guard !sampleRatesHz.isEmpty else { throw ValidationError("--rates: expected at least one rate") }
        guard severities.values.lowerBound >= 0, severities.values.upperBound <= 1 else {
            throw ValidationError("--severities: expected values from 0 to 1")
        }
        let plan = CorpusPlan(
            kind: try make.machineKind(),
            individuals: individuals.values,
            windows: windows,
            others: others,
            severity: severities.values,
            wear: wear,
            snrDB: snrRange.values,
            sampleRatesHz: sampleRatesHz,
            generators: try make.soundGenerators()
        )
        var writer = try SimulatedFileWriter(folder: folder)
        var count = 0
        for individual in plan.individuals {
            for item in plan.items(individual: individual) {
                var microphone = try SimulatedMicrophone(item.settings)
                let samples = microphone.render(frames: Int(windowSeconds * Double(item.settings.sampleRateHz)))
                let condition = item.label == "normal" || item.label == "other" ? item.label : "anomalous"
                try writer.write(
                    samples,
                    sampleRateHz: item.settings.sampleRateHz,
                    name: item.name,
                    machine: item.machine,
                    condition: condition,
                    label: item.label,
                    severity: item.severity,
                    snrDB: item.settings.snrDB ?? .infinity,
                    detail: item.detail
                )
                count += 1
            }
        }
        try writer.finish()
        print("\(count) windows of individuals \(plan.individuals) in \(folder.path)")
    }
}
