// The stream as a whole: repeatable, independent of block size, finite, unclipped, at the asked level and SNR.

import Testing

@testable import MachineSimulator

@Suite("Simulated microphone")
struct SimulatedMicrophoneTests {
    @Test("Equal settings give equal samples, another take or individual does not")
    func repeatable() throws {
        let settings = SimulationSettings.machine(state: .valvePlateBroken, individual: 11, take: 3)
        var first = try SimulatedMicrophone(settings)
        var second = try SimulatedMicrophone(settings)
        let samples = first.render(frames: 12_000)
        #expect(samples == second.render(frames: 12_000))

        var otherTake = settings
        otherTake.take = 4
        var otherIndividual = settings
        otherIndividual.individual = 12
        for changed in [otherTake, otherIndividual] {
            var microphone = try SimulatedMicrophone(changed)
            #expect(samples != microphone.render(frames: 12_000))
        }
    }

    @Test("The block size never changes the samples", arguments: [1, 7, 480, 999], [8_000, 16_000, 48_000])
    func blockSize(frames: Int, rate: Int) throws {
        let settings = SimulationSettings.machine(state: .motorOverheating, individual: 5, sampleRateHz: rate)
        var whole = try SimulatedMicrophone(settings)
        let expected = whole.render(frames: 3_000)
        var pieces = try SimulatedMicrophone(settings)
        var samples: [Float] = []
        while samples.count < expected.count {
            samples += pieces.render(frames: min(frames, expected.count - samples.count))
        }
        #expect(samples == expected)
        #expect(pieces.framesRendered == 3_000)
    }

    @Test("A copy continues on its own")
    func copies() throws {
        var original = try SimulatedMicrophone(.machine(state: .normal, individual: 1))
        _ = original.render(frames: 1_000)
        var copy = original
        let ahead = copy.render(frames: 2_000)
        #expect(original.framesRendered == 1_000)
        #expect(original.render(frames: 2_000) == ahead)
    }

    @Test("Every state is finite and does not clip", arguments: MachineKind.compressor.states, [8_000, 48_000])
    func finite(state: MachineState, rate: Int) throws {
        for individual in UInt64(0)..<3 {
            var microphone = try SimulatedMicrophone(
                .machine(state: state, individual: individual, sampleRateHz: rate)
            )
            let samples = microphone.render(frames: rate / 2)
            #expect(samples.allSatisfy { $0.isFinite && abs($0) < 0.99 })
            #expect(rootMeanSquare(samples) > 0.005)
        }
    }

    @Test("Every ambient sound is finite and not silent", arguments: AmbientKind.allCases)
    func ambient(kind: AmbientKind) throws {
        var sound = AmbientSound(kind: kind, individualSeed: 3, takeSeed: 4)
        var samples = [Float](repeating: 0, count: 480)
        var energy = 0.0
        for _ in 0..<150 {
            samples.withUnsafeMutableBufferPointer { buffer in
                if let base = buffer.baseAddress { sound.renderBlock(into: base) }
            }
            #expect(samples.allSatisfy { $0.isFinite && abs($0) < 200 })
            energy += rootMeanSquare(samples)
        }
        #expect(energy > 0)
    }

    @Test("The level is the asked one", arguments: [-40.0, -26, -20])
    func level(dBFS: Double) throws {
        var settings = SimulationSettings.machine(state: .normal, individual: 2)
        settings.levelDBFS = dBFS
        var microphone = try SimulatedMicrophone(settings)
        let found = SpectralStatistics.decibels(rootMeanSquare(microphone.render(frames: 48_000)))
        #expect(abs(found - dBFS) < 1.5)
    }

    @Test("The signal to noise ratio is the asked one", arguments: [0.0, 10, 20], [UInt64(3), 8, 21])
    func signalToNoise(snrDB: Double, individual: UInt64) throws {
        var noisy = SimulationSettings.machine(state: .normal, individual: individual, snrDB: snrDB)
        noisy.levelDBFS = -12
        var clean = noisy
        clean.snrDB = nil
        var noisyMicrophone = try SimulatedMicrophone(noisy)
        var cleanMicrophone = try SimulatedMicrophone(clean)
        // Both are brought to the same level, so the noisy one holds the machine a little softer.
        let share = 1 / (1 + amplitude(dB: -2 * snrDB)).squareRoot()
        let machine = cleanMicrophone.render(frames: 48_000).map { $0 * Float(share) }
        let noise = zip(noisyMicrophone.render(frames: 48_000), machine).map { $0 - $1 }
        let found = SpectralStatistics.decibels(rootMeanSquare(machine) / rootMeanSquare(noise))
        #expect(abs(found - snrDB) < 1.5, "asked \(snrDB) dB, measured \(found) dB")
    }

    @Test("What cannot be simulated is refused with what can be")
    func refusals() {
        let rate = #expect(throws: SimulationError.self) {
            try SimulatedMicrophone(.machine(state: .normal, individual: 0, sampleRateHz: 44_100))
        }
        #expect(rate?.description.contains("44100") == true)
        #expect(throws: SimulationError.self) {
            try SimulatedMicrophone(.machine(state: .normal, individual: 0, snrDB: .nan))
        }
    }
}
