// Sound that may be enrolled: a test tone that repeats for ever is refused, as a frozen stream would be.
import AudioFeatures
import Foundation

/// Sound of a machine that is never twice the same: a whistle in noise, another one for every number.
private func livelySound(_ number: Int) -> [Float] {
    var state = UInt64(number) &* 0x9E37_79B9_7F4A_7C15 &+ 1
    let loudness = 0.1 + 0.02 * Float(number % 7)
    return TestSound.tone.samples(seconds: PlantMicrophone.chunkSeconds).map { sample in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let noise = Float(Int32(truncatingIfNeeded: state >> 33) % 65_536) / 65_536
        return sample * 0.6 + loudness * noise
    }
}

extension PlantMicrophone {
    /// Sends lively sound, a few windows at a time: what waits for inference is bounded.
    mutating func live(_ numbers: Range<Int>) async throws {
        let format = PCMFormat(encoding: .s16le, sampleRateHz: 48_000)
        for first in stride(from: numbers.lowerBound, to: numbers.upperBound, by: 3) {
            let seen = plant.messages.values.count
            let batch = first..<min(first + 3, numbers.upperBound)
            for number in batch {
                try await send(format.encode(livelySound(number)), contentType: format.contentType)
            }
            try await plant.windows(machine, count: batch.count, skipping: seen)
        }
    }
}
