// One chunk of a machine's sound as it is remembered: 16-bit mono in its place on the stream's time line.
import Foundation

/// A chunk of a stream. Its samples are shared, never copied, between the ring and whoever keeps a stretch of it.
public struct SoundBlock: Sendable {
    /// Counts the stream's restarts; positions are comparable within one epoch only.
    public let epoch: Int
    /// Position of the first sample.
    public let position: Int
    /// Time of the first sample.
    public let start: Date
    /// Frames per second.
    public let sampleRateHz: Int
    /// Mono samples.
    public let samples: [Int16]

    /// Makes a block of 16-bit samples.
    public init(epoch: Int, position: Int, start: Date, sampleRateHz: Int, samples: [Int16]) {
        self.epoch = epoch
        self.position = position
        self.start = start
        self.sampleRateHz = sampleRateHz
        self.samples = samples
    }

    /// Makes a block of samples with full scale at ±1; 16-bit sound comes back bit for bit.
    public init(epoch: Int, position: Int, start: Date, sampleRateHz: Int, fullScale samples: [Float]) {
        self.init(
            epoch: epoch,
            position: position,
            start: start,
            sampleRateHz: sampleRateHz,
            samples: Self.int16(samples)
        )
    }

    /// Time just after the last sample.
    public var end: Date { start.addingTimeInterval(Double(samples.count) / Double(sampleRateHz)) }

    static func int16(_ samples: [Float]) -> [Int16] {
        [Int16](unsafeUninitializedCapacity: samples.count) { output, count in
            samples.withUnsafeBufferPointer { input in
                for index in input.indices {
                    let scaled = (input[index] * 32_768).rounded(.toNearestOrEven)
                    output[index] = Int16(max(-32_768, min(32_767, scaled)))
                }
            }
            count = samples.count
        }
    }
}
