// Signals and hand-made WAV files for the decoding tests.
import AudioFeatures
import Foundation

enum DecodingSamples {
    /// A different tone in each channel, at half of full scale, quantised to 16 bits so that lossless means lossless.
    static func tones(seconds: Double, sampleRateHz: Int, channelCount: Int = 1) -> AudioBuffer {
        let frameCount = Int((seconds * Double(sampleRateHz)).rounded())
        var samples: [Float] = []
        samples.reserveCapacity(frameCount * channelCount)
        for frame in 0..<frameCount {
            for channel in 0..<channelCount {
                let phase = 2 * Double.pi * Double(300 + 70 * channel) * Double(frame) / Double(sampleRateHz)
                samples.append(Float((sin(phase) * 16_384).rounded() / 32_768))
            }
        }
        return AudioBuffer(samples: samples, channelCount: channelCount, sampleRateHz: sampleRateHz)
    }

    /// A WAV file with a header that says whatever it is told to.
    static func wav(
        dataBytes: Data,
        claimedDataByteCount: UInt32? = nil,
        claimedRIFFByteCount: UInt32? = nil,
        formatTag: UInt16 = 1,
        channelCount: UInt16 = 1,
        sampleRateHz: UInt32 = 16_000,
        bitsPerSample: UInt16 = 16,
        blockAlign: UInt16? = nil
    ) -> Data {
        let align = blockAlign ?? channelCount &* (bitsPerSample / 8)
        let dataCount = claimedDataByteCount ?? UInt32(dataBytes.count)
        var file = Data("RIFF".utf8)
        file.append(little: claimedRIFFByteCount ?? UInt32(36 + dataBytes.count))
        file.append(Data("WAVEfmt ".utf8))
        file.append(little: UInt32(16))
        file.append(little: formatTag)
        file.append(little: channelCount)
        file.append(little: sampleRateHz)
        file.append(little: sampleRateHz &* UInt32(align))
        file.append(little: align)
        file.append(little: bitsPerSample)
        file.append(Data("data".utf8))
        file.append(little: dataCount)
        file.append(dataBytes)
        return file
    }

    /// A float WAV around these samples.
    static func floatWav(_ samples: [Float], channelCount: UInt16 = 1) -> Data {
        let format = PCMFormat(encoding: .f32le, sampleRateHz: 16_000, channelCount: Int(channelCount))
        return wav(
            dataBytes: format.encode(samples),
            formatTag: 3,
            channelCount: channelCount,
            bitsPerSample: 32
        )
    }

    /// A folder for one test, gone when `body` returns.
    static func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "ausculta-decoding-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder)
    }

    /// A reproducible source of bytes (SplitMix64).
    struct Noise: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }

        mutating func bytes(_ count: Int) -> Data {
            Data((0..<count).map { _ in UInt8(truncatingIfNeeded: next()) })
        }
    }
}

extension Data {
    mutating func append(little value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
}
