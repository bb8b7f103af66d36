// Edges, silence, bad samples and repeatability of the log-mel spectrogram. Parity is tested with the model's front end.
import Foundation
import Testing

@testable import AudioFeatures

@Suite struct LogMelExtractorTests {
    /// One frame from the definition: mirrored samples, Hann window, power, filters, decibels.
    static func definition(_ samples: [Float], frame: Int, bank: MelFilterBank, length: Int, hop: Int) -> [Double] {
        let window = PowerSpectrum.hann(lengthSamples: length)
        let windowed: [Float] = (0..<length).map { offset in
            var index = frame * hop + offset - length / 2
            while index < 0 || index >= samples.count {
                index = index < 0 ? -index : 2 * (samples.count - 1) - index
            }
            return samples[index]
        }
        let power = (0...length / 2).map { PowerSpectrumTests.definition(windowed[...], window: window, bin: $0) }
        var next = 0
        return zip(bank.firstBins, bank.binCounts).map { first, count in
            defer { next += Int(count) }
            let sum = (0..<Int(count)).reduce(0.0) { $0 + bank.weights[next + $1] * power[Int(first) + $1] }
            return 10 * log10(max(1e-10, sum))
        }
    }

    @Test(arguments: [2, 3, 100, 129, 700])
    func mirrorsClipsShorterThanAFrame(count: Int) throws {
        let configuration = LogMelConfiguration(fftLengthSamples: 256, hopLengthSamples: 100, melBinCount: 20)
        let extractor = try LogMelExtractor(configuration: configuration)
        let samples = SignalRecipe.noise.samples(count: count, sampleRateHz: 48_000)
        let levels = try extractor.logMel(of: samples)
        let frameCount = 1 + count / 100
        #expect(levels.count == frameCount * 20)
        for frame in 0..<frameCount {
            let expected = Self.definition(samples, frame: frame, bank: extractor.filterBank, length: 256, hop: 100)
            for mel in 0..<20 { #expect(abs(Double(levels[frame * 20 + mel]) - expected[mel]) < 1e-4) }
        }
    }

    @Test func oneSampleIsAConstant() throws {
        let extractor = try LogMelExtractor()
        let one = try extractor.logMel(of: [0.5])
        let constant = try extractor.logMel(of: [Float](repeating: 0.5, count: 2000))
        #expect(one == Array(constant[0..<64]))
    }

    @Test func silenceIsTheFloorExactly() throws {
        let levels = try LogMelExtractor().logMel(of: [Float](repeating: 0, count: 48_000))
        #expect(levels.count == 101 * 64)
        #expect(levels.allSatisfy { $0 == -100 })
    }

    @Test func aFrameHasTheSameBitsWhereverItLies() throws {
        let extractor = try LogMelExtractor()
        let samples = SignalRecipe.machine.samples(count: 48_000, sampleRateHz: 48_000)
        let whole = try extractor.logMel(of: samples)
        for shift in [1, 2, 3, 5] {
            let part = try extractor.logMel(of: Array(samples[(shift * 480)...]))
            // Frames 3 ... 95 of the part reach no end.
            for frame in 3..<90 {
                let here = part[frame * 64..<(frame + 1) * 64]
                let there = whole[(frame + shift) * 64..<(frame + shift + 1) * 64]
                #expect(Array(here) == Array(there), "frame \(frame), shift \(shift)")
            }
        }
    }

    @Test func usesTheCallersArrayAgain() throws {
        let extractor = try LogMelExtractor()
        let samples = SignalRecipe.noise.samples(count: 9600, sampleRateHz: 48_000)
        var levels = [Float](repeating: 7, count: 21 * 64)
        let before = levels.withUnsafeBufferPointer { $0.baseAddress }
        try extractor.extract(samples, into: &levels)
        let after = levels.withUnsafeBufferPointer { $0.baseAddress }
        #expect(before == after)
        #expect(levels == (try LogMelExtractor().logMel(of: samples)))
    }

    @Test func refusesNoSamples() {
        #expect(throws: LogMelError.noSamples) { try LogMelExtractor().logMel(of: []) }
    }

    @Test(arguments: [.nan, .infinity, -.infinity] as [Float])
    func refusesSamplesThatAreNoNumbers(sample: Float) throws {
        var samples = SignalRecipe.noise.samples(count: 2000, sampleRateHz: 48_000)
        samples[1234] = sample
        let extractor = try LogMelExtractor()
        #expect(throws: LogMelError.nonFiniteSample(index: 1234)) { try extractor.logMel(of: samples) }
    }
}
