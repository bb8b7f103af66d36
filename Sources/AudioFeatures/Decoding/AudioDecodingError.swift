// Why audio could not be decoded (or written): one error for the whole of this room.

/// A refusal of audio, with the place, what was found and what to do.
public struct AudioDecodingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of refusal; stable names for counters.
    public enum Code: String, CaseIterable, Sendable {
        /// Nothing inside.
        case emptyPayload = "empty_payload"
        /// More bytes than the limit.
        case payloadTooLarge = "payload_too_large"
        /// More decoded audio than the limit.
        case durationTooLong = "duration_too_long"
        /// Neither content type, magic bytes nor configuration say what it is.
        case unrecognizedFormat = "unrecognized_format"
        /// A content type that cannot be understood or lacks a parameter.
        case malformedContentType = "malformed_content_type"
        /// Recognised, but the decoder gives up.
        case undecodable = "undecodable"
        /// Rate outside the limits.
        case unsupportedSampleRate = "unsupported_sample_rate"
        /// Channel count outside the limits.
        case unsupportedChannelCount = "unsupported_channel_count"
        /// NaN, infinite or absurdly large samples.
        case nonFiniteSamples = "non_finite_samples"
        /// Raw audio that is not a whole number of frames.
        case partialFrame = "partial_frame"
        /// The configured channel does not exist.
        case missingChannel = "missing_channel"
        /// The file cannot be opened or read.
        case unreadableFile = "unreadable_file"
        /// The file or buffer cannot be written.
        case unwritable = "unwritable"
    }

    /// The kind of refusal.
    public let code: Code
    /// File path, or "payload" for audio in memory.
    public let source: String
    /// What was found, what was expected, what to do.
    public let message: String

    /// Makes a refusal.
    public init(_ code: Code, source: String, _ message: String) {
        self.code = code
        self.source = source
        self.message = message
    }

    /// Place and message in one line.
    public var description: String { "\(source): \(message)" }
}
