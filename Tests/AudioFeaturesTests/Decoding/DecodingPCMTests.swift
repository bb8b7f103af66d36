// Raw PCM: exact values of every encoding, and files of raw samples.
import AudioFeatures
import Foundation
import Testing

@Suite("Decoding raw PCM")
struct DecodingPCMTests {
    @Test(
        "Known bytes give known samples",
        arguments: [
            (PCMFormat.Encoding.s16le, [0x00, 0x80, 0xFF, 0x7F, 0x00, 0x40], [-1, 32_767.0 / 32_768, 0.5]),
            (.s16be, [0x80, 0x00, 0x7F, 0xFF, 0x40, 0x00], [-1, 32_767.0 / 32_768, 0.5]),
            (.s24le, [0x00, 0x00, 0x80, 0x00, 0x00, 0x40, 0x01, 0x00, 0x00], [-1, 0.5, 0x1p-23]),
            (.s32le, [0x00, 0x00, 0x00, 0x80, 0x00, 0x00, 0x00, 0xC0], [-1, -0.5]),
            (.f32le, [0x00, 0x00, 0x80, 0x3F, 0x00, 0x00, 0x00, 0xBF], [1, -0.5]),
        ] as [(PCMFormat.Encoding, [UInt8], [Float])]
    )
    func values(encoding: PCMFormat.Encoding, bytes: [UInt8], expected: [Float]) throws {
        let format = PCMFormat(encoding: encoding, sampleRateHz: 16_000)
        let decoded = try AudioDecoder().decode(Data(bytes), as: .raw(format))
        #expect(decoded.buffer.samples == expected)
        #expect(format.encode(expected) == Data(bytes), "and back")
    }

    @Test("Long chunks cross block boundaries unharmed", arguments: PCMFormat.Encoding.allCases, [1, 3])
    func longChunks(encoding: PCMFormat.Encoding, channelCount: Int) throws {
        let audio = DecodingSamples.tones(seconds: 1.3, sampleRateHz: 16_000, channelCount: channelCount)
        let format = PCMFormat(encoding: encoding, sampleRateHz: 16_000, channelCount: channelCount)
        // A slice with an odd start: bytes need not be aligned in memory.
        let payload = (Data([0]) + format.encode(audio.samples))[1...]
        #expect(try AudioDecoder().decode(payload, as: .raw(format)).buffer == audio)
    }

    @Test("Raw files are read with the format given", arguments: PCMFormat.Encoding.allCases)
    func rawFiles(encoding: PCMFormat.Encoding) throws {
        let audio = DecodingSamples.tones(seconds: 0.3, sampleRateHz: 16_000, channelCount: 2)
        let format = PCMFormat(encoding: encoding, sampleRateHz: 16_000, channelCount: 2)
        try DecodingSamples.withTemporaryFolder { folder in
            let url = folder.appending(path: "a.raw")
            try format.encode(audio.samples).write(to: url)
            let reader = try AudioFileReader(path: url.path, rawFormat: format)
            #expect(reader.declaredFrameCount == audio.frameCount)
            #expect(try reader.readAll() == audio)

            try (format.encode(audio.samples) + Data([1])).write(to: url)
            let error = #expect(throws: AudioDecodingError.self) {
                try AudioFileReader(path: url.path, rawFormat: format)
            }
            #expect(error?.code == .partialFrame)
        }
    }
}
