// Random numbers that depend on nothing but their seed: parameters of individuals and white noise.
// xoshiro256++ and SplitMix64: Blackman & Vigna, https://prng.di.unimi.it

import Foundation

/// One step of SplitMix64: turns any seed, however small, into well mixed bits.
func splitMix64(_ state: inout UInt64) -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
}

/// xoshiro256++: a repeatable source of parameters, equal for equal seed and stream.
public struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state0: UInt64
    private var state1: UInt64
    private var state2: UInt64
    private var state3: UInt64

    /// - Parameters:
    ///   - seed: any number; neighbouring seeds give unrelated sequences.
    ///   - stream: separates independent uses of one seed.
    public init(seed: UInt64, stream: UInt64 = 0) {
        var mixer = seed ^ (stream &* 0xD1B5_4A32_D192_ED03)
        _ = splitMix64(&mixer)
        mixer ^= stream
        state0 = splitMix64(&mixer)
        state1 = splitMix64(&mixer)
        state2 = splitMix64(&mixer)
        state3 = splitMix64(&mixer)
    }

    public mutating func next() -> UInt64 {
        let sum = state0 &+ state3
        let result = ((sum << 23) | (sum >> 41)) &+ state0
        let shifted = state1 << 17
        state2 ^= state0
        state3 ^= state1
        state1 ^= state2
        state0 ^= state3
        state2 ^= shifted
        state3 = (state3 << 45) | (state3 >> 19)
        return result
    }

    /// Uniform in [0, 1).
    public mutating func uniform() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// Uniform between two bounds.
    public mutating func uniform(_ low: Double, _ high: Double) -> Double {
        low + (high - low) * uniform()
    }

    /// Uniform on a logarithmic scale: for frequencies and times.
    public mutating func logUniform(_ low: Double, _ high: Double) -> Double {
        exp(uniform(log(low), log(high)))
    }

    /// Standard normal (Box-Muller, one of the pair).
    public mutating func gaussian() -> Double {
        let radius = sqrt(-2 * log(1 - uniform()))
        return radius * cos(2 * .pi * uniform())
    }

    public mutating func chance(_ probability: Double) -> Bool {
        uniform() < probability
    }

    /// A whole number in a closed range.
    public mutating func integer(_ low: Int, _ high: Int) -> Int {
        low + Int(uniform() * Double(high - low + 1))
    }

    /// Poisson distributed count (Knuth); meant for small means.
    mutating func poisson(_ mean: Double) -> Int {
        let limit = exp(-mean)
        var product = uniform()
        var count = 0
        while product > limit && count < 64 {
            product *= uniform()
            count += 1
        }
        return count
    }
}

/// White noise of unit variance, uniform amplitude; one multiply per sample.
struct WhiteNoise: Sendable {
    private var state: UInt64

    init(seed: UInt64, stream: UInt64) {
        var mixer = seed &+ stream &* 0xA24B_AED4_963E_E407
        state = splitMix64(&mixer)
    }

    @inline(__always)
    mutating func next() -> Float {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Float(Int32(truncatingIfNeeded: state >> 32)) * (1.732_050_8 / 2_147_483_648)
    }
}
