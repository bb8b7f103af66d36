// Spectral gating: what does not rise above the steady noise of its band is made softer.
import Foundation

/// Lowers stationary broad-band noise.
///
/// The noise of each band is estimated from the quietest frames of the sound itself. A bin that stands above it passes;
/// one that does not is lowered, with a mask smoothed over time and frequency so that the rest does not chirp. The
/// estimate follows the noise's colour and not single lines: the hum of a machine stands above it and is kept. A sound
/// that is steady broad-band noise from beginning to end cannot be told from noise, and is lowered as a whole.
///
/// The same samples give the same result bit for bit. Holds scratch memory, so it is not Sendable: one per worker.
public final class SpectralGate {
    /// How the gate works.
    public struct Settings: Sendable, Hashable {
        /// Samples per frame, a power of two from 32 to 65 536; 43 ms at 48 kHz.
        public var frameLength = 2_048
        /// Share of the frames, the quietest, that the noise is estimated from.
        public var quietShare = 0.2
        /// Below this many dB above the noise a bin is lowered fully.
        public var closedDB = 2.0
        /// From this many dB above the noise on a bin passes as it is.
        public var openDB = 7.0
        /// What a lowered bin is multiplied by, in dB.
        public var floorDB = -18.0

        public init() {}
    }

    /// How the gate works.
    public let settings: Settings
    private let shaper: FrameShaper

    /// Frames quieter than this (of the mean power of a bin, per squared full scale) hold no noise worth knowing.
    private static let silence: Float = 1e-12
    /// Bins on each side that the noise estimate of a bin looks at.
    private static let noiseReach = 24

    /// - Throws: `LogMelError` for a frame length the transform does not know.
    public init(_ settings: Settings = Settings()) throws(LogMelError) {
        self.settings = settings
        shaper = try FrameShaper(frameLength: settings.frameLength)
    }

    /// The sound with its steady noise lowered, as long as it was.
    public func apply(to samples: [Float]) -> [Float] {
        guard samples.contains(where: { $0 != 0 }) else { return samples }
        let frames = shaper.frameCount(sampleCount: samples.count)
        let padded = shaper.padded(samples)
        let powers = shaper.powers(padded, frameCount: frames)
        guard let noise = noise(powers, frames: frames, sampleCount: samples.count) else { return samples }
        let gains = mask(powers, frames: frames, noise: noise)
        return shaper.shaped(padded, gains: gains, frameCount: frames, sampleCount: samples.count)
    }

    /// Mean noise power per bin; nil where there is none.
    private func noise(_ powers: [Float], frames: Int, sampleCount: Int) -> [Float]? {
        let bins = shaper.binCount
        // Frames that reach into the silence around the sound are no measure of its noise.
        let reach = settings.frameLength / shaper.hop - 1
        var inner = Array(reach..<max(reach, (sampleCount + settings.frameLength - shaper.hop) / shaper.hop - reach))
        if inner.count < 8 { inner = Array(0..<frames) }
        let energies = inner.map { frame in
            powers.withUnsafeBufferPointer { powers in
                var sum: Float = 0
                for bin in frame * bins..<(frame + 1) * bins { sum += powers[bin] }
                return sum
            }
        }
        let order = inner.indices.sorted { (energies[$0], $0) < (energies[$1], $1) }
        let quietest = order.prefix(max(4, Int(Double(order.count) * settings.quietShare))).map { inner[$0] }
        var mean = [Float](repeating: 0, count: bins)
        for frame in quietest {
            for bin in 0..<bins { mean[bin] += powers[frame * bins + bin] / Float(quietest.count) }
        }
        guard mean.contains(where: { $0 > Self.silence }) else { return nil }
        return Self.withoutLines(mean)
    }

    /// The median of each bin's neighbourhood: lines vanish, the colour of the noise stays.
    static func withoutLines(_ spectrum: [Float]) -> [Float] {
        spectrum.indices.map { bin in
            let reach = min(noiseReach, max(4, bin / 2))
            let near = spectrum[max(0, bin - reach)...min(spectrum.count - 1, bin + reach)].sorted()
            return near[near.count / 2]
        }
    }

    /// Gain per frame and bin.
    private func mask(_ powers: [Float], frames: Int, noise: [Float]) -> [Float] {
        let bins = shaper.binCount
        let floor = Float(pow(10, settings.floorDB / 20))
        let (closed, open) = (Float(pow(10, settings.closedDB / 10)), Float(pow(10, settings.openDB / 10)))
        var mask = Self.smoothed(powers, rows: frames, columns: bins, reach: 1)
        mask.withUnsafeMutableBufferPointer { mask in
            for frame in 0..<frames {
                for bin in 0..<bins {
                    let index = frame * bins + bin
                    let least = noise[bin] * closed
                    let most = noise[bin] * open
                    let power = mask[index]
                    if power >= most {
                        mask[index] = 1
                    } else if power <= least {
                        mask[index] = floor
                    } else {
                        mask[index] = floor + (1 - floor) * (power - least) / (most - least)
                    }
                }
            }
        }
        return Self.smoothed(mask, rows: frames, columns: bins, reach: 1)
    }

    /// The mean over neighbours in both directions; shape (rows, columns).
    static func smoothed(_ values: [Float], rows: Int, columns: Int, reach: Int) -> [Float] {
        var along = [Float](repeating: 0, count: values.count)
        var result = along
        values.withUnsafeBufferPointer { values in
            along.withUnsafeMutableBufferPointer { along in
                for row in 0..<rows {
                    for column in 0..<columns {
                        let (first, last) = (max(0, column - reach), min(columns - 1, column + reach))
                        var sum: Float = 0
                        for near in first...last { sum += values[row * columns + near] }
                        along[row * columns + column] = sum / Float(last - first + 1)
                    }
                }
            }
        }
        along.withUnsafeBufferPointer { along in
            result.withUnsafeMutableBufferPointer { result in
                for row in 0..<rows {
                    let (first, last) = (max(0, row - reach), min(rows - 1, row + reach))
                    for column in 0..<columns {
                        var sum: Float = 0
                        for near in first...last { sum += along[near * columns + column] }
                        result[row * columns + column] = sum / Float(last - first + 1)
                    }
                }
            }
        }
        return result
    }
}
