// The bytes of a 16-bit mono WAV file. RIFF/WAVE: https://www.mmsp.ece.mcgill.ca/Documents/AudioFormats/WAVE/WAVE.html

import Foundation

/// Encodes mono samples as WAV, 16-bit PCM.
public enum WAVEncoder {
    /// - Parameters:
    ///   - samples: full scale at 1; anything beyond is clipped.
    ///   - sampleRateHz: of the samples.
    public static func encode16Bit(_ samples: [Float], sampleRateHz: Int) -> [UInt8] {
        let dataBytes = samples.count * 2
        var bytes: [UInt8] = []
        bytes.reserveCapacity(44 + dataBytes)
        func append32(_ value: Int) {
            for shift in [0, 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
        }
        func append16(_ value: Int) {
            for shift in [0, 8] { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
        }
        bytes.append(contentsOf: Array("RIFF".utf8))
        append32(36 + dataBytes)
        bytes.append(contentsOf: Array("WAVEfmt ".utf8))
        append32(16)
        append16(1)
        append16(1)
        append32(sampleRateHz)
        append32(sampleRateHz * 2)
        append16(2)
        append16(16)
        bytes.append(contentsOf: Array("data".utf8))
        append32(dataBytes)
        bytes.append(contentsOf: pcm16(samples))
        return bytes
    }

    /// The samples alone, signed 16-bit little-endian.
    public static func pcm16(_ samples: [Float]) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: samples.count * 2)
        for (index, sample) in samples.enumerated() {
            let value = Int16((min(1, max(-1, sample)) * 32_767).rounded())
            bytes[2 * index] = UInt8(truncatingIfNeeded: value)
            bytes[2 * index + 1] = UInt8(truncatingIfNeeded: value >> 8)
        }
        return bytes
    }
}
