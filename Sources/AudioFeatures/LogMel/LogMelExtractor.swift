// Sound to log-mel spectrogram, as the reference's feature extractor computes it.
//
// https://github.com/huggingface/transformers/blob/v5.23.0/src/transformers/audio_utils.py (`spectrogram`)
import CKernels

/// The log-mel spectrogram of clips: centred frames with reflected edges, periodic Hann window, power spectrum, mel
/// bands, decibels with a floor.
///
/// Computes in double precision, as the reference does: rounding of a loud low tone in single precision would raise silent
/// upper bands above the floor. Every buffer is made at the start; `extract` allocates nothing. Not Sendable: each worker has
/// its own.
public final class LogMelExtractor {
    public let configuration: LogMelConfiguration
    public let filterBank: MelFilterBank

    private let spectrum: PowerSpectrum
    private let firstBins: [Int32]  // relative to the spectrum's first bin
    private let edge: UnsafeMutableBufferPointer<Float>  // four frames' samples where a clip's ends are reflected

    /// - Throws: `LogMelError.badConfiguration` naming the number.
    public init(configuration: LogMelConfiguration = LogMelConfiguration()) throws(LogMelError) {
        self.configuration = configuration
        filterBank = try MelFilterBank(configuration: configuration)
        spectrum = try PowerSpectrum(
            window: PowerSpectrum.hann(lengthSamples: configuration.fftLengthSamples),
            binRange: filterBank.binRange
        )
        let lowestBin = Int32(filterBank.binRange.lowerBound)
        firstBins = filterBank.firstBins.map { max(0, $0 - lowestBin) }
        edge = .allocate(
            capacity: (PowerSpectrum.laneCount - 1) * configuration.hopLengthSamples + configuration.fftLengthSamples
        )
        edge.initialize(repeating: 0)
    }

    deinit { edge.deallocate() }

    /// The log-mel spectrogram of a clip.
    ///
    /// - Parameter samples: mono, at the configured rate, full scale at 1.
    /// - Returns: decibels, shape `(frames, mels)`, `configuration.frameCount(sampleCount:)` frames.
    /// - Throws: `LogMelError.noSamples`, `LogMelError.nonFiniteSample`.
    public func logMel(of samples: [Float]) throws(LogMelError) -> [Float] {
        var result: [Float] = []
        try extract(samples, into: &result)
        return result
    }

    /// The same into an array whose storage is used again when it has the right size.
    public func extract(_ samples: [Float], into decibels: inout [Float]) throws(LogMelError) {
        if samples.isEmpty { throw .noSamples }
        try Self.requireFinite(samples)
        let count = configuration.frameCount(sampleCount: samples.count) * configuration.melBinCount
        if decibels.count != count { decibels = [Float](repeating: 0, count: count) }
        samples.withUnsafeBufferPointer { source in
            decibels.withUnsafeMutableBufferPointer { target in
                extract(source, into: target)
            }
        }
    }

    /// The same between buffers.
    ///
    /// - Precondition: `samples` is not empty and finite, and `decibels` has exactly `(frames, mels)` values.
    public func extract(_ samples: UnsafeBufferPointer<Float>, into decibels: UnsafeMutableBufferPointer<Float>) {
        let frameCount = configuration.frameCount(sampleCount: samples.count)
        let melBinCount = configuration.melBinCount
        precondition(decibels.count == frameCount * melBinCount, "\(decibels.count) values for \(frameCount) frames")
        guard let source = samples.baseAddress, let target = decibels.baseAddress else {
            preconditionFailure("no samples")
        }
        let hop = configuration.hopLengthSamples
        let padding = configuration.fftLengthSamples / 2
        var frame = 0
        while frame < frameCount {
            let start = frame * hop - padding
            let power: UnsafePointer<Double>
            if start >= 0 && start + edge.count <= samples.count {
                power = spectrum.compute(source + start, laneStride: hop)
            } else {
                power = spectrum.compute(reflectedSamples(from: start, of: samples), laneStride: hop)
            }
            let lanes = min(PowerSpectrum.laneCount, frameCount - frame)
            ck_mel_decibels(
                power,
                Int32(melBinCount),
                firstBins,
                filterBank.binCounts,
                filterBank.weights,
                configuration.powerFloor,
                Int32(lanes),
                target + frame * melBinCount,
                melBinCount
            )
            frame += lanes
        }
    }

    /// Throws where a sample is NaN or infinite.
    public static func requireFinite(_ samples: [Float]) throws(LogMelError) {
        if ck_all_finite(samples, samples.count) != 0 { return }
        throw .nonFiniteSample(index: samples.firstIndex { !$0.isFinite } ?? 0)
    }

    /// Four frames' samples from `start` on, mirrored at the clip's first and last sample as often as it takes.
    private func reflectedSamples(from start: Int, of samples: UnsafeBufferPointer<Float>) -> UnsafePointer<Float> {
        let last = samples.count - 1
        let period = max(1, 2 * last)
        for offset in edge.indices {
            var index = (start + offset) % period
            if index < 0 { index += period }
            edge[offset] = samples[index <= last ? index : period - index]
        }
        guard let base = edge.baseAddress else { preconditionFailure("no edge buffer") }
        return UnsafePointer(base)
    }
}
