// Which kind of machine `simulate` makes the sound of, and which of the two generators makes it.

import ArgumentParser
import MachineSimulator

struct SimulatedMakeOptions: ParsableArguments {
    @Option(help: "Kind of machine: \(names(MachineKind.allCases)).")
    var kind = MachineKind.compressor.rawValue

    @Option(
        help: """
            Which physics makes the sound: a (waveforms and ringing modes) or b (wandering partials and shaped noise). \
            A corpus takes several, separated by commas, in turn.
            """
    )
    var generator = SoundGenerator.modal.rawValue

    func machineKind() throws -> MachineKind {
        guard let known = MachineKind(rawValue: kind) else {
            throw ValidationError("--kind '\(kind)': known are \(Self.names(MachineKind.allCases))")
        }
        return known
    }

    /// The one generator of a stream.
    func soundGenerator() throws -> SoundGenerator {
        let all = try soundGenerators()
        guard all.count == 1, let only = all.first else {
            throw ValidationError("--generator '\(generator)': one machine has one generator, a or b")
        }
        return only
    }

    /// The generators of a corpus, in the order they take turns.
    func soundGenerators() throws -> [SoundGenerator] {
        try generator.split(separator: ",", omittingEmptySubsequences: false).map { name in
            guard let known = SoundGenerator(rawValue: String(name)) else {
                throw ValidationError("--generator '\(name)': known are \(Self.names(SoundGenerator.allCases))")
            }
            return known
        }
    }

    static func names<Value: RawRepresentable>(_ values: [Value]) -> String where Value.RawValue == String {
        values.map(\.rawValue).joined(separator: ", ")
    }

    /// A line of help for every kind.
    static var statesByKind: String {
        MachineKind.allCases.map { kind in
            "  \(kind.rawValue): \(names(kind.states))"
        }.joined(separator: "\n")
    }
}
