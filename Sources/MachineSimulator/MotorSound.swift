// The induction motor: magnetic hum at twice the supply frequency, slot harmonics, and a loosened hot winding.
// Sidebands and slot harmonics: A. Bonnett & G. Soukup, "Cause and analysis of stator and rotor failures", IEEE 1992.

import Foundation

/// Magnetic noise of the motor; heat raises the hum, enriches its harmonics and lets the winding buzz.
struct MotorSound: Sendable {
    private let individual: CompressorIndividual
    private let humTable: Wavetable
    private let looseTable: Wavetable
    private var line: Phasor
    private var slots: [Phasor]
    private var slipBeat = Phasor()
    private var windingModes: [Mode]
    private var noise: WhiteNoise
    private var excitation = [Float](repeating: 0, count: Rendering.blockFrames)

    init(individual: CompressorIndividual, draw: inout SeededRandom, seed: UInt64) {
        self.individual = individual
        humTable = Wavetable(harmonics: individual.humHarmonics)
        looseTable = Wavetable(harmonics: individual.looseHarmonics)
        line = Phasor(phase: draw.uniform())
        slots = (0..<3).map { _ in Phasor(phase: draw.uniform()) }
        slipBeat = Phasor(phase: draw.uniform())
        windingModes = individual.windingModes
        noise = WhiteNoise(seed: seed, stream: 11)
    }

    /// Adds one block.
    /// - Parameters:
    ///   - heat: 0...1.
    ///   - slip: of the rotor now.
    mutating func render(into output: UnsafeMutablePointer<Float>, heat: Double, slip: Double) {
        let humLevel = individual.humLevelDB + (18 + individual.heatSensitivityDB) * pow(heat, 0.7)
        let hum = Float(amplitude(dB: humLevel))
        let looseLevel = -36 + (35 + individual.heatSensitivityDB) * pow(heat, 0.55)
        let loose = heat > 0 ? Float(amplitude(dB: looseLevel)) : 0
        let beatDepth = Float(0.08 + 0.6 * pow(heat, 0.7))
        let humStep = 2 * individual.supplyHz / Rendering.rateHz
        // Current pulsates at the pole pass frequency: poles x slip speed.
        let beatStep = 2 * slip * individual.supplyHz / Rendering.rateHz
        let buzz = Float(1.2 * heat)

        humTable.withTable { humValues in
            looseTable.withTable { looseValues in
                Wavetable.sine.withTable { sine in
                    for index in 0..<Rendering.blockFrames {
                        let phase = line.advance(humStep)
                        let beat = 1 + beatDepth * Wavetable.read(sine, slipBeat.advance(beatStep))
                        let value = hum * Wavetable.read(humValues, phase) + loose * Wavetable.read(looseValues, phase)
                        output[index] += beat * value
                        // The coil chatters against its slot once per half wave of the current.
                        excitation[index] = buzz * beat * (phase < 0.04 ? noise.next() : 0)
                    }
                }
            }
        }
        if heat > 0 {
            var scaled = excitation
            let gain = Float(amplitude(dB: looseLevel)) * 0.6
            for index in scaled.indices { scaled[index] *= gain }
            for index in windingModes.indices {
                scaled.withUnsafeBufferPointer { buffer in
                    guard let base = buffer.baseAddress else { return }
                    windingModes[index].ring(base, into: output, count: Rendering.blockFrames)
                }
            }
        }
        renderSlotHarmonics(into: output, slip: slip, heat: heat)
    }

    private mutating func renderSlotHarmonics(into output: UnsafeMutablePointer<Float>, slip: Double, heat: Double) {
        let centreHz = Double(individual.rotorSlots) * individual.shaftHz(slip: slip)
        let gain = Float(amplitude(dB: individual.slotLevelDB + 6 * heat))
        Wavetable.sine.withTable { sine in
            for index in slots.indices {
                let step = abs(centreHz + Double(index - 1) * 2 * individual.supplyHz) / Rendering.rateHz
                for sample in 0..<Rendering.blockFrames {
                    output[sample] += gain * Wavetable.read(sine, slots[index].advance(step))
                }
            }
        }
    }
}
