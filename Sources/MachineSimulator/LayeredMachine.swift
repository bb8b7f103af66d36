// A machine as a sum of layers behind a casing: the recipe says which layers, the shaft keeps them together.

import Foundation

/// What a recipe draws from: the individual (geometry, levels, resonances) and the take (phases, noise).
struct RecipeDraws: Sendable {
    var individual: SeededRandom
    var take: SeededRandom
}

/// The characteristic frequencies of a machine, for whoever wants to look for them.
struct Kinematics: Sendable {
    var shaftHz: Double
    /// Vane or blade pass, or gear mesh.
    var pass: Rate?
    var twiceSupplyHz: Double?
    /// Poles times slip speed: the beat of a broken rotor bar.
    var polePass: Rate?
    var ballPassOuter: Rate?
}

/// The sound of one machine made of layers, in blocks of 10 ms at 48 kHz, of unit RMS in a healthy state.
struct LayeredMachine: Sendable {
    let kinematics: Kinematics
    private let speed: Response
    private let speedWander: Double
    private var layers: [any MachineLayer]
    private var casing: [(filter: Biquad, gain: Float)]
    private let isCasingSerial: Bool
    private var load: Wander
    private var draw: SeededRandom
    /// What brings the healthy machine to unit RMS.
    private(set) var gain: Float = 1

    /// - Parameters:
    ///   - speed: factor on the shaft's speed, following the faults.
    ///   - speedWander: relative wander of the speed with the load.
    init(
        kinematics: Kinematics,
        speed: Response,
        speedWander: Double,
        layers: [any MachineLayer],
        isCasingSerial: Bool,
        draws: inout RecipeDraws
    ) {
        self.kinematics = kinematics
        self.speed = speed
        self.speedWander = speedWander
        self.layers = layers
        self.isCasingSerial = isCasingSerial
        casing = (0..<(isCasingSerial ? 4 : 5)).map { _ in
            (
                .bandPass(
                    centreHz: draws.individual.logUniform(150, 5_000),
                    q: isCasingSerial ? draws.individual.uniform(0.8, 4) : draws.individual.uniform(3, 12)
                ),
                Float(isCasingSerial ? draws.individual.uniform(-0.5, 1.2) : draws.individual.logUniform(0.3, 1.5))
            )
        }
        load = Wander(seconds: 3, draw: &draws.take)
        draw = SeededRandom(seed: draws.take.next())
    }

    /// - Parameters:
    ///   - individualSeed: which machine.
    ///   - takeSeed: which stretch of its life.
    init(_ kind: MachineKind, generator: SoundGenerator, individualSeed: UInt64, takeSeed: UInt64) {
        self = Self.unscaled(kind, generator: generator, individualSeed: individualSeed, takeSeed: takeSeed)
        // All takes of a machine share one gain: measured on each, it would make the machine louder or softer, and its hard
        // blows bend differently, from one stretch of its life to the next.
        gain = Self.unscaled(
            kind,
            generator: generator,
            individualSeed: individualSeed,
            takeSeed: ~individualSeed
        ).measuredGain()
    }

    private static func unscaled(
        _ kind: MachineKind,
        generator: SoundGenerator,
        individualSeed: UInt64,
        takeSeed: UInt64
    ) -> LayeredMachine {
        // Streams of their own for each kind and generator: individual 7 as a pump has nothing of individual 7 as a fan.
        let number = UInt64(MachineKind.allCases.firstIndex(of: kind) ?? 0)
        let stream = 100 + 2 * number + (generator == .modal ? 0 : 1)
        var draws = RecipeDraws(
            individual: SeededRandom(seed: individualSeed, stream: stream),
            take: SeededRandom(seed: takeSeed, stream: stream)
        )
        return switch (kind, generator) {
        case (.compressor, _): CompressorSourceFilter.machine(&draws)
        case (.pump, .modal): PumpModal.machine(&draws)
        case (.pump, .sourceFilter): PumpSourceFilter.machine(&draws)
        case (.fan, .modal): FanModal.machine(&draws)
        case (.fan, .sourceFilter): FanSourceFilter.machine(&draws)
        case (.gearbox, .modal): GearboxModal.machine(&draws)
        case (.gearbox, .sourceFilter): GearboxSourceFilter.machine(&draws)
        case (.motor, .modal): MotorModal.machine(&draws)
        case (.motor, .sourceFilter): MotorSourceFilter.machine(&draws)
        }
    }

    /// Listens to a quarter of a second of a healthy copy, so that every individual stands equally loud before its faults.
    private func measuredGain() -> Float {
        var copy = self
        var block = [Float](repeating: 0, count: Rendering.blockFrames)
        var energy = 0.0
        let leadBlocks = 5
        let blocks = 25
        for number in 0..<(leadBlocks + blocks) {
            block.withUnsafeMutableBufferPointer { buffer in
                if let base = buffer.baseAddress { copy.renderBlock(into: base, condition: MachineCondition()) }
            }
            if number >= leadBlocks { energy += pow(rootMeanSquare(block), 2) / Double(blocks) }
        }
        return Float(1 / max(1e-6, sqrt(energy)))
    }

    /// Writes one block (480 samples) for a condition.
    mutating func renderBlock(into output: UnsafeMutablePointer<Float>, condition: MachineCondition) {
        let wander = 1 + speedWander * load.next(&draw)
        let moment = MachineMoment(
            condition: condition,
            shaftHz: kinematics.shaftHz * speed.value(condition) * wander
        )
        for index in 0..<Rendering.blockFrames { output[index] = 0 }
        for index in layers.indices { layers[index].render(into: output, moment: moment) }
        for index in 0..<Rendering.blockFrames {
            let dry = output[index]
            var sum = dry
            for mode in casing.indices {
                // Side by side the modes all hear the source; in a row each hears what the one before made of it.
                let heard = isCasingSerial ? sum : dry
                sum += casing[mode].gain * casing[mode].filter.process(heard)
            }
            output[index] = Self.limited(gain * sum)
        }
    }

    /// Plates and air give way to very hard blows: peaks above 3 bend towards 5, so no microphone has to clip.
    @inline(__always)
    private static func limited(_ sample: Float) -> Float {
        let excess = abs(sample) - 3
        guard excess > 0 else { return sample }
        let bent = 3 + 2 * excess / (2 + excess)
        return sample < 0 ? -bent : bent
    }
}
