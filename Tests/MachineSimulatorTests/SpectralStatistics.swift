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

extension SpectralStatistics {
    /// Power of a band a thousand times a second, as an envelope analyser sees it.
    static func envelope(_ samples: [Float], centreHz: Double, q: Double) -> [Double] {
        let filtered = band(samples, centreHz: centreHz, q: q)
        return stride(from: 0, to: filtered.count - 47, by: 48).map { start in
            (start..<start + 48).reduce(0) { $0 + Double(filtered[$1]) * Double(filtered[$1]) }
        }
    }

    /// Strongest line of an envelope within 1.5 % of a frequency, relative to the envelope's mean.
    static func envelopeLine(_ envelope: [Double], frequencyHz: Double) -> Double {
        let mean = envelope.reduce(0, +) / Double(envelope.count)
        return (-3...3).map { offset in
            let hz = frequencyHz * (1 + 0.005 * Double(offset))
            var cosine = 0.0
            var sine = 0.0
            for (index, value) in envelope.enumerated() {
                let phase = 2 * .pi * hz * Double(index) / 1_000
                cosine += (value - mean) * cos(phase)
                sine += (value - mean) * sin(phase)
            }
            return 2 * (cosine * cosine + sine * sine).squareRoot() / Double(envelope.count) / mean
        }.max() ?? 0
    }

    /// How much a tone swells, as standard deviation over mean of its strength in steps of 50 ms.
    static func swell(_ samples: [Float], frequencyHz: Double) -> Double {
        let steps = stride(from: 0, to: samples.count - 2_399, by: 2_400).map { start in
            let piece = Array(samples[start..<start + 2_400])
            return amplitude(dB: toneShareDB(piece, frequencyHz: frequencyHz)) * rms(piece)
        }
        let mean = steps.reduce(0, +) / Double(steps.count)
        let variance = steps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(steps.count)
        return variance.squareRoot() / mean
    }
}
