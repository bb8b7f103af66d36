// From a window of sound to the audio encoder's input, without a random draw.
//
// Reference: https://github.com/huggingface/transformers/blob/v5.23.0/src/transformers/models/clap/feature_extraction_clap.py
import AudioFeatures

/// The feature extractor of one checkpoint.
///
/// Where the reference draws at random, this one takes the middle: the three chunks of a long clip start in the middle of the
/// three ranges the reference draws them from, and the crop of a long clip for an unfused checkpoint is the centre one. The
/// same sound gives the same input bit for bit.
///
/// Not Sendable, because it holds scratch memory: each worker has its own. Called again with clips of one length it allocates
/// nothing.
public final class ClapFrontEnd {
    public let configuration: ClapPreprocessorConfiguration

    /// Whether the input has the four channels of a fused checkpoint.
    public var isFused: Bool { configuration.truncation == .fusion }

    /// 4 for a fused checkpoint, else 1.
    public var channelCount: Int { isFused ? 4 : 1 }

    /// Frames per channel; 1001 in the published checkpoints.
    public let frameCount: Int

    /// Marks a clip that is not longer than the window as longer, as the reference does to one random clip of a batch where
    /// none is longer: for a single clip that is always this clip. Only for parity checks with the reference.
    public var referenceIsLonger: Bool

    private let extractor: LogMelExtractor
    private var paddedSamples: [Float] = []
    private var wholeDecibels: [Float] = []  // (frames of the clip, mels)

    /// - Parameters:
    ///   - configuration: from the checkpoint's `preprocessor_config.json`.
    ///   - isFused: `enable_fusion` of the model's own configuration.
    /// - Throws: `ClapFrontEndError.fusionMismatch` where the two disagree, `.logMel` for a number out of range.
    public init(
        configuration: ClapPreprocessorConfiguration,
        isFused: Bool,
        referenceIsLonger: Bool = false
    ) throws(ClapFrontEndError) {
        guard (configuration.truncation == .fusion) == isFused else {
            throw .fusionMismatch(truncation: configuration.truncation.rawValue, modelIsFused: isFused)
        }
        do {
            extractor = try LogMelExtractor(configuration: configuration.logMel)
        } catch {
            throw .logMel(error)
        }
        guard (1...100_000_000).contains(configuration.maxLengthSamples) else {
            throw .logMel(
                .badConfiguration(
                    name: "max_length_s",
                    found: "\(configuration.maxLengthSeconds) s (\(configuration.maxLengthSamples) samples)",
                    expected: "1 to 100000000 samples"
                )
            )
        }
        self.configuration = configuration
        self.referenceIsLonger = referenceIsLonger
        frameCount = configuration.logMel.frameCount(sampleCount: configuration.maxLengthSamples)
    }

    /// An input of the right shape, all zero, for `features(of:into:)` to fill.
    public func makeInput() -> ClapAudioInput {
        ClapAudioInput(
            channelCount: channelCount,
            frameCount: frameCount,
            melBinCount: configuration.melBinCount,
            logMelDecibels: [Float](repeating: 0, count: channelCount * frameCount * configuration.melBinCount),
            isLonger: false
        )
    }

    /// The model's input for one clip.
    ///
    /// - Parameter samples: mono, at the configured rate (48 kHz), full scale at 1, of any length but zero.
    /// - Throws: `ClapFrontEndError.logMel` for no samples, or a NaN or infinite one.
    public func features(of samples: [Float]) throws(ClapFrontEndError) -> ClapAudioInput {
        var input = makeInput()
        try features(of: samples, into: &input)
        return input
    }

    /// The same into an input that is used again.
    ///
    /// - Parameter input: made by `makeInput()`; one of another shape is replaced.
    public func features(of samples: [Float], into input: inout ClapAudioInput) throws(ClapFrontEndError) {
        if samples.isEmpty { throw .logMel(.noSamples) }
        do {
            try LogMelExtractor.requireFinite(samples)
        } catch {
            throw .logMel(error)
        }
        if input.channelCount != channelCount || input.frameCount != frameCount
            || input.melBinCount != configuration.melBinCount
        {
            input = makeInput()
        }
        input.logMelDecibels.withUnsafeMutableBufferPointer { output in
            input.isLonger = samples.withUnsafeBufferPointer { fill(output, from: $0) }
        }
        if isFused && referenceIsLonger { input.isLonger = true }
    }

    /// Fills every channel; true for a clip longer than the window.
    private func fill(_ output: UnsafeMutableBufferPointer<Float>, from samples: UnsafeBufferPointer<Float>) -> Bool {
        let maximum = configuration.maxLengthSamples
        let channelValues = frameCount * configuration.melBinCount
        let first = UnsafeMutableBufferPointer(rebasing: output[0..<channelValues])
        if samples.count <= maximum {
            if samples.count == maximum {
                extractor.extract(samples, into: first)
            } else {
                pad(samples)
                paddedSamples.withUnsafeBufferPointer { extractor.extract($0, into: first) }
            }
            repeatFirstChannel(of: output)
            return false
        }
        if !isFused {
            let start = (samples.count - maximum) / 2
            extractor.extract(UnsafeBufferPointer(rebasing: samples[start..<start + maximum]), into: first)
            return true
        }
        let total = configuration.logMel.frameCount(sampleCount: samples.count)
        if total == frameCount {
            // Longer by less than a hop: the reference uses the whole clip and does not call it longer.
            extractor.extract(samples, into: first)
            repeatFirstChannel(of: output)
            return false
        }
        let wholeCount = total * configuration.melBinCount
        if wholeDecibels.count != wholeCount { wholeDecibels = [Float](repeating: 0, count: wholeCount) }
        wholeDecibels.withUnsafeMutableBufferPointer { whole in
            extractor.extract(samples, into: whole)
            let fusion = ClapFusionLayout(
                totalFrames: total,
                chunkFrames: frameCount,
                melBinCount: configuration.melBinCount
            )
            fusion.fill(output, from: UnsafeBufferPointer(whole))
        }
        return true
    }

    private func repeatFirstChannel(of output: UnsafeMutableBufferPointer<Float>) {
        guard let base = output.baseAddress else { return }
        let channelValues = output.count / channelCount
        for channel in 1..<max(1, channelCount) {
            (base + channel * channelValues).update(from: base, count: channelValues)
        }
    }

    /// Puts a short clip into `paddedSamples`, as long as the window.
    private func pad(_ samples: UnsafeBufferPointer<Float>) {
        let maximum = configuration.maxLengthSamples
        if paddedSamples.count != maximum { paddedSamples = [Float](repeating: 0, count: maximum) }
        let filled =
            switch configuration.padding {
            case .repeatPad: maximum / samples.count * samples.count
            case .repeatCut: maximum
            case .zeros: samples.count
            }
        guard let source = samples.baseAddress else { return }
        paddedSamples.withUnsafeMutableBufferPointer { target in
            guard let base = target.baseAddress else { return }
            var position = 0
            while position < filled {
                let count = min(samples.count, filled - position)
                (base + position).update(from: source, count: count)
                position += count
            }
            (base + filled).update(repeating: 0, count: maximum - filled)
        }
    }
}
