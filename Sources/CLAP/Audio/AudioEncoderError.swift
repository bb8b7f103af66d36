// Input the audio encoder cannot take.

/// A spectrogram that does not fit the model.
public struct AudioEncoderError: Error, CustomStringConvertible, Sendable, Equatable {
    /// The model's name.
    public let model: String
    public let found: String
    public let expected: String

    public var description: String {
        "model '\(model)': the log-mel input has \(found), expected \(expected). "
            + "Make it with the front end of the same model folder (preprocessor_config.json)."
    }
}
