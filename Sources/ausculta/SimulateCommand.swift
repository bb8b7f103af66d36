// `ausculta simulate`: the sound of a simulated machine, written to files; or a whole labelled corpus of them.

import ArgumentParser
import Foundation
import MachineSimulator

/// What the simulated machine is and how it fares; shared by everything that needs a simulated stream.
struct SimulatedSceneOptions: ParsableArguments {
    @OptionGroup var make: SimulatedMakeOptions

    @Option(help: "State of the machine, one of its kind (listed above).")
    var state = "normal"

    @Option(help: "Severity of the state, 0 to 1.")
    var severity = 1.0

    @Option(help: "State the machine slowly goes to, one of its kind.")
    var degradeTo: String?

    @Option(help: "Machine time the degradation takes, e.g. 3d.")
    var over = SimulatedDuration(seconds: 60)

    @Option(help: "Seconds of machine time that pass in a second of sound (864: three days in five minutes).")
    var timeScale = 1.0

    @Option(
        help: "The individual: any number gives another machine, room and microphone. Default: from the machine's name."
    )
    var seed: UInt64?

    @Option(help: "Level of the machine over the background, dB.")
    var snr = 20.0

    @Option(help: "Sample rate of the microphone: 8000, 16000, 24000 or 48000 Hz.")
    var rate = 48_000

    /// The simulation asked for; `machine` names the individual where no seed does.
    func settings(machine: String) throws -> SimulationSettings {
        let kind = try make.machineKind()
        guard (0...1).contains(severity) else {
            throw ValidationError("--severity \(severity): expected 0 to 1")
        }
        guard timeScale > 0, timeScale.isFinite else {
            throw ValidationError("--time-scale \(timeScale): expected a number above 0")
        }
        let start = MachineCondition(state: try Self.state(state, of: kind, option: "--state"), severity: severity)
        var schedule = DegradationSchedule.constant(start)
        if let degradeTo {
            let end = MachineCondition(state: try Self.state(degradeTo, of: kind, option: "--degrade-to"))
            schedule = DegradationSchedule(
                from: start,
                to: end,
                durationSeconds: over.seconds,
                timeScale: timeScale
            )
        }
        return SimulationSettings(
            source: .machine(kind, schedule),
            individual: seed ?? Self.seed(of: machine),
            snrDB: snr,
            sampleRateHz: rate,
            generator: try make.soundGenerator()
        )
    }

    private static func state(_ name: String, of kind: MachineKind, option: String) throws -> MachineState {
        guard let state = MachineState(rawValue: name), kind.states.contains(state) else {
            let known = SimulatedMakeOptions.names(kind.states)
            throw ValidationError("\(option) '\(name)': the states of a \(kind.rawValue) are \(known)")
        }
        return state
    }

    /// FNV-1a: the same name is the same machine everywhere.
    private static func seed(of name: String) -> UInt64 {
        name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }
}

struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Make the sound of a machine, healthy, failing or slowly degrading.",
        discussion: """
            Without --out the sound is streamed to a broker as a live machine, until Ctrl-C or for --duration. \
            With --out the sound is written as WAV files with a manifest (file,machine,condition,label,...). \
            With --corpus a labelled set over many individual machines is written, for training and evaluation.

            STATES BY KIND:
            \(SimulatedMakeOptions.statesByKind)
            """
    )

    @Option(help: "Name of the machine.")
    var machine = "compressor-1"

    @OptionGroup var scene: SimulatedSceneOptions

    @Option(help: "Folder the WAV files and manifest.csv are written to.")
    var out: String?

    @Option(help: "Length of sound to make. Default: 60s of files; streams go on until Ctrl-C.")
    var duration: SimulatedDuration?

    @OptionGroup(title: "Streaming") var sending: SendingOptions

    @Option(help: "How streamed chunks are written on the wire: s16le, wav, flac, …")
    var format = "s16le"

    @Option(help: "Length of each file.")
    var chunk = SimulatedDuration(seconds: 10)

    @OptionGroup(title: "Corpus") var corpus: SimulateCorpusOptions

    mutating func run() async throws {
        guard let out else {
            guard !corpus.corpus else { throw ValidationError("--corpus needs --out DIR") }
            return try await SimulateBroadcast(
                machine: machine,
                sending: sending,
                format: format,
                settings: try scene.settings(machine: machine),
                durationSeconds: duration?.seconds
            ).run()
        }
        let folder = URL(fileURLWithPath: out, isDirectory: true)
        if corpus.corpus {
            try corpus.write(to: folder, windowSeconds: chunk.seconds, make: scene.make)
        } else {
            try writeFiles(to: folder)
        }
    }

    private func writeFiles(to folder: URL) throws {
        guard chunk.seconds > 0 else { throw ValidationError("--chunk: expected a length above 0") }
        let settings = try scene.settings(machine: machine)
        var microphone = try SimulatedMicrophone(settings)
        var writer = try SimulatedFileWriter(folder: folder)
        var remaining = Int((duration?.seconds ?? 60) * Double(settings.sampleRateHz))
        var number = 0
        while remaining > 0 {
            let condition = microphone.condition
            let frames = min(remaining, max(1, Int(chunk.seconds * Double(settings.sampleRateHz))))
            let samples = microphone.render(frames: frames)
            remaining -= frames
            number += 1
            let worst = condition.worst
            try writer.write(
                samples,
                sampleRateHz: settings.sampleRateHz,
                name: "\(machine)-\(number)",
                machine: machine,
                condition: worst.state == .normal ? "normal" : "anomalous",
                label: worst.state.rawValue,
                severity: worst.severity,
                snrDB: scene.snr
            )
        }
        try writer.finish()
        print("\(number) files of \(machine) in \(folder.path)")
    }
}
