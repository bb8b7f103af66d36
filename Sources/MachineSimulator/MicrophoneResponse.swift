// The microphone and its converter: colour, gain, noise floor, and a lower sample rate by band limiting.

import Foundation

/// Turns 48 kHz sound pressure into the samples a microphone of the given rate delivers.
struct MicrophoneResponse: Sendable {
    private let factor: Int
    private let taps: [Float]
    private var history: [Float]
    private var write = 0
    private var countdown = 0
    private var rumble: Biquad
    private var presence: Biquad
    private let presenceGain: Float
    private var noise: WhiteNoise
    private let floor: Float
    /// Factor from sound to full scale; set once the loudness of the source is known.
    var gain: Float = 1
    /// Neither own noise nor clipping: for measuring what passes through.
    var isIdeal = false

    /// - Parameter sampleRateHz: a divisor of 48,000.
    init(seed: UInt64, takeSeed: UInt64, sampleRateHz: Int) {
        var draw = SeededRandom(seed: seed, stream: 5)
        factor = Int(Rendering.rateHz) / sampleRateHz
        taps = Self.lowPassTaps(factor: factor)
        history = [Float](repeating: 0, count: 2 * taps.count)
        rumble = .highPass(cornerHz: draw.logUniform(20, 90))
        presence = .bandPass(centreHz: draw.logUniform(1_500, 9_000), q: draw.uniform(0.4, 1))
        presenceGain = Float(amplitude(dB: draw.uniform(-5, 5)) - 1)
        noise = WhiteNoise(seed: takeSeed, stream: 61)
        floor = Float(amplitude(dB: draw.uniform(-88, -68)))
    }

    /// Blackman-windowed sinc, flat to about 0.42 of the target rate.
    private static func lowPassTaps(factor: Int) -> [Float] {
        guard factor > 1 else { return [1] }
        let half = 14 * factor
        let cutoff = 0.92 / Double(factor)
        let raw = (-half...half).map { offset -> Double in
            let x = Double(offset)
            let sinc = offset == 0 ? cutoff : sin(.pi * cutoff * x) / (.pi * x)
            let position = (x + Double(half)) / Double(2 * half)
            return sinc * (0.42 - 0.5 * cos(2 * .pi * position) + 0.08 * cos(4 * .pi * position))
        }
        let sum = raw.reduce(0, +)
        return raw.map { Float($0 / sum) }
    }

    /// Appends what the microphone makes of one block to `output`, clipped at full scale as a converter clips.
    mutating func process(_ block: UnsafePointer<Float>, count: Int, into output: inout [Float]) {
        let length = taps.count
        for index in 0..<count {
            var sample = rumble.process(block[index])
            sample += presenceGain * presence.process(sample)
            guard factor > 1 else {
                output.append(converted(gain * sample))
                continue
            }
            // Written twice, so the newest `length` samples always lie in one piece.
            history[write] = sample
            history[write + length] = sample
            write = write + 1 == length ? 0 : write + 1
            if countdown == 0 {
                countdown = factor
                let filtered = history.withUnsafeBufferPointer { past in
                    taps.withUnsafeBufferPointer { taps in
                        var sum: Float = 0
                        for tap in 0..<length {
                            sum += taps[tap] * past[write + tap]
                        }
                        return sum
                    }
                }
                output.append(converted(gain * filtered))
            }
            countdown -= 1
        }
    }

    @inline(__always)
    private mutating func converted(_ sample: Float) -> Float {
        isIdeal ? sample : min(0.999, max(-0.999, sample + floor * noise.next()))
    }
}
