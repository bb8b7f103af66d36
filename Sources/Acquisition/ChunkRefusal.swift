// Why a chunk was not accepted, as an error for people and as a name for counters.
import AudioFeatures

/// The kinds of refusal; raw values are stable names for counters.
public enum RefusalReason: Hashable, Sendable, CustomStringConvertible {
    /// The audio itself was refused.
    case audio(AudioDecodingError.Code)
    /// A user property could not be read.
    case malformedProperty

    /// Every reason there is.
    public static let all = AudioDecodingError.Code.allCases.map(RefusalReason.audio) + [.malformedProperty]

    /// The stable name.
    public var description: String {
        switch self {
        case .audio(let code): code.rawValue
        case .malformedProperty: "malformed_property"
        }
    }
}

/// A refused chunk.
public struct ChunkRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// Whose chunk.
    public let machine: String
    /// What kind of refusal.
    public let reason: RefusalReason
    /// What was found, what was expected, what to do.
    public let message: String

    /// Machine and message in one line.
    public var description: String { "machine \(machine): chunk refused: \(message)" }
}
