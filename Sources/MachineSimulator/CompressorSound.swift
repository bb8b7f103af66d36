// A whole reciprocating air compressor, close to the machine: all sources and the structure they shake.

import Foundation

/// The sound of one compressor in blocks of 10 ms at 48 kHz, about unit RMS in a healthy state.
struct CompressorSound: Sendable {
    private let individual: CompressorIndividual
    private var motor: MotorSound
    private var valves: ValveTrain
    private var bearing: BearingSound
    private var fan: FanSound
    private var structure: [(filter: Biquad, gain: Float)]
    private var draw: SeededRandom
    private var loadDrive = 0.0

    /// - Parameters:
    ///   - individualSeed: which machine.
    ///   - takeSeed: which stretch of its life: phases and noise.
    init(individualSeed: UInt64, takeSeed: UInt64) {
        individual = CompressorIndividual(seed: individualSeed)
        draw = SeededRandom(seed: takeSeed, stream: 2)
        motor = MotorSound(individual: individual, draw: &draw, seed: takeSeed)
        valves = ValveTrain(individual: individual, draw: &draw, seed: takeSeed)
        bearing = BearingSound(individual: individual, draw: &draw, seed: takeSeed)
        fan = FanSound(individual: individual, draw: &draw, seed: takeSeed)
        structure = individual.structureModes.map {
            (Biquad.bandPass(centreHz: $0.frequencyHz, q: $0.q), Float($0.gain))
        }
        loadDrive = draw.gaussian()
    }

    /// Writes one block (480 samples) for a condition.
    mutating func renderBlock(into output: UnsafeMutablePointer<Float>, condition: MachineCondition) {
        let memory = exp(-Rendering.blockSeconds / 4)
        loadDrive = loadDrive * memory + sqrt(1 - memory * memory) * draw.gaussian()
        let load = exp(0.06 * loadDrive)
        // An overheated motor runs with weak flux: more slip for the same torque.
        let slip = individual.ratedSlip * (load + 2.2 * condition.motorHeat) + 0.004 * condition.oilLoss
        let shaftHz = individual.shaftHz(slip: slip)

        for index in 0..<Rendering.blockFrames {
            output[index] = 0
        }
        motor.render(into: output, heat: condition.motorHeat, slip: slip)
        valves.render(
            into: output,
            damage: condition.valveDamage,
            heat: condition.motorHeat,
            crankHz: shaftHz / individual.driveRatio,
            load: load
        )
        bearing.render(into: output, oilLoss: condition.oilLoss, shaftHz: shaftHz)
        fan.render(into: output, shaftHz: shaftHz, heat: condition.motorHeat)

        for index in 0..<Rendering.blockFrames {
            let dry = output[index]
            var sum = dry
            for mode in structure.indices {
                sum += structure[mode].gain * structure[mode].filter.process(dry)
            }
            output[index] = sum
        }
    }
}
