// The test sounds of the fixtures, sample for sample as Models/reference/random_clap.py makes them.
import Foundation

/// A sound that changes over time: a sweep, a hum whose level pulses, and noise.
enum SyntheticClip {
    /// `seconds` at 48 kHz; `kind` varies the pitches.
    static func samples(seconds: Int, kind: Int) -> [Float] {
        var state = UInt32(12345 + kind)
        let kind = Double(kind)
        let turn = 2 * Double.pi
        let humHz = 90.0 + 35.0 * kind
        return (0..<(seconds * 48_000)).map { n in
            let t = Double(n) / 48_000
            let pulse = 0.5 + 0.5 * sin(turn * (0.4 + 0.3 * kind) * t)
            let sweep = sin(turn * (300.0 + 150.0 * kind) * t * (1 + t / 40))
            let hum = sin(turn * humHz * t) + 0.5 * sin(turn * 3 * humHz * t)
            state = state &* 1_664_525 &+ 1_013_904_223
            let noise = Double(state >> 8) / 16_777_216 - 0.5
            let tonal = 0.2 * pulse * hum + 0.1 * sweep
            return Float(tonal + 0.05 * (1 + pulse) * noise)
        }
    }
}
