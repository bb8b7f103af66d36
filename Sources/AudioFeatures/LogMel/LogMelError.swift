// What can be wrong with a log-mel spectrogram's numbers or its sound.

public enum LogMelError: Error, Equatable, CustomStringConvertible {
    /// A number of the configuration the extractor cannot work with.
    case badConfiguration(name: String, found: String, expected: String)

    /// A clip without a single sample.
    case noSamples

    /// A NaN or infinite sample, at this index of the clip.
    case nonFiniteSample(index: Int)

    /// Memory for the transform's tables could not be had.
    case outOfMemory(fftLengthSamples: Int)

    public var description: String {
        switch self {
        case .badConfiguration(let name, let found, let expected):
            "log-mel configuration: \(name) is \(found), expected \(expected); "
                + "correct the model's preprocessor configuration"
        case .noSamples:
            "log-mel: the clip has no samples, expected at least one; check the recording or the window's length"
        case .nonFiniteSample(let index):
            "log-mel: sample \(index) is not a finite number; drop the window or repair the source of the samples"
        case .outOfMemory(let length):
            "log-mel: no memory for the tables of a transform of \(length) samples"
        }
    }
}
