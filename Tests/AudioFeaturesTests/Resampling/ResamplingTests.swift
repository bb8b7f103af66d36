// Resampling: length, position, purity and independence from chunking.
import AudioFeatures
import Foundation
import Testing

@Suite("Resampling")
struct ResamplingTests {
    static let ratesHz = [8_000, 11_025, 16_000, 22_050, 32_000, 44_100, 88_200, 96_000, 192_000]

    private func tone(_ frequencyHz: Double, sampleRateHz: Int, seconds: Double) -> [Float] {
        (0..<Int((seconds * Double(sampleRateHz)).rounded())).map {
            Float(0.5 * sin(2 * .pi * frequencyHz * Double($0) / Double(sampleRateHz)))
        }
    }

    @Test("A tone stays where it is in time and keeps its size", arguments: ratesHz)
    func position(sampleRateHz: Int) throws {
        let output = try StreamingResampler.resample(
            tone(440, sampleRateHz: sampleRateHz, seconds: 1),
            from: sampleRateHz
        )
        #expect(output.count == 48_000)
        let ideal = tone(440, sampleRateHz: 48_000, seconds: 1)
        // Away from the ends, where the signal starts and stops.
        let worst = (2_400..<45_600).map { abs(output[$0] - ideal[$0]) }.max() ?? 1
        #expect(worst < 1e-4, "a delay of one sample would be 0.029")
    }

    @Test("What lies above half the output rate is gone")
    func aliases() throws {
        let output = try StreamingResampler.resample(tone(30_000, sampleRateHz: 96_000, seconds: 0.5), from: 96_000)
        let worst = output[2_400..<21_600].map(\.magnitude).max() ?? 1
        #expect(worst < 1e-4, "-80 dB")
    }

    @Test("Chunking changes no bit", arguments: ratesHz)
    func chunking(sampleRateHz: Int) throws {
        let input = tone(1_234, sampleRateHz: sampleRateHz, seconds: 1.7)
        let whole = try StreamingResampler.resample(input, from: sampleRateHz)
        var noise = DecodingSamples.Noise(state: UInt64(sampleRateHz))
        let resampler = try StreamingResampler(from: sampleRateHz)
        // Twice with one resampler: a flush leaves no trace.
        for _ in 0..<2 {
            var output: [Float] = []
            var position = 0
            while position < input.count {
                let count = min(Int.random(in: 0...5_000, using: &noise), input.count - position)
                output += resampler.process(Array(input[position..<position + count]))
                position += count
                #expect(resampler.outputSampleCount == output.count)
                #expect(resampler.latencySampleCount < 48_000 / 4, "a quarter of a second held back at most")
            }
            output += resampler.flush()
            #expect(output == whole)
        }
    }

    @Test("A signal in parts gives the bits of the whole", arguments: ratesHz + [48_000])
    func parts(sampleRateHz: Int) throws {
        let input = tone(1_234, sampleRateHz: sampleRateHz, seconds: 2.3)
        let whole = try StreamingResampler.resample(input, from: sampleRateHz)
        for cut in [0, 1, input.count / 3, input.count - 1, input.count] {
            let output = try input.withUnsafeBufferPointer { samples throws(ResamplingError) in
                let parts = [
                    UnsafeBufferPointer(rebasing: samples[..<cut]), UnsafeBufferPointer(rebasing: samples[cut...]),
                ]
                return try StreamingResampler.resample(parts: parts, from: sampleRateHz)
            }
            #expect(output == whole)
        }
    }

    @Test("48 kHz passes untouched")
    func passThrough() throws {
        let input = tone(440, sampleRateHz: 48_000, seconds: 0.1)
        #expect(try StreamingResampler.resample(input, from: 48_000) == input)
        let resampler = try StreamingResampler(from: 48_000)
        #expect(resampler.process(input) == input)
        #expect(resampler.latencySampleCount == 0)
        #expect(resampler.flush().isEmpty)
    }

    @Test("Any length gives the rounded length", arguments: [0, 1, 2, 3, 159, 16_001])
    func lengths(count: Int) throws {
        let output = try StreamingResampler.resample([Float](repeating: 0.1, count: count), from: 16_000)
        #expect(output.count == 3 * count)
        let odd = try StreamingResampler.resample([Float](repeating: 0.1, count: count), from: 44_100)
        #expect(abs(Double(odd.count) - Double(count) * 48_000 / 44_100) <= 1)
    }

    @Test("Impossible rates are refused", arguments: [0, -1, 999, 10_000_000])
    func rates(sampleRateHz: Int) {
        #expect(throws: ResamplingError.self) { try StreamingResampler(from: sampleRateHz) }
        #expect(throws: ResamplingError.self) { try StreamingResampler.resample([0], from: 16_000, to: sampleRateHz) }
    }

    @Test("Workers side by side give the same bits")
    func concurrent() async throws {
        let input = tone(777, sampleRateHz: 16_000, seconds: 1)
        let alone = try StreamingResampler.resample(input, from: 16_000)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask { try StreamingResampler.resample(input, from: 16_000) == alone }
            }
            for try await isSame in group { #expect(isSame) }
        }
    }
}
