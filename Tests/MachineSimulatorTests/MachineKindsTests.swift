// What holds for every kind, state and generator: names, bounds, repeatability, refusals.

import Testing

@testable import MachineSimulator

/// One maker of one kind of machine.
struct Maker: Sendable, CustomTestStringConvertible {
    let kind: MachineKind
    let generator: SoundGenerator

    /// All that are made of layers: everything but the compressor of generator a.
    static let layered = MachineKind.allCases.flatMap { kind in
        SoundGenerator.allCases.map { Maker(kind: kind, generator: $0) }
    }.filter { $0.kind != .compressor || $0.generator != .modal }

    var testDescription: String { "\(kind.rawValue) \(generator.rawValue)" }

    func machine(_ individual: UInt64) -> LayeredMachine {
        LayeredMachine(kind, generator: generator, individualSeed: individual, takeSeed: individual &+ 77)
    }
}

extension LayeredMachine {
    /// Sound of a copy, close to the machine, once the fault has swung in.
    func sound(_ condition: MachineCondition = MachineCondition(), seconds: Double) -> [Float] {
        var copy = self
        var samples: [Float] = []
        var block = [Float](repeating: 0, count: Rendering.blockFrames)
        for number in 0..<(4 + Int(seconds / Rendering.blockSeconds)) {
            block.withUnsafeMutableBufferPointer { buffer in
                if let base = buffer.baseAddress { copy.renderBlock(into: base, condition: condition) }
            }
            if number >= 4 { samples += block }
        }
        return samples
    }
}

@Suite("Kinds of machines")
struct MachineKindsTests {
    @Test("Every kind has normal first, faults of its own, and names in two languages")
    func names() {
        for kind in MachineKind.allCases {
            #expect(kind.states.first == .normal)
            #expect(kind.faults.count >= 3)
            #expect(Set(kind.states).count == kind.states.count)
        }
        #expect(Set(MachineKind.allCases.flatMap(\.states)) == Set(MachineState.allCases))
        #expect(Set(MachineState.allCases.map(\.englishName)).count == MachineState.allCases.count)
        #expect(Set(MachineState.allCases.map(\.chineseName)).count == MachineState.allCases.count)
        #expect(MachineState.cavitation.chineseName == "气蚀")
    }

    @Test("A state of another kind is refused, with the kind's own")
    func foreign() {
        let refusal = #expect(throws: SimulationError.self) {
            try SimulatedMicrophone(.machine(.fan, state: .cavitation, individual: 0))
        }
        #expect(refusal?.description.contains("cavitation") == true)
        #expect(refusal?.description.contains("normal, unbalance, blade-rubbing") == true)
        #expect(throws: SimulationError.self) {
            let schedule = DegradationSchedule(
                from: MachineCondition(),
                to: MachineCondition(state: .toothBroken),
                durationSeconds: 10
            )
            return try SimulatedMicrophone(SimulationSettings(source: .machine(.compressor, schedule), individual: 0))
        }
    }

    @Test("Every state is finite, bounded and audible", arguments: Maker.layered)
    func bounds(maker: Maker) {
        let machine = maker.machine(3)
        for state in maker.kind.states {
            let samples = machine.sound(MachineCondition(state: state), seconds: 0.1)
            #expect(samples.allSatisfy { $0.isFinite && abs($0) < 5 }, "\(state)")
            let rms = rootMeanSquare(samples)
            #expect((0.3...4).contains(rms), "\(state): RMS \(rms)")
        }
    }

    @Test("Equal seeds give equal sound, other seeds, takes and generators do not", arguments: Maker.layered)
    func seeds(maker: Maker) {
        let condition = MachineCondition(state: maker.kind.faults[0], severity: 0.6)
        let samples = maker.machine(8).sound(condition, seconds: 0.03)
        #expect(samples == maker.machine(8).sound(condition, seconds: 0.03))
        #expect(samples != maker.machine(9).sound(condition, seconds: 0.03))
        let other = LayeredMachine(maker.kind, generator: maker.generator, individualSeed: 8, takeSeed: 0)
        #expect(samples != other.sound(condition, seconds: 0.03))
    }

    @Test("Neither individuals nor generators share their speed", arguments: [MachineKind.motor, .fan])
    func individuals(kind: MachineKind) {
        let machines = (UInt64(0)..<6).flatMap { individual in
            SoundGenerator.allCases.map { Maker(kind: kind, generator: $0).machine(individual) }
        }
        #expect(Set(machines.map(\.kinematics.shaftHz)).count == machines.count)
        #expect(machines.allSatisfy { (8...80).contains($0.kinematics.shaftHz) })
    }

    @Test("A failing machine, loud or not, neither clips nor has an offset", arguments: SoundGenerator.allCases)
    func unclipped(generator: SoundGenerator) throws {
        let schedule = DegradationSchedule(
            from: MachineCondition(),
            to: MachineCondition(state: .foundationLoose),
            durationSeconds: 0.2
        )
        var microphone = try SimulatedMicrophone(
            SimulationSettings(
                source: .machine(.motor, schedule),
                individual: 5,
                sampleRateHz: 16_000,
                levelDBFS: -20,
                generator: generator
            )
        )
        let samples = microphone.render(frames: 8_000)
        #expect(samples.allSatisfy { abs($0) < 0.99 })
        let mean = samples.reduce(0) { $0 + Double($1) } / Double(samples.count)
        #expect(abs(mean) < 0.03 * rootMeanSquare(samples))
        #expect(microphone.condition[.foundationLoose] == 1)
    }

    @Test("A corpus of a kind holds its states, from the generators in turn")
    func corpus() {
        let plan = CorpusPlan(
            kind: .gearbox,
            individuals: 0..<1,
            windows: 2,
            others: 1,
            severity: 0.5...1,
            wear: 0.05,
            snrDB: 20...20,
            sampleRatesHz: [16_000],
            generators: SoundGenerator.allCases
        )
        let items = plan.items(individual: 0)
        #expect(items.count == 2 * MachineKind.gearbox.states.count + 1)
        #expect(Set(items.dropLast().map(\.label)) == Set(MachineKind.gearbox.states.map(\.rawValue)))
        #expect(items[0].settings.generator == .modal)
        #expect(items[MachineKind.gearbox.states.count].settings.generator == .sourceFilter)
        #expect(items.allSatisfy { $0.machine == "gearbox-0" })
    }
}
