// A checkpoint's preprocessor configuration: how its log-mel spectrograms are made.
//
// https://github.com/huggingface/transformers/blob/v5.23.0/src/transformers/models/clap/feature_extraction_clap.py
import AudioFeatures

/// The numbers of `preprocessor_config.json`. A key that is absent or null has the reference library's default.
///
/// `top_db` is not among them: the reference reads it and then never applies it, so neither do we. Derived keys
/// (`nb_max_samples`, `nb_frequency_bins`, `n_fft`, `chunk_length_s`) are computed anew there as well.
public struct ClapPreprocessorConfiguration: Sendable, Equatable {
    /// What becomes of a clip longer than the window; it also chooses the mel filters.
    public enum Truncation: String, Sendable {
        /// Four channels: the whole clip shrunk, and three chunks. HTK filters.
        case fusion

        /// One crop of the window's length. Slaney filters.
        case randomCrop = "rand_trunc"
    }

    /// What becomes of a clip shorter than the window.
    public enum Padding: String, Sendable {
        /// As many whole copies as fit, then zeros.
        case repeatPad = "repeatpad"

        /// Copies, the last one cut.
        case repeatCut = "repeat"

        /// Zeros.
        case zeros = "pad"
    }

    /// Mel bands (`feature_size`).
    public var melBinCount: Int

    /// `sampling_rate`.
    public var sampleRateHz: Int

    /// `hop_length`.
    public var hopLengthSamples: Int

    /// `max_length_s`: the window's length.
    public var maxLengthSeconds: Double

    /// `fft_window_size`.
    public var fftLengthSamples: Int

    /// `frequency_min`.
    public var frequencyMinHz: Double

    /// `frequency_max`.
    public var frequencyMaxHz: Double

    public var truncation: Truncation
    public var padding: Padding

    /// The reference library's defaults.
    public init(
        melBinCount: Int = 64,
        sampleRateHz: Int = 48_000,
        hopLengthSamples: Int = 480,
        maxLengthSeconds: Double = 10,
        fftLengthSamples: Int = 1024,
        frequencyMinHz: Double = 0,
        frequencyMaxHz: Double = 14_000,
        truncation: Truncation = .fusion,
        padding: Padding = .repeatPad
    ) {
        self.melBinCount = melBinCount
        self.sampleRateHz = sampleRateHz
        self.hopLengthSamples = hopLengthSamples
        self.maxLengthSeconds = maxLengthSeconds
        self.fftLengthSamples = fftLengthSamples
        self.frequencyMinHz = frequencyMinHz
        self.frequencyMaxHz = frequencyMaxHz
        self.truncation = truncation
        self.padding = padding
    }

    /// Samples of one window.
    public var maxLengthSamples: Int {
        let samples = maxLengthSeconds * Double(sampleRateHz)
        return samples.isFinite ? Int(max(0, min(samples, 1e15))) : 0
    }

    /// The log-mel spectrogram these numbers ask for: HTK filters for fusion, Slaney filters otherwise.
    public var logMel: LogMelConfiguration {
        LogMelConfiguration(
            sampleRateHz: sampleRateHz,
            fftLengthSamples: fftLengthSamples,
            hopLengthSamples: hopLengthSamples,
            melBinCount: melBinCount,
            frequencyMinHz: frequencyMinHz,
            frequencyMaxHz: frequencyMaxHz,
            filters: truncation == .fusion ? .htk : .slaney
        )
    }
}
