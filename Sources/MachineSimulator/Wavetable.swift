// One period of a waveform or envelope, read by phase: cheaper than a sine per harmonic and sample.

import Foundation

/// A periodic function sampled at 512 points, read with linear interpolation; phase 0...1 is one period.
struct Wavetable: Sendable {
    private static let points = 512
    private let values: [Float]

    /// A function of the phase 0..<1.
    init(_ function: (Double) -> Double) {
        var table = (0..<Self.points).map { Float(function(Double($0) / Double(Self.points))) }
        table.append(table[0])
        values = table
    }

    /// A sum of harmonics (amplitude, phase in periods), scaled to an RMS of 1.
    init(harmonics: [(amplitude: Double, phase: Double)]) {
        let energy = harmonics.reduce(0) { $0 + $1.amplitude * $1.amplitude } / 2
        let scale = energy > 0 ? 1 / sqrt(energy) : 0
        self.init { phase in
            var sum = 0.0
            for (index, harmonic) in harmonics.enumerated() {
                sum += harmonic.amplitude * sin(2 * .pi * (Double(index + 1) * phase + harmonic.phase))
            }
            return sum * scale
        }
    }

    static let sine = Wavetable { sin(2 * .pi * $0) }

    /// Mean of the squares, for setting levels.
    var meanSquare: Double {
        values.dropLast().reduce(0) { $0 + Double($1) * Double($1) } / Double(Self.points)
    }

    /// Reads the table through a pointer, for loops over samples; `phase` must be in 0..<1.
    @inline(__always)
    static func read(_ table: UnsafePointer<Float>, _ phase: Double) -> Float {
        let position = phase * Double(points)
        let index = min(Int(position), points - 1)
        let fraction = Float(position - Double(index))
        return table[index] + fraction * (table[index + 1] - table[index])
    }

    func withTable<Result>(_ body: (UnsafePointer<Float>) -> Result) -> Result {
        values.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { preconditionFailure("a wavetable is never empty") }
            return body(base)
        }
    }
}

/// A phase in periods that runs at a given rate and wraps at 1.
struct Phasor: Sendable {
    private(set) var phase: Double

    init(phase: Double = 0) {
        self.phase = phase - phase.rounded(.down)
    }

    @inline(__always)
    mutating func advance(_ periods: Double) -> Double {
        let current = phase
        phase += periods
        if phase >= 1 { phase -= phase.rounded(.down) }
        return current
    }
}
