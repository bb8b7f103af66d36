// The hall behind the machine: coloured noise that swells slowly, with a little mains hum.

import Foundation

/// Background of about unit RMS; the caller measures it and scales it to the asked signal to noise ratio.
struct BackgroundNoise: Sendable {
    private var noise: WhiteNoise
    private var draw: SeededRandom
    private var low: OnePole
    private var middle: Biquad
    private var hum: Phasor
    private let humStep: Double
    private let lowGain: Float
    private let middleGain: Float
    private let whiteGain: Float
    private let humGain: Float
    private let swellDepth: Double
    private var swellDrive: Double
    private var swell: Float = 1

    init(seed: UInt64, takeSeed: UInt64) {
        var place = SeededRandom(seed: seed, stream: 4)
        noise = WhiteNoise(seed: takeSeed, stream: 51)
        let cornerHz = place.logUniform(80, 600)
        let centreHz = place.logUniform(300, 3_000)
        low = OnePole(cornerHz: cornerHz)
        middle = .bandPass(centreHz: centreHz, q: 0.4)
        // One-pole noise bandwidth is pi/2 corner over the half rate.
        let lowRMS = sqrt(.pi / 2 * cornerHz / (Rendering.rateHz / 2))
        let shares = [place.uniform(0.3, 1), place.uniform(0.1, 0.8), place.uniform(0, 0.18), place.uniform(0, 0.3)]
        let norm = sqrt(shares.reduce(0) { $0 + $1 * $1 })
        lowGain = Float(shares[0] / norm / lowRMS)
        middleGain = Float(shares[1] / norm / bandPassNoiseRMS(centreHz: centreHz, q: 0.4))
        whiteGain = Float(shares[2] / norm)
        humGain = Float(shares[3] / norm * 1.414)
        humStep = (place.chance(0.7) ? 100 : 120) / Rendering.rateHz
        swellDepth = place.uniform(0, 0.2)
        draw = SeededRandom(seed: takeSeed, stream: 52)
        hum = Phasor(phase: draw.uniform())
        swellDrive = draw.gaussian()
    }

    /// Writes one block.
    mutating func renderBlock(into output: UnsafeMutablePointer<Float>) {
        let memory = exp(-Rendering.blockSeconds / 2)
        swellDrive = swellDrive * memory + sqrt(1 - memory * memory) * draw.gaussian()
        let target = Float(exp(swellDepth * swellDrive - swellDepth * swellDepth))
        let slope = (target - swell) / Float(Rendering.blockFrames)
        Wavetable.sine.withTable { sine in
            for index in 0..<Rendering.blockFrames {
                swell += slope
                let white = noise.next()
                var sum = lowGain * low.process(white) + middleGain * middle.process(white) + whiteGain * white
                sum += humGain * Wavetable.read(sine, hum.advance(humStep))
                output[index] = swell * sum
            }
        }
    }
}
