// The motor's cooling fan: blade tones over broadband flow noise.

import Foundation

/// Fan on the motor shaft, or a separate one that runs up with the motor's temperature.
struct FanSound: Sendable {
    private let individual: CompressorIndividual
    private let bladeTable: Wavetable
    private var blades: Phasor
    private var noise: WhiteNoise
    private var flow: Biquad
    private var upperFlow: Biquad
    private let flowGain: Double

    init(individual: CompressorIndividual, draw: inout SeededRandom, seed: UInt64) {
        self.individual = individual
        bladeTable = Wavetable(harmonics: [(1, 0), (0.45, 0.2), (0.25, 0.4), (0.12, 0.1)])
        blades = Phasor(phase: draw.uniform())
        noise = WhiteNoise(seed: seed, stream: 41)
        flow = .bandPass(centreHz: individual.fanFlowHz, q: 0.5)
        upperFlow = .bandPass(centreHz: individual.fanFlowHz * 3.2, q: 0.5)
        flowGain = 1 / (1.2 * bandPassNoiseRMS(centreHz: individual.fanFlowHz, q: 0.5))
    }

    /// Adds one block; `heat` 0...1 sends the fan to full speed, where air noise rises with about the fifth power.
    mutating func render(into output: UnsafeMutablePointer<Float>, shaftHz: Double, heat: Double) {
        let speed = 1 + 0.45 * heat
        let rise = 50 * log10(speed) * 1.4
        let tone = Float(amplitude(dB: individual.fanToneLevelDB + rise))
        let air = Float(flowGain * amplitude(dB: individual.fanFlowLevelDB + rise))
        let step = shaftHz * speed * Double(individual.fanBlades) / Rendering.rateHz
        bladeTable.withTable { values in
            for index in 0..<Rendering.blockFrames {
                let white = noise.next()
                let moving = air * (flow.process(white) + 0.35 * upperFlow.process(white))
                output[index] += tone * Wavetable.read(values, blades.advance(step)) + moving
            }
        }
    }
}
