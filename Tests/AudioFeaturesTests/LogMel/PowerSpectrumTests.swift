// The transform against the definition, and what it promises about lanes.
import Foundation
import Testing

@testable import AudioFeatures

@Suite struct PowerSpectrumTests {
    /// |sum of w x exp(-2 pi i k n / N)|^2, straight from the definition.
    static func definition(_ samples: ArraySlice<Float>, window: [Double], bin: Int) -> Double {
        var (re, im) = (0.0, 0.0)
        for (index, sample) in samples.enumerated() {
            let angle = 2 * Double.pi * Double(index * bin % window.count) / Double(window.count)
            re += Double(sample) * window[index] * cos(angle)
            im -= Double(sample) * window[index] * sin(angle)
        }
        return re * re + im * im
    }

    @Test(arguments: [8, 16, 32, 64, 128, 256, 512, 1024])
    func agreesWithTheDefinition(length: Int) throws {
        let window = PowerSpectrum.hann(lengthSamples: length)
        let spectrum = try PowerSpectrum(window: window)
        let samples = SignalRecipe.noise.samples(count: 4 * length, sampleRateHz: 48_000)
        samples.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            let power = spectrum.compute(base, laneStride: length)
            for lane in 0..<4 {
                for bin in stride(from: 0, through: length / 2, by: max(1, length / 32)) {
                    let expected = Self.definition(
                        samples[lane * length..<(lane + 1) * length],
                        window: window,
                        bin: bin
                    )
                    #expect(abs(power[bin * 4 + lane] - expected) < 1e-12 * Double(length))
                }
            }
        }
    }

    @Test(arguments: [2048, 32_768, 65_536])
    func putsALongToneWhereItBelongs(length: Int) throws {
        let spectrum = try PowerSpectrum(window: [Double](repeating: 1, count: length))
        let bin = length / 8 + 3
        let samples = (0..<length).map { Float(cos(2 * Double.pi * Double($0 * bin % length) / Double(length))) }
        samples.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            let power = spectrum.compute(base, laneStride: 0)
            let expected = Double(length) * Double(length) / 4
            #expect(abs(power[4 * bin] / expected - 1) < 1e-6)
            for other in stride(from: 0, through: length / 2, by: 97) where other != bin {
                #expect(power[4 * other] < 1e-9 * expected)
            }
        }
    }

    @Test func givesTheSameBitsInEveryLaneAndForAnyBinRange() throws {
        let window = PowerSpectrum.hann(lengthSamples: 1024)
        let all = try PowerSpectrum(window: window)
        let some = try PowerSpectrum(window: window, binRange: 17..<300)
        let samples = SignalRecipe.machine.samples(count: 1024 + 3 * 480, sampleRateHz: 48_000)
        samples.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            let together = all.compute(base, laneStride: 480)
            for lane in 0..<4 {
                let alone = some.compute(base + lane * 480, laneStride: 0)
                for bin in 17..<300 {
                    for copy in 0..<4 { #expect(alone[(bin - 17) * 4 + copy] == together[bin * 4 + lane]) }
                }
            }
        }
    }

    @Test func readsStridedSamples() throws {
        let spectrum = try PowerSpectrum(window: [Double](repeating: 1, count: 64))
        let rows = SignalRecipe.noise.samples(count: 256, sampleRateHz: 48_000)  // (4, 64)
        let columns = (0..<256).map { rows[($0 % 4) * 64 + $0 / 4] }  // (64, 4)
        let byRow = rows.withUnsafeBufferPointer { buffer in
            buffer.baseAddress.map { base in
                let power = spectrum.compute(base, laneStride: 64)
                return (0..<33 * 4).map { power[$0] }
            }
        }
        let byColumn = columns.withUnsafeBufferPointer { buffer in
            buffer.baseAddress.map { base in
                let power = spectrum.compute(base, laneStride: 1, sampleStride: 4)
                return (0..<33 * 4).map { power[$0] }
            }
        }
        #expect(byRow == byColumn)
        #expect(byRow != nil)
    }

    @Test(arguments: [0, 1, 4, 7, 1000, 1023, 131_072])
    func refusesOtherLengths(length: Int) {
        #expect(throws: LogMelError.self) { try PowerSpectrum(window: [Double](repeating: 1, count: length)) }
    }
}
