// Plain measures of sound the tests judge the simulator by: band shares, impulsiveness, tone levels.

import Foundation

@testable import MachineSimulator

enum SpectralStatistics {
    static func rms(_ samples: [Float]) -> Double { rootMeanSquare(samples) }

    static func decibels(_ ratio: Double) -> Double { 20 * log10(max(ratio, 1e-12)) }

    /// Samples (at 48 kHz) passed through two equal band-pass sections.
    static func band(_ samples: [Float], centreHz: Double, q: Double = 1) -> [Float] {
        var first = Biquad.bandPass(centreHz: centreHz, q: q)
        var second = Biquad.bandPass(centreHz: centreHz, q: q)
        return samples.map { second.process(first.process($0)) }
    }

    /// Level of a band under the whole, dB.
    static func bandShareDB(_ samples: [Float], centreHz: Double, q: Double = 1) -> Double {
        decibels(rms(band(samples, centreHz: centreHz, q: q)) / rms(samples))
    }

    /// Fourth moment over squared second: 3 for noise, large for clicks.
    static func kurtosis(_ samples: [Float]) -> Double {
        let second = samples.reduce(0) { $0 + pow(Double($1), 2) } / Double(samples.count)
        let fourth = samples.reduce(0) { $0 + pow(Double($1), 4) } / Double(samples.count)
        return fourth / (second * second)
    }

    /// RMS of the tone at a frequency (one bin of a Fourier sum), relative to the whole, dB.
    static func toneShareDB(_ samples: [Float], frequencyHz: Double) -> Double {
        var cosine = 0.0
        var sine = 0.0
        for (index, sample) in samples.enumerated() {
            let phase = 2 * .pi * frequencyHz * Double(index) / 48_000
            cosine += Double(sample) * cos(phase)
            sine += Double(sample) * sin(phase)
        }
        let amplitude = 2 * (cosine * cosine + sine * sine).squareRoot() / Double(samples.count)
        return decibels(amplitude / 2.0.squareRoot() / rms(samples))
    }
}
