// The small recursive filters sound is shaped with: band-pass and low-pass sections and ringing modes.
// Biquads: R. Bristow-Johnson, Audio EQ Cookbook, https://www.w3.org/TR/audio-eq-cookbook/

import Foundation

/// Keeps decaying filters out of subnormal numbers, which are slow.
private let antiDenormal: Float = 1e-18

/// A second-order section, transposed direct form II.
struct Biquad: Sendable {
    private var b0: Float
    private var b1: Float
    private var b2: Float
    private var a1: Float
    private var a2: Float
    private var z1: Float = 0
    private var z2: Float = 0

    private init(b: (Double, Double, Double), a: (Double, Double, Double)) {
        b0 = Float(b.0 / a.0)
        b1 = Float(b.1 / a.0)
        b2 = Float(b.2 / a.0)
        a1 = Float(a.1 / a.0)
        a2 = Float(a.2 / a.0)
    }

    /// Band-pass with 0 dB at its centre.
    static func bandPass(centreHz: Double, q: Double) -> Biquad {
        let omega = 2 * .pi * min(centreHz, 0.45 * Rendering.rateHz) / Rendering.rateHz
        let alpha = sin(omega) / (2 * q)
        return Biquad(b: (alpha, 0, -alpha), a: (1 + alpha, -2 * cos(omega), 1 - alpha))
    }

    /// Low-pass, -3 dB at the corner for q = 0.707.
    static func lowPass(cornerHz: Double, q: Double = 0.707) -> Biquad {
        let omega = 2 * .pi * min(cornerHz, 0.45 * Rendering.rateHz) / Rendering.rateHz
        let alpha = sin(omega) / (2 * q)
        let rest = 1 - cos(omega)
        return Biquad(b: (rest / 2, rest, rest / 2), a: (1 + alpha, -2 * cos(omega), 1 - alpha))
    }

    /// High-pass, -3 dB at the corner for q = 0.707.
    static func highPass(cornerHz: Double, q: Double = 0.707) -> Biquad {
        let omega = 2 * .pi * min(cornerHz, 0.45 * Rendering.rateHz) / Rendering.rateHz
        let alpha = sin(omega) / (2 * q)
        let sum = 1 + cos(omega)
        return Biquad(b: (sum / 2, -sum, sum / 2), a: (1 + alpha, -2 * cos(omega), 1 - alpha))
    }

    @inline(__always)
    mutating func process(_ input: Float) -> Float {
        let output = b0 * input + z1
        z1 = b1 * input - a1 * output + z2 + antiDenormal
        z2 = b2 * input - a2 * output
        return output
    }
}

/// Band-pass filtered noise has this RMS for unit-variance white noise at the input.
func bandPassNoiseRMS(centreHz: Double, q: Double) -> Double {
    sqrt(.pi / 2 * centreHz / q / (Rendering.rateHz / 2))
}

/// First-order low-pass.
struct OnePole: Sendable {
    private let gain: Float
    private var state: Float = 0

    init(cornerHz: Double) {
        gain = Float(1 - exp(-2 * .pi * cornerHz / Rendering.rateHz))
    }

    @inline(__always)
    mutating func process(_ input: Float) -> Float {
        state += gain * (input - state) + antiDenormal
        return state
    }
}

/// One vibration mode: an impulse of 1 makes it ring with amplitude 1, decaying to 1/e in its decay time.
struct Mode: Sendable {
    private let a1: Float
    private let a2: Float
    private let b0: Float
    private let gain: Float
    private var y1: Float = 0
    private var y2: Float = 0

    init(frequencyHz: Double, decaySeconds: Double, gain: Double) {
        let omega = 2 * .pi * min(frequencyHz, 0.45 * Rendering.rateHz) / Rendering.rateHz
        let radius = exp(-1 / (decaySeconds * Rendering.rateHz))
        a1 = Float(2 * radius * cos(omega))
        a2 = Float(-radius * radius)
        b0 = Float(sin(omega))
        self.gain = Float(gain)
    }

    /// Adds this mode's response to `excitation` to `output`; both hold `count` samples.
    mutating func ring(_ excitation: UnsafePointer<Float>, into output: UnsafeMutablePointer<Float>, count: Int) {
        var last = y1
        var beforeLast = y2
        for index in 0..<count {
            let value = b0 * excitation[index] + a1 * last + a2 * beforeLast + antiDenormal
            beforeLast = last
            last = value
            output[index] += gain * value
        }
        y1 = last
        y2 = beforeLast
    }
}
