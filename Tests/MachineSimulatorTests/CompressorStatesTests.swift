// The physics: each fault shows where theory says it must, more the worse it is, on many individuals.

import Testing

@testable import MachineSimulator

@Suite("Compressor states")
struct CompressorStatesTests {
    /// Half a second of the bare machine: no room, no background.
    private func sound(_ condition: MachineCondition, individual: UInt64, seconds: Double = 0.5) -> [Float] {
        var compressor = CompressorSound(individualSeed: individual, takeSeed: individual &+ 99)
        var samples: [Float] = []
        var block = [Float](repeating: 0, count: Rendering.blockFrames)
        for number in 0..<(10 + Int(seconds / Rendering.blockSeconds)) {
            block.withUnsafeMutableBufferPointer { buffer in
                if let base = buffer.baseAddress { compressor.renderBlock(into: base, condition: condition) }
            }
            if number >= 10 { samples += block }
        }
        return samples
    }

    @Test("Dry bearings raise the band above 3 kHz", arguments: UInt64(0)..<8)
    func oilLoss(individual: UInt64) {
        let shares = [0, 0.5, 1].map { severity in
            SpectralStatistics.bandShareDB(
                sound(MachineCondition(oilLoss: severity), individual: individual),
                centreHz: 6_000,
                q: 0.5
            )
        }
        #expect(shares[1] > shares[0] + 1.5, "healthy, half, dry: \(shares)")
        #expect(shares[2] > shares[0] + 4, "healthy, half, dry: \(shares)")
    }

    @Test("A broken valve plate rattles: clicks above 3 kHz", arguments: UInt64(0)..<8)
    func valveDamage(individual: UInt64) {
        let clicks = [0, 1].map { damage -> Double in
            let samples = sound(MachineCondition(valveDamage: damage), individual: individual)
            return SpectralStatistics.rms(SpectralStatistics.band(samples, centreHz: 5_000, q: 0.5))
                * SpectralStatistics.kurtosis(SpectralStatistics.band(samples, centreHz: 5_000, q: 0.5)).squareRoot()
        }
        #expect(clicks[1] > 1.3 * clicks[0], "whole, broken: \(clicks)")
    }

    @Test("A hot motor hums louder at twice the supply frequency and slips more", arguments: UInt64(0)..<8)
    func motorHeat(individual: UInt64) {
        let supplyHz = CompressorIndividual(seed: individual).supplyHz
        let hums = [0, 0.5, 1].map { heat -> Double in
            let samples = sound(MachineCondition(motorHeat: heat), individual: individual)
            let tones = (1...6).map {
                amplitude(dB: SpectralStatistics.toneShareDB(samples, frequencyHz: Double($0) * 2 * supplyHz))
            }
            return SpectralStatistics.decibels(tones.reduce(0) { $0 + $1 * $1 }.squareRoot())
        }
        #expect(hums[1] > hums[0] + 2, "cool, warm, hot: \(hums)")
        #expect(hums[2] > hums[0] + 4, "cool, warm, hot: \(hums)")
    }

    @Test("Faults stay apart: each raises its own measure most", arguments: UInt64(20)..<26)
    func apart(individual: UInt64) {
        let healthy = sound(MachineCondition(), individual: individual)
        let dry = sound(MachineCondition(oilLoss: 0.9), individual: individual)
        let hot = sound(MachineCondition(motorHeat: 0.9), individual: individual)
        let high = { SpectralStatistics.bandShareDB($0, centreHz: 6_000, q: 0.5) }
        #expect(high(dry) > high(healthy) + 4)
        #expect(high(dry) > high(hot) + 4)
    }

    @Test("Individuals differ: no two machines share speed, resonances and gains")
    func individuals() {
        let speeds = (UInt64(0)..<40).map { seed -> Double in
            let individual = CompressorIndividual(seed: seed)
            return individual.shaftHz(slip: individual.ratedSlip) / individual.driveRatio
        }
        #expect(Set(speeds).count == 40)
        #expect(speeds.allSatisfy { (7...30).contains($0) })
    }
}
