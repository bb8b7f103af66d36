// A stretch of sound put together from chunks: one rate, gaps silent and known.
import AudioFeatures
import Foundation

/// Sound from one moment to another.
public struct SoundStretch: Sendable {
    /// Time of the first sample.
    public let start: Date
    /// Frames per second; mono.
    public let sampleRateHz: Int
    /// The samples; what never arrived is silent.
    public let samples: [Int16]
    /// What never arrived, in samples.
    public let missing: [Range<Int>]

    /// Makes a stretch that is known already.
    public init(start: Date, sampleRateHz: Int, samples: [Int16], missing: [Range<Int>] = []) {
        self.start = start
        self.sampleRateHz = sampleRateHz
        self.samples = samples
        self.missing = missing
    }

    /// Time just after the last sample.
    public var end: Date { start.addingTimeInterval(durationSeconds) }
    /// Length.
    public var durationSeconds: Double { Double(samples.count) / Double(sampleRateHz) }
    /// Seconds that never arrived.
    public var missingSeconds: Double {
        Double(missing.reduce(0) { $0 + $1.count }) / Double(sampleRateHz)
    }
    /// The samples with full scale at ±1.
    public var floats: [Float] { samples.map { Float($0) * 0x1p-15 } }

    /// Puts chunks together, at the rate of the last one.
    ///
    /// Begins at `from` or with the first chunk, ends at `to` or with the last one; within an epoch chunks are placed by
    /// their positions, so that a clock that is being corrected leaves no seam.
    ///
    /// - Returns: nil where no chunk reaches into the stretch.
    public init?(_ blocks: [SoundBlock], from: Date, to: Date) {
        let blocks = blocks.filter { $0.end > from && $0.start < to && !$0.samples.isEmpty }
        guard let first = blocks.first, let rate = blocks.last?.sampleRateHz else { return nil }
        let origin = max(from, first.start)
        let wanted = Int((to.timeIntervalSince(origin) * Double(rate)).rounded())
        guard wanted > 0, wanted <= Self.longestSampleCount else { return nil }

        var output: [Int16] = []
        var missing: [Range<Int>] = []
        var previous: (block: SoundBlock, offset: Int)?
        for block in blocks {
            var offset = Int((block.start.timeIntervalSince(origin) * Double(rate)).rounded())
            if let previous, previous.block.epoch == block.epoch, previous.block.sampleRateHz == rate,
                block.sampleRateHz == rate
            {
                offset = previous.offset + block.position - previous.block.position
            }
            previous = (block, offset)
            let samples = block.sampleRateHz == rate ? block.samples : Self.resampled(block, to: rate)
            if offset > output.count {
                let gap = output.count..<min(offset, wanted)
                missing.append(gap)
                output.append(contentsOf: repeatElement(0, count: gap.count))
            }
            let skipped = max(0, output.count - offset)
            let taken = min(samples.count - skipped, wanted - output.count)
            guard taken > 0 else { continue }
            output.append(contentsOf: samples[skipped..<skipped + taken])
        }
        guard !output.isEmpty else { return nil }
        self.init(start: origin, sampleRateHz: rate, samples: output, missing: missing)
    }

    /// Half an hour at 48 kHz: no caller wants more, and a wrong clock must not fill the memory.
    private static let longestSampleCount = 48_000 * 1_800

    private static func resampled(_ block: SoundBlock, to rate: Int) -> [Int16] {
        let floats = block.samples.map { Float($0) * 0x1p-15 }
        let output = try? StreamingResampler.resample(floats, from: block.sampleRateHz, to: rate)
        return SoundBlock.int16(output ?? [])
    }
}
