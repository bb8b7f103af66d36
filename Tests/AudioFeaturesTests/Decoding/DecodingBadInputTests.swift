// Hostile and broken payloads: each gets a named refusal or the audio that is really there, never a crash.
import Foundation
import Testing

@testable import AudioFeatures

@Suite("Decoding bad input")
struct DecodingBadInputTests {
    private let decoder = AudioDecoder()

    private func refusal(
        of payload: Data,
        contentType: String? = nil,
        rawFormat: PCMFormat? = nil,
        decoder: AudioDecoder = AudioDecoder()
    ) -> AudioDecodingError? {
        #expect(throws: AudioDecodingError.self) {
            try decoder.decode(payload, contentType: contentType, rawFormat: rawFormat)
        }
    }

    @Test("Empty and oversized payloads")
    func sizes() {
        #expect(refusal(of: Data())?.code == .emptyPayload)
        let error = refusal(of: Data(count: (32 << 20) + 1))
        #expect(error?.code == .payloadTooLarge)
        #expect(error?.message.contains("33554433 bytes") == true)
    }

    @Test("Garbage without a known header says how it starts")
    func garbage() {
        let error = refusal(of: Data("hello machine".utf8))
        #expect(error?.code == .unrecognizedFormat)
        #expect(
            error?.message.contains("68 65 6c 6c 6f 20 6d 61 (\"hello ma\")") == true,
            "\(String(describing: error))"
        )
    }

    @Test("Noise behind a true magic never crashes", arguments: ["RIFF", "RF64", "fLaC", "OggS", "ID3", "MPEG"])
    func noiseBehindMagic(magic: String) {
        var noise = DecodingSamples.Noise(state: UInt64(magic.utf8.reduce(0) { $0 * 31 + Int($1) }))
        for round in 0..<40 {
            var payload = magic == "MPEG" ? Data([0xFF, 0xFB, 0x90, 0x00]) : Data(magic.utf8)
            if magic.hasPrefix("R") { payload.append(Data([1, 2, 0, 0]) + Data("WAVE".utf8)) }
            payload.append(noise.bytes(round * 37))
            let type = magic == "MPEG" ? "audio/mpeg" : nil
            // Whatever comes out is within the limits and finite; mostly nothing does.
            if let audio = try? decoder.decode(payload, contentType: type) {
                #expect(audio.buffer.durationSeconds <= 30.25)
                #expect(audio.buffer.samples.allSatisfy { $0.isFinite })
            }
        }
    }

    @Test("Damaged files of every format never crash", arguments: AudioFileFormat.allCases)
    func bitFlips(format: AudioFileFormat) throws {
        let original = try AudioEncoder.encode(DecodingSamples.tones(seconds: 0.2, sampleRateHz: 16_000), as: format)
        var noise = DecodingSamples.Noise(state: 7)
        for _ in 0..<60 {
            var damaged = original
            for _ in 0..<8 {
                // Mostly in the header, where lies matter.
                let span = Bool.random(using: &noise) ? min(64, damaged.count) : damaged.count
                damaged[Int.random(in: 0..<span, using: &noise)] = UInt8.random(in: 0...255, using: &noise)
            }
            if let audio = try? decoder.decode(damaged) {
                #expect(audio.buffer.samples.allSatisfy { $0.magnitude <= 0x1p32 })
                #expect((8_000...192_000).contains(audio.buffer.sampleRateHz))
            }
        }
    }

    @Test("Truncated files give what is there, or a reason", arguments: AudioFileFormat.allCases)
    func truncated(format: AudioFileFormat) throws {
        let original = DecodingSamples.tones(seconds: 1, sampleRateHz: 16_000)
        let bytes = try AudioEncoder.encode(original, as: format)
        for share in [0.5, 0.05, 0.001] {
            let cut = bytes.prefix(Int(Double(bytes.count) * share))
            do {
                let audio = try decoder.decode(Data(cut), contentType: format.contentType)
                #expect(audio.buffer.frameCount < original.frameCount)
            } catch {
                #expect([.undecodable, .unrecognizedFormat].contains(error.code))
            }
        }
    }

    @Test("MPEG frames are found behind a tag or a cut, and nothing else passes for them")
    func mpegFrames() throws {
        let original = DecodingSamples.tones(seconds: 1, sampleRateHz: 48_000)
        let plain = try AudioEncoder.encode(original, as: .mp3)
        let tag = Data("ID3".utf8) + Data([4, 0, 0, 0, 0, 1, 0]) + Data(count: 128)
        let expected = try decoder.decode(plain).buffer
        #expect(try decoder.decode(tag + plain).buffer == expected)
        let cut = try decoder.decode(Data(count: 100) + plain, contentType: "audio/mpeg").buffer
        #expect(cut == expected)
        for payload in [tag, Data(count: 5_000), Data("no frames here at all".utf8), plain.prefix(40)] {
            #expect(refusal(of: payload, contentType: "audio/mpeg")?.code == .undecodable)
        }
    }

    @Test("An Ogg stream is opened only when its header pages are whole")
    func oggPages() throws {
        let whole = try AudioEncoder.encode(DecodingSamples.tones(seconds: 1, sampleRateHz: 16_000), as: .ogg)
        #expect(whole.withUnsafeBytes { OggPage.opensStream($0) })
        var noise = DecodingSamples.Noise(state: 4)
        for _ in 0..<20 {
            var damaged = whole
            // The codec headers of a Vorbis stream are longer than a kilobyte.
            damaged[Int.random(in: 0..<1_000, using: &noise)] ^= 0x10
            #expect(!damaged.withUnsafeBytes { OggPage.opensStream($0) })
            #expect([.undecodable, .unrecognizedFormat].contains(refusal(of: damaged)?.code))
        }
        let error = refusal(of: whole.prefix(1_000))
        #expect(error?.message.contains("first pages are damaged or cut") == true)
    }

    @Test("A truncated WAV keeps its first half and says that it is truncated")
    func truncatedWav() throws {
        let original = DecodingSamples.tones(seconds: 1, sampleRateHz: 16_000)
        let bytes = try AudioEncoder.encode(original, as: .wav)
        let audio = try decoder.decode(bytes.prefix(44 + 16_000))
        #expect(audio.buffer.samples == Array(original.samples[..<8_000]))
    }

    @Test("A decompression bomb is stopped at the limit")
    func bomb() throws {
        // Ten minutes of silence in about 70 kB, declared and undeclared length alike.
        let silence = AudioBuffer(samples: [Float](repeating: 0, count: 600 * 48_000), sampleRateHz: 48_000)
        let bytes = try AudioEncoder.encode(silence, as: .flac)
        #expect(bytes.count < 200_000)
        let error = refusal(of: bytes)
        #expect(error?.code == .durationTooLong)
        #expect(error?.message.contains("30") == true)
    }

    @Test("The sink keeps nothing beyond the limits")
    func sinkBounds() throws {
        var sink = try SampleSink(
            channelCount: 2,
            sampleRateHz: 8_000,
            selection: nil,
            limits: AudioLimits(maxDurationSeconds: 1),
            source: "test"
        )
        let block = [Float](repeating: 0, count: 2 * 4_096)
        let error = #expect(throws: AudioDecodingError.self) {
            for _ in 0..<1_000 {
                try block.withUnsafeBufferPointer { block in
                    try Result { () throws(AudioDecodingError) in try sink.append(block) }.get()
                }
            }
        }
        #expect(error?.code == .durationTooLong)
        #expect(sink.samples.count <= 2 * 10_000)
    }

    @Test(
        "Lying data sizes give the audio that is there",
        arguments: [UInt32.max, 0, 1, 31_999, 1_000_000, 0x7FFF_FFFF]
    )
    func lyingDataSize(claimed: UInt32) throws {
        let original = DecodingSamples.tones(seconds: 1, sampleRateHz: 16_000)
        let data = PCMFormat(encoding: .s16le, sampleRateHz: 16_000).encode(original.samples)
        let payload = DecodingSamples.wav(dataBytes: data, claimedDataByteCount: claimed)
        do {
            let audio = try decoder.decode(payload).buffer
            #expect(audio.frameCount <= original.frameCount)
            #expect(audio.samples == Array(original.samples.prefix(audio.frameCount)))
        } catch {
            #expect(claimed <= 1, "\(claimed): \(error)")
            #expect(error.code == .undecodable)
        }
    }

    @Test("A WAV whose writer never came back to its header is read to its end")
    func unclosedWav() throws {
        let original = DecodingSamples.tones(seconds: 0.5, sampleRateHz: 16_000)
        let data = PCMFormat(encoding: .s16le, sampleRateHz: 16_000).encode(original.samples)
        let payload = DecodingSamples.wav(dataBytes: data, claimedDataByteCount: 0, claimedRIFFByteCount: 8)
        #expect(try decoder.decode(payload).buffer == original)
    }

    @Test("A header alone is no audio")
    func headerOnly() {
        #expect(refusal(of: DecodingSamples.wav(dataBytes: Data()))?.code == .undecodable)
    }

    @Test("Sample rates outside 8 to 192 kHz", arguments: [0, 1, 7_999, 192_001, 10_000_000, UInt32.max])
    func rates(sampleRateHz: UInt32) {
        let error = refusal(of: DecodingSamples.wav(dataBytes: Data(count: 3_200), sampleRateHz: sampleRateHz))
        #expect([.unsupportedSampleRate, .undecodable].contains(error?.code), "\(String(describing: error))")
        let raw = PCMFormat(encoding: .s16le, sampleRateHz: Int(sampleRateHz))
        #expect(refusal(of: Data(count: 3_200), rawFormat: raw)?.code == .unsupportedSampleRate)
        let type = "audio/L16;rate=\(sampleRateHz)"
        #expect(refusal(of: Data(count: 3_200), contentType: type)?.code == .unsupportedSampleRate)
    }

    @Test("Channel counts outside 1 to 32", arguments: [0, 33, 64, 1_024, UInt16.max])
    func channelCounts(channelCount: UInt16) {
        let payload = DecodingSamples.wav(dataBytes: Data(count: 1 << 18), channelCount: channelCount)
        let error = refusal(of: payload)
        #expect([.unsupportedChannelCount, .undecodable].contains(error?.code), "\(String(describing: error))")
        let type = "audio/pcm;format=s16le;rate=16000;channels=\(channelCount)"
        #expect(refusal(of: Data(count: 1 << 18), contentType: type)?.code == .unsupportedChannelCount)
    }

    @Test(
        "Samples that are no numbers are refused with place and count",
        arguments: [Float.nan, .infinity, -.infinity, 1e30]
    )
    func nonFinite(bad: Float) {
        var samples = [Float](repeating: 0.1, count: 40_000)
        samples[20_001] = bad
        samples[30_000] = bad
        let wav = refusal(of: DecodingSamples.floatWav(samples, channelCount: 2))
        let raw = refusal(
            of: PCMFormat(encoding: .f32le, sampleRateHz: 16_000, channelCount: 2).encode(samples),
            contentType: "audio/pcm;format=f32le;rate=16000;channels=2"
        )
        for error in [wav, raw] {
            #expect(error?.code == .nonFiniteSamples)
            #expect(error?.message.hasPrefix("2 samples") == true, "\(String(describing: error))")
            #expect(error?.message.contains("frame 10000, channel 2") == true, "\(String(describing: error))")
        }
    }

    @Test("Loud but finite float audio is taken")
    func integerScaledFloat() throws {
        let audio = try decoder.decode(DecodingSamples.floatWav([32_767, -32_768]))
        #expect(audio.buffer.samples == [32_767, -32_768])
    }

    @Test("Raw audio that is not whole frames is refused")
    func partialFrame() {
        let error = refusal(
            of: Data(count: 1_001),
            rawFormat: PCMFormat(encoding: .s24le, sampleRateHz: 16_000, channelCount: 2)
        )
        #expect(error?.code == .partialFrame)
        #expect(error?.message.contains("5 too many") == true)
    }
}
