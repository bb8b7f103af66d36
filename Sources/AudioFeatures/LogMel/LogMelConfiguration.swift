// The numbers of a log-mel spectrogram: every one comes from a checkpoint's preprocessor configuration.

/// What a log-mel spectrogram is made with.
public struct LogMelConfiguration: Sendable, Equatable {
    /// Samples per second of the sound; 48 000 in the published checkpoints.
    public var sampleRateHz: Int

    /// Samples under one Hann window, a power of two from 8 to 65 536.
    public var fftLengthSamples: Int

    /// Samples from one frame to the next.
    public var hopLengthSamples: Int

    /// Mel bands per frame.
    public var melBinCount: Int

    /// Lower edge of the lowest band.
    public var frequencyMinHz: Double

    /// Upper edge of the highest band.
    public var frequencyMaxHz: Double

    /// Shape and spacing of the bands.
    public var filters: MelFilterBank.Kind

    /// Band power below which the decibel value stays put; 1e-10 gives a floor of -100 dB.
    public var powerFloor: Double

    /// Defaults are those of the fused CLAP checkpoints.
    public init(
        sampleRateHz: Int = 48_000,
        fftLengthSamples: Int = 1024,
        hopLengthSamples: Int = 480,
        melBinCount: Int = 64,
        frequencyMinHz: Double = 50,
        frequencyMaxHz: Double = 14_000,
        filters: MelFilterBank.Kind = .htk,
        powerFloor: Double = 1e-10
    ) {
        self.sampleRateHz = sampleRateHz
        self.fftLengthSamples = fftLengthSamples
        self.hopLengthSamples = hopLengthSamples
        self.melBinCount = melBinCount
        self.frequencyMinHz = frequencyMinHz
        self.frequencyMaxHz = frequencyMaxHz
        self.filters = filters
        self.powerFloor = powerFloor
    }

    /// Frames of a clip: one per hop, the first centred on the first sample.
    ///
    /// - Precondition: `hopLengthSamples > 0`.
    public func frameCount(sampleCount: Int) -> Int { 1 + sampleCount / hopLengthSamples }

    /// Checks every number against what the extractor can do.
    public func validate() throws(LogMelError) {
        func refuse(_ name: String, _ found: String, _ expected: String) throws(LogMelError) {
            throw .badConfiguration(name: name, found: found, expected: expected)
        }
        if !(1...10_000_000).contains(sampleRateHz) {
            try refuse("sampling rate", "\(sampleRateHz) Hz", "1 to 10000000 Hz")
        }
        if !(8...65_536).contains(fftLengthSamples) || fftLengthSamples.nonzeroBitCount != 1 {
            try refuse("FFT window size", "\(fftLengthSamples) samples", "a power of two from 8 to 65536")
        }
        if !(1...1_000_000).contains(hopLengthSamples) {
            try refuse("hop length", "\(hopLengthSamples) samples", "1 to 1000000")
        }
        if !(1...4096).contains(melBinCount) { try refuse("feature size", "\(melBinCount) mel bins", "1 to 4096") }
        if !(frequencyMinHz >= 0 && frequencyMinHz < frequencyMaxHz) {
            try refuse("lowest frequency", "\(frequencyMinHz) Hz", "at least 0 and below \(frequencyMaxHz) Hz")
        }
        if !(frequencyMaxHz <= Double(sampleRateHz) / 2) {
            try refuse(
                "highest frequency",
                "\(frequencyMaxHz) Hz",
                "at most half the sampling rate of \(sampleRateHz) Hz"
            )
        }
        if !(powerFloor >= 1e-300 && powerFloor.isFinite) {
            try refuse("power floor", "\(powerFloor)", "a positive number")
        }
    }
}
