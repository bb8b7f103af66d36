// Rolling bearings: bursts at the ball pass rate, dry friction modulated by the load zone, stick-slip squeal.
// Ball pass frequencies and demodulation: R. Randall & J. Antoni, "Rolling element bearing diagnostics", MSSP 2011.

import Foundation

/// The bearing noise of the shaft; loss of oil raises bursts, hiss and squeal.
struct BearingSound: Sendable {
    private let individual: CompressorIndividual
    private var shaft: Phasor
    private var ballPass: Phasor
    private var squealPhase: Phasor
    private var noise: WhiteNoise
    private var resonances: [Biquad]
    private var hiss: Biquad
    private var draw: SeededRandom
    private var burst: Float = 0
    private var squealDrive = 0.0
    private var squealGain: Float = 0
    private let resonanceGain: Float

    init(individual: CompressorIndividual, draw: inout SeededRandom, seed: UInt64) {
        self.individual = individual
        shaft = Phasor(phase: draw.uniform())
        ballPass = Phasor(phase: draw.uniform())
        squealPhase = Phasor(phase: draw.uniform())
        noise = WhiteNoise(seed: seed, stream: 21)
        resonances = individual.bearingResonancesHz.map { Biquad.bandPass(centreHz: $0, q: individual.bearingQ) }
        let meanHz = individual.bearingResonancesHz.reduce(0, +) / Double(individual.bearingResonancesHz.count)
        let single = bandPassNoiseRMS(centreHz: meanHz, q: individual.bearingQ)
        resonanceGain = Float(1 / (single * sqrt(Double(individual.bearingResonancesHz.count))))
        hiss = Biquad.highPass(cornerHz: 2_500)
        self.draw = SeededRandom(seed: seed, stream: 22)
        squealDrive = draw.gaussian()
    }

    /// Adds one block.
    /// - Parameters:
    ///   - oilLoss: 0...1.
    ///   - shaftHz: turns a second.
    mutating func render(into output: UnsafeMutablePointer<Float>, oilLoss: Double, shaftHz: Double) {
        let sensitivity = individual.frictionSensitivityDB
        let healthy = amplitude(dB: individual.bearingLevelDB)
        let dry = oilLoss > 0 ? amplitude(dB: -34 + (34 + sensitivity) * pow(oilLoss, 0.6)) : 0
        let bursts = Float(2.2 * (healthy + 0.9 * dry))
        let rubbing = Float(healthy * 0.5 + 0.6 * dry)
        let airborne = Float(0.16 * dry)
        let zone = Float(individual.loadZoneDepth)
        let decay = Float(exp(-1 / (individual.burstDecaySeconds * Rendering.rateHz)))
        let shaftStep = shaftHz / Rendering.rateHz
        // Rolling elements slip a little: the ball pass rate wanders by about 1 %.
        let ballStep = shaftStep * individual.ballPassRatio * (1 + 0.01 * draw.gaussian())
        let squealTarget = nextSquealGain(oilLoss: oilLoss)
        let squealStep = individual.squealHz / Rendering.rateHz
        let ramp = 1 / Float(Rendering.blockFrames)
        let squealStart = squealGain
        squealGain = squealTarget

        Wavetable.sine.withTable { sine in
            for index in 0..<Rendering.blockFrames {
                let load = Wavetable.read(sine, shaft.advance(shaftStep))
                let before = ballPass.phase
                if ballPass.advance(ballStep) + ballStep >= 1, before < 1 {
                    burst =
                        Float(0.5 + 0.5 * draw.uniform() + (draw.chance(0.2) ? draw.uniform() : 0)) * (1 + zone * load)
                }
                burst *= decay
                let white = noise.next()
                let friction = white * (bursts * burst + rubbing * (1 + zone * load))
                var ringing: Float = 0
                for mode in resonances.indices {
                    ringing += resonances[mode].process(friction)
                }
                var sum = resonanceGain * ringing + airborne * hiss.process(white * (1 + zone * load))
                let gain = squealStart + (squealTarget - squealStart) * ramp * Float(index)
                if gain > 0 {
                    let phase = squealPhase.advance(squealStep * (1 + 0.004 * Double(load)))
                    let tone = Wavetable.read(sine, phase)
                    sum += gain * max(0, 0.4 + load) * (tone + 0.4 * tone * tone)
                }
                output[index] += sum
            }
        }
    }

    /// Stick-slip comes and goes with a slow random drive that has to pass a threshold the drier the lower.
    private mutating func nextSquealGain(oilLoss: Double) -> Float {
        let memory = exp(-Rendering.blockSeconds / 0.6)
        squealDrive = squealDrive * memory + sqrt(1 - memory * memory) * draw.gaussian()
        let excess = squealDrive - (2.2 - 2.2 * oilLoss)
        guard oilLoss > 0.1, excess > 0 else { return 0 }
        return Float(amplitude(dB: individual.squealLevelDB + 10 * (oilLoss - 1)) * min(1, excess * 1.5))
    }
}
