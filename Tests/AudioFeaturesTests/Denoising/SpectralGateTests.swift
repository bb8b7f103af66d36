// The gate: a tone in noise stands out more, silence and clean sound pass.
import Foundation
import Testing

@testable import AudioFeatures

@Suite struct SpectralGateTests {
    private static let rate = 48_000.0

    private static func tone(_ hertz: Double, seconds: Double, level: Double = 0.25) -> [Float] {
        (0..<Int(seconds * rate)).map { Float(level * sin(2 * Double.pi * hertz * Double($0) / rate)) }
    }

    private static func noise(seconds: Double, level: Double, seed: UInt64 = 7) -> [Float] {
        var source = DecodingSamples.Noise(state: seed)
        return (0..<Int(seconds * rate)).map { _ in
            // Twelve uniform numbers less their mean: near enough to normal.
            let sum = (0..<12).reduce(0.0) { sum, _ in sum + Double.random(in: 0..<1, using: &source) }
            return Float((sum - 6) * level)
        }
    }

    private static func power(_ samples: some Collection<Float>) -> Double {
        samples.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(samples.count)
    }

    /// Power of a tone's frequency against everything else.
    private static func ratioDB(_ samples: [Float], hertz: Double) -> Double {
        var (cosine, sine) = (0.0, 0.0)
        for (index, sample) in samples.enumerated() {
            let angle = 2 * Double.pi * hertz * Double(index) / rate
            cosine += Double(sample) * cos(angle)
            sine += Double(sample) * sin(angle)
        }
        let count = Double(samples.count)
        let signal = 2 * (cosine * cosine + sine * sine) / (count * count)
        return 10 * log10(signal / max(power(samples) - signal, 1e-30))
    }

    @Test func withEveryGainOneTheSoundComesBack() throws {
        for length in [32, 64, 2_048] {
            let shaper = try FrameShaper(frameLength: length)
            let samples = Self.noise(seconds: 0.11, level: 0.1)
            let frames = shaper.frameCount(sampleCount: samples.count)
            let back = shaper.shaped(
                shaper.padded(samples),
                gains: [Float](repeating: 1, count: frames * shaper.binCount),
                frameCount: frames,
                sampleCount: samples.count
            )
            #expect(back.count == samples.count)
            #expect(zip(back, samples).allSatisfy { abs($0 - $1) < 1e-6 }, "frames of \(length)")
        }
    }

    /// A gain on one half of the spectrum takes that half away, and only that.
    @Test func binsAreShapedWhereTheyAre() throws {
        let shaper = try FrameShaper(frameLength: 1_024)
        let (low, high) = (Self.tone(1_500, seconds: 0.5), Self.tone(9_000, seconds: 0.5))
        let both = zip(low, high).map { $0 + $1 }
        let frames = shaper.frameCount(sampleCount: both.count)
        let edge = Int(4_000 / Self.rate * 1_024)
        let gains = (0..<frames).flatMap { _ in (0..<shaper.binCount).map { Float($0 < edge ? 1 : 0) } }
        let result = shaper.shaped(shaper.padded(both), gains: gains, frameCount: frames, sampleCount: both.count)
        let error = zip(result, low).dropFirst(2_048).dropLast(2_048).map { abs($0 - $1) }.max() ?? 1
        #expect(error < 1e-3)
    }

    @Test(arguments: [0.0, 5, 10])
    func aToneInNoiseStandsOutMore(ratioDB: Double) throws {
        let tone = Self.tone(1_000, seconds: 3)
        let level = (Self.power(tone) / pow(10, ratioDB / 10)).squareRoot()
        let noisy = zip(tone, Self.noise(seconds: 3, level: level)).map { $0 + $1 }
        let gated = try SpectralGate().apply(to: noisy)
        #expect(gated.count == noisy.count)
        let gain = Self.ratioDB(gated, hertz: 1_000) - Self.ratioDB(noisy, hertz: 1_000)
        #expect(gain > 8, "\(gain) dB at \(ratioDB) dB")
    }

    /// Knocks in noise: the stretches between them get quieter, the knocks stay.
    @Test func knocksInNoiseStandOutMore() throws {
        let noise = Self.noise(seconds: 3, level: 0.01)
        let knocks = noise.indices.map { index -> Float in
            let since = Double(index % 24_000) / Self.rate
            return since < 0.05 ? Float(0.5 * exp(-since * 80) * sin(2 * Double.pi * 2_000 * since)) : 0
        }
        let gated = try SpectralGate().apply(to: zip(knocks, noise).map { $0 + $1 })
        let between = (12_000..<20_000), knock = (24_000..<24_960)
        let quieter = 10 * log10(Self.power(gated[between]) / Self.power(noise[between]))
        #expect(quieter < -10, "\(quieter) dB")
        let kept = 10 * log10(Self.power(gated[knock]) / Self.power(knocks[knock]))
        #expect(abs(kept) < 0.5, "\(kept) dB")
    }

    @Test func silenceStaysSilence() throws {
        let silence = [Float](repeating: 0, count: 48_000)
        #expect(try SpectralGate().apply(to: silence) == silence)
        #expect(try SpectralGate().apply(to: []).isEmpty)
    }

    @Test func cleanSoundPassesNearlyUnchanged() throws {
        let clean = zip(Self.tone(440, seconds: 2), Self.tone(3_000, seconds: 2, level: 0.1)).map { $0 + $1 }
        let bursts = clean.enumerated().map { ($0.offset / 9_600).isMultiple(of: 2) ? $0.element : 0 }
        for sound in [clean, bursts] {
            let gated = try SpectralGate().apply(to: sound)
            let difference = zip(gated, sound).map { $0 - $1 }
            let share = 10 * log10(Self.power(difference) / Self.power(sound))
            #expect(share < -30, "\(share) dB")
        }
    }

    /// Down to clips shorter than a frame, and never longer or not a number.
    @Test(arguments: [1, 100, 2_047, 2_049, 9_999])
    func anyLengthComesBackAsLong(count: Int) throws {
        let samples = Array(Self.noise(seconds: 0.3, level: 0.1).prefix(count))
        let gate = try SpectralGate()
        let once = gate.apply(to: samples)
        #expect(once.count == count)
        #expect(!once.contains { !$0.isFinite })
        #expect(gate.apply(to: samples) == once)
    }
}
