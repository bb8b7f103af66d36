// Level arithmetic and the constants of the internal rendering.

import Foundation

/// The simulator works at 48 kHz inside and in blocks of 10 ms; what the caller asks for is cut from these.
enum Rendering {
    static let rateHz = 48_000.0
    static let blockFrames = 480
    static let blockSeconds = Double(blockFrames) / rateHz
}

/// Amplitude factor of a level in dB.
func amplitude(dB level: Double) -> Double {
    pow(10, level / 20)
}

/// Root mean square of samples.
func rootMeanSquare(_ samples: [Float]) -> Double {
    guard !samples.isEmpty else { return 0 }
    var sum = 0.0
    for sample in samples {
        sum += Double(sample) * Double(sample)
    }
    return sqrt(sum / Double(samples.count))
}
