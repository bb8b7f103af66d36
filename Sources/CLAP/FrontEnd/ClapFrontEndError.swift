// What can be wrong between a window of sound and the model's input.
import AudioFeatures

public enum ClapFrontEndError: Error, Equatable, CustomStringConvertible {
    /// A configuration file that is missing or says something unusable.
    case badFile(path: String, problem: String)

    /// The numbers of the log-mel spectrogram, or the samples themselves.
    case logMel(LogMelError)

    /// The preprocessor makes one kind of input, the model takes the other.
    case fusionMismatch(truncation: String, modelIsFused: Bool)

    public var description: String {
        switch self {
        case .badFile(let path, let problem): "\(path): \(problem)"
        case .logMel(let error): error.description
        case .fusionMismatch(let truncation, let modelIsFused):
            "preprocessor configuration: \"truncation\" is \"\(truncation)\", but the model's \"enable_fusion\" is "
                + "\(modelIsFused), which expects \"\(modelIsFused ? "fusion" : "rand_trunc")\"; "
                + "take both files from the same checkpoint"
        }
    }
}
