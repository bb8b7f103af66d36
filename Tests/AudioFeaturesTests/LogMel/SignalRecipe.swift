// The test clips of Models/reference/frontend_fixtures.py, made again sample for sample.
import Foundation

/// One clip's name in the fixtures.
enum SignalRecipe: String, CaseIterable, Decodable {
    case sweep, noise, quiet, clicks, silence, loudtone, machine

    /// Float samples of the recipe; the same as the fixtures' but for the last bit of a sine.
    func samples(count: Int, sampleRateHz: Int) -> [Float] {
        let rate = Double(sampleRateHz)
        switch self {
        case .sweep:
            let end = 0.45 * rate
            return (0..<count).map { index in
                let seconds = Double(index) / rate
                let phase = 40 * seconds + (end - 40) * seconds * seconds / (2 * (Double(count) / rate))
                return Float(0.8 * sin(2 * Double.pi * (phase - phase.rounded(.down))))
            }
        case .noise: return Self.uniformNoise(count: count, seed: 7).map { Float(0.3 * $0) }
        case .quiet: return Self.uniformNoise(count: count, seed: 11).map { Float(1e-5 * $0) }
        case .clicks:
            return (0..<count).map { $0 % 4801 == 100 ? ($0 / 4801 % 2 == 0 ? 1 : -1) : 0 }
        case .silence: return [Float](repeating: 0, count: count)
        case .loudtone:
            return (0..<count).map { index in
                let phase = 97 * (Double(index) / rate)
                return Float(sin(2 * Double.pi * (phase - phase.rounded(.down))))
            }
        case .machine:
            let noise = Self.uniformNoise(count: count, seed: 3)
            return (0..<count).map { index in
                let seconds = Double(index) / rate
                let phase = 49.5 * seconds - (49.5 * seconds).rounded(.down)
                let swell = 1 + 0.7 * sin(2 * Double.pi * (4 * seconds - (4 * seconds).rounded(.down)))
                let hum = 0.5 * sin(2 * Double.pi * phase) + 0.2 * sin(6 * Double.pi * phase) + 0.05
                return Float(max(-1, min(1, hum + 0.4 * swell * noise[index])))
            }
        }
    }

    /// Numbers in -1 ..< 1 from a linear congruential generator.
    static func uniformNoise(count: Int, seed: UInt32) -> [Double] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return Double(state >> 8) / 8_388_608 - 1
        }
    }
}
