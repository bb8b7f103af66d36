// Raw PCM: how headerless samples are laid out, and their conversion to and from Float.
import Foundation

/// The layout of headerless, interleaved PCM.
public struct PCMFormat: Hashable, Sendable, CustomStringConvertible {
    /// How one sample is stored.
    public enum Encoding: String, CaseIterable, Sendable {
        /// 16-bit signed, little-endian.
        case s16le
        /// 24-bit signed in three bytes, little-endian.
        case s24le
        /// 32-bit signed, little-endian.
        case s32le
        /// 32-bit IEEE float, little-endian.
        case f32le
        /// 16-bit signed, big-endian (network order, as in `audio/L16`).
        case s16be

        /// Bytes of one sample.
        public var bytesPerSample: Int {
            switch self {
            case .s16le, .s16be: 2
            case .s24le: 3
            case .s32le, .f32le: 4
            }
        }
    }

    /// How one sample is stored.
    public var encoding: Encoding
    /// Frames per second.
    public var sampleRateHz: Int
    /// Channels in a frame.
    public var channelCount: Int

    /// Makes a format; whether rate and channels are acceptable is decided by ``AudioLimits``.
    public init(encoding: Encoding, sampleRateHz: Int, channelCount: Int = 1) {
        self.encoding = encoding
        self.sampleRateHz = sampleRateHz
        self.channelCount = channelCount
    }

    /// Bytes of one frame.
    public var bytesPerFrame: Int { encoding.bytesPerSample * channelCount }

    /// The MQTT 5 content type that announces this format.
    public var contentType: String {
        encoding == .s16be
            ? "audio/L16;rate=\(sampleRateHz);channels=\(channelCount)"
            : "audio/pcm;format=\(encoding.rawValue);rate=\(sampleRateHz);channels=\(channelCount)"
    }

    /// For messages: "s16le, 16000 Hz, 1 channel".
    public var description: String {
        "\(encoding.rawValue), \(sampleRateHz) Hz, \(channelCount) \(channelCount == 1 ? "channel" : "channels")"
    }

    /// Samples as bytes of this format; integers are rounded and clipped at full scale.
    ///
    /// - Parameter samples: interleaved, shape (frames, channels), full scale ±1.
    public func encode(_ samples: [Float]) -> Data {
        var data = Data(capacity: samples.count * encoding.bytesPerSample)
        for sample in samples {
            switch encoding {
            case .s16le: withUnsafeBytes(of: Int16(fullScale: sample).littleEndian) { data.append(contentsOf: $0) }
            case .s16be: withUnsafeBytes(of: Int16(fullScale: sample).bigEndian) { data.append(contentsOf: $0) }
            case .s24le:
                let value = Int32(fullScale: sample, bits: 24)
                withUnsafeBytes(of: value.littleEndian) { data.append(contentsOf: $0.prefix(3)) }
            case .s32le:
                let value = Int32(fullScale: sample, bits: 32)
                withUnsafeBytes(of: value.littleEndian) { data.append(contentsOf: $0) }
            case .f32le:
                withUnsafeBytes(of: sample.bitPattern.littleEndian) { data.append(contentsOf: $0) }
            }
        }
        return data
    }

    /// Decodes whole samples from `bytes` into `output`; both hold the same number of samples.
    func decode(_ bytes: UnsafeRawBufferPointer, into output: UnsafeMutableBufferPointer<Float>) {
        precondition(bytes.count == output.count * encoding.bytesPerSample, "raw block and output must match")
        switch encoding {
        case .s16le:
            for index in 0..<output.count {
                let value = Int16(littleEndian: bytes.loadUnaligned(fromByteOffset: 2 * index, as: Int16.self))
                output[index] = Float(value) * 0x1p-15
            }
        case .s16be:
            for index in 0..<output.count {
                let value = Int16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2 * index, as: Int16.self))
                output[index] = Float(value) * 0x1p-15
            }
        case .s24le:
            for index in 0..<output.count {
                let low = UInt32(bytes[3 * index]) << 8 | UInt32(bytes[3 * index + 1]) << 16
                let value = Int32(bitPattern: low | UInt32(bytes[3 * index + 2]) << 24)
                output[index] = Float(value) * 0x1p-31
            }
        case .s32le:
            for index in 0..<output.count {
                let value = Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * index, as: Int32.self))
                output[index] = Float(value) * 0x1p-31
            }
        case .f32le:
            for index in 0..<output.count {
                let bits = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self))
                output[index] = Float(bitPattern: bits)
            }
        }
    }
}

extension Int16 {
    /// A sample at 16 bits, rounded and clipped; NaN becomes silence.
    init(fullScale sample: Float) {
        self = Int16(truncatingIfNeeded: Int32(fullScale: sample, bits: 16))
    }
}

extension Int32 {
    /// A sample as a `bits`-bit integer, rounded and clipped; NaN becomes silence.
    init(fullScale sample: Float, bits: Int) {
        guard !sample.isNaN else {
            self = 0
            return
        }
        let scale = Double(sign: .plus, exponent: bits - 1, significand: 1)
        let range = -scale...(scale - 1)
        self.init((Double(sample) * scale).rounded().clamped(to: range))
    }
}

extension Double {
    fileprivate func clamped(to range: ClosedRange<Double>) -> Double {
        Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
    }
}
