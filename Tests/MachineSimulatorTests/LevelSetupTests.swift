// Takes of one machine: its loudness and timbre are its own, not those of the moment at which a take was started.

import Testing

@testable import MachineSimulator

@Suite("Takes of one machine")
struct LevelSetupTests {
    private func levelDB(
        _ state: MachineState,
        generator: SoundGenerator,
        take: UInt64,
        setup: LevelSetup
    ) throws -> Double {
        var microphone = try SimulatedMicrophone(
            .machine(
                state: state,
                individual: 12,
                take: take,
                sampleRateHz: 16_000,
                generator: generator,
                levelSetup: setup
            )
        )
        return SpectralStatistics.decibels(rootMeanSquare(microphone.render(frames: 16_000)))
    }

    @Test("A mounted microphone hears a louder fault louder, a corpus does not", arguments: SoundGenerator.allCases)
    func faults(generator: SoundGenerator) throws {
        let healthy = try levelDB(.normal, generator: generator, take: 1, setup: .once)
        let mounted = try levelDB(.motorOverheating, generator: generator, take: 2, setup: .once)
        #expect(mounted > healthy + 1, "healthy \(healthy) dB, hot \(mounted) dB")
        let corpus = try levelDB(.motorOverheating, generator: generator, take: 2, setup: .everyTake)
        #expect(abs(corpus - healthy) < 1, "healthy \(healthy) dB, hot \(corpus) dB")
    }

    @Test("A healthy machine is as loud in every take", arguments: SoundGenerator.allCases)
    func takes(generator: SoundGenerator) throws {
        let levels = try (UInt64(3)..<7).map { try levelDB(.normal, generator: generator, take: $0, setup: .once) }
        let (lowest, highest) = (levels.min() ?? -.infinity, levels.max() ?? .infinity)
        #expect(highest - lowest < 1, "\(levels) dB")
        #expect(Set(levels).count == levels.count)
    }

    @Test("Takes of a machine share its gain", arguments: Maker.layered)
    func gain(maker: Maker) {
        let gains = [0, 1, 77].map { take in
            LayeredMachine(maker.kind, generator: maker.generator, individualSeed: 5, takeSeed: take).gain
        }
        #expect(Set(gains).count == 1 && gains[0] > 0)
        #expect(maker.machine(6).gain != gains[0])
    }

    @Test("Turbulence has the asked level, whatever noise a take begins with", arguments: [90.0, 400], [700.0, 3_500])
    func turbulence(lowHz: Double, highHz: Double) {
        for seed in UInt64(0)..<4 {
            var take = SeededRandom(seed: seed)
            var layer = DuctTurbulence(
                hz: lowHz...highHz,
                ductHz: 300,
                resonance: 0,
                level: Response(-6),
                gustDepth: Response(0),
                take: &take
            )
            let moment = MachineMoment(condition: MachineCondition(), shaftHz: 25)
            var samples: [Float] = []
            for number in 0..<301 {
                var block = [Float](repeating: 0, count: Rendering.blockFrames)
                block.withUnsafeMutableBufferPointer { buffer in
                    if let base = buffer.baseAddress { layer.render(into: base, moment: moment) }
                }
                if number > 0 { samples += block }
            }
            let found = SpectralStatistics.decibels(rootMeanSquare(samples))
            #expect(abs(found + 6) < 0.25, "take \(seed): \(found) dB, asked -6 dB")
        }
    }
}
