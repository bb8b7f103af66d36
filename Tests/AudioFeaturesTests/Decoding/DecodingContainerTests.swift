// Every container the product reads, through memory and through files, against what was written.
import AudioFeatures
import Foundation
import Testing

@Suite("Decoding containers")
struct DecodingContainerTests {
    @Test(
        "Lossless formats give back every bit",
        arguments: [AudioFileFormat.wav, .wav24, .wavFloat, .flac, .flac24],
        [(16_000, 1), (48_000, 2), (16_000, 8), (44_100, 1), (192_000, 1)]
    )
    func lossless(format: AudioFileFormat, shape: (sampleRateHz: Int, channelCount: Int)) throws {
        let original = DecodingSamples.tones(
            seconds: 0.25,
            sampleRateHz: shape.sampleRateHz,
            channelCount: shape.channelCount
        )
        let bytes = try AudioEncoder.encode(original, as: format)
        let decoded = try AudioDecoder().decode(bytes)
        #expect(decoded.buffer == original)
        #expect(decoded.sourceChannelCount == shape.channelCount)
        #expect(!decoded.isTruncated)
    }

    @Test("Lossy formats keep length and tone", arguments: [AudioFileFormat.ogg, .mp3])
    func lossy(format: AudioFileFormat) throws {
        let original = DecodingSamples.tones(seconds: 1, sampleRateHz: 48_000)
        let bytes = try AudioEncoder.encode(original, as: format)
        let decoded = try AudioDecoder().decode(bytes).buffer
        #expect(decoded.sampleRateHz == 48_000)
        #expect(decoded.channelCount == 1)
        // Encoder delay and padding are a few codec frames.
        #expect(abs(decoded.durationSeconds - 1) < 0.1)
        let ratio = energy(decoded.samples) / energy(original.samples)
        #expect((0.8...1.1).contains(ratio), "energy ratio \(ratio)")
        #expect(abs(crossingRate(decoded) - 600) <= 4, "a 300 Hz tone crosses zero 600 times a second")
    }

    @Test("The header for more than two channels is the extensible one")
    func extensible() throws {
        let bytes = try AudioEncoder.encode(
            DecodingSamples.tones(seconds: 0.1, sampleRateHz: 16_000, channelCount: 8),
            as: .wav
        )
        #expect(bytes[20] == 0xFE && bytes[21] == 0xFF, "format tag 0xFFFE")
    }

    @Test("RF64 is read like WAV")
    func rf64() throws {
        let audio = DecodingSamples.tones(seconds: 0.1, sampleRateHz: 16_000)
        let data = PCMFormat(encoding: .s16le, sampleRateHz: 16_000).encode(audio.samples)
        var file = Data("RF64".utf8)
        file.append(little: UInt32.max)
        file.append(Data("WAVEds64".utf8))
        file.append(little: UInt32(28))
        file.append(little: UInt64(72 + data.count))
        file.append(little: UInt64(data.count))
        file.append(little: UInt64(audio.frameCount))
        file.append(little: UInt32(0))
        // The rest is a WAV file's from its format chunk on.
        file.append(DecodingSamples.wav(dataBytes: data, claimedDataByteCount: .max)[12...])
        #expect(try AudioDecoder().decode(file).buffer == audio)
    }

    @Test("A channel is picked or all are averaged")
    func channels() throws {
        let stereo = AudioBuffer(samples: [0.5, -0.25, 0.25, 0.75], channelCount: 2, sampleRateHz: 16_000)
        let bytes = try AudioEncoder.encode(stereo, as: .wav)
        let decoder = AudioDecoder()
        #expect(try decoder.decode(bytes, selection: .channel(1)).buffer.samples == [0.5, 0.25])
        #expect(try decoder.decode(bytes, selection: .channel(2)).buffer.samples == [-0.25, 0.75])
        #expect(try decoder.decode(bytes, selection: .average).buffer.samples == [0.125, 0.5])
        #expect(try stereo.mono(.channel(2)) == [-0.25, 0.75])
        for number in [0, 3, -1] {
            let error = #expect(throws: AudioDecodingError.self) {
                try decoder.decode(bytes, selection: .channel(number))
            }
            #expect(error?.code == .missingChannel)
        }
    }

    @Test("Clipping on the way to integers does not wrap around", arguments: [AudioFileFormat.wav, .wav24, .flac])
    func clipping(format: AudioFileFormat) throws {
        let loud = AudioBuffer(samples: [1.5, -1.5, 1, -1, .nan], sampleRateHz: 16_000)
        let decoded = try AudioDecoder().decode(try AudioEncoder.encode(loud, as: format)).buffer.samples
        #expect(decoded[0] > 0.9999 && decoded[2] > 0.9999)
        #expect(decoded[1] == -1 && decoded[3] == -1)
        #expect(decoded[4] == 0)
    }

    @Test("A format that cannot hold the audio is refused by name")
    func unwritable() {
        let nineChannels = DecodingSamples.tones(seconds: 0.01, sampleRateHz: 16_000, channelCount: 9)
        let error = #expect(throws: AudioDecodingError.self) { try AudioEncoder.encode(nineChannels, as: .flac) }
        #expect(error?.code == .unwritable)
        #expect(error?.description.contains("9 channels") == true)
    }

    private func energy(_ samples: [Float]) -> Double {
        samples.reduce(0) { $0 + Double($1) * Double($1) }
    }

    private func crossingRate(_ buffer: AudioBuffer) -> Int {
        let middle = buffer.samples[buffer.sampleRateHz / 4..<buffer.sampleRateHz * 3 / 4]
        return zip(middle, middle.dropFirst()).count { ($0 < 0) != ($1 < 0) } * 2
    }
}
