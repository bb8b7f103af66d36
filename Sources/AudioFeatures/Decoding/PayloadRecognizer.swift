// Decides what a payload is: content type first, then magic bytes, then the machine's configured raw format.
import Foundation

/// What a payload was recognised as.
public enum PayloadFormat: Hashable, Sendable {
    /// A container with a header of its own.
    case container(AudioContainer)
    /// Headerless samples.
    case raw(PCMFormat)
}

/// Recognises payloads in the order of the contract.
public struct PayloadRecognizer: Hashable, Sendable {
    /// The format assumed for payloads that announce nothing; nil when the machine names none.
    public var rawFormat: PCMFormat?

    /// Makes a recogniser for a machine with (or without) a configured raw format.
    public init(rawFormat: PCMFormat? = nil) {
        self.rawFormat = rawFormat
    }

    /// Recognises one payload.
    ///
    /// A content type naming a container is checked against the bytes: a different container inside is decoded
    /// as what it is, since every container carries its own header.
    ///
    /// - Throws: ``AudioDecodingError``: `emptyPayload`, `malformedContentType` or `unrecognizedFormat`, the
    ///   last with the first bytes found.
    public func recognize(_ payload: Data, contentType: String?) throws(AudioDecodingError) -> PayloadFormat {
        guard !payload.isEmpty else {
            throw AudioDecodingError(.emptyPayload, source: "payload", "empty; expected a chunk of audio")
        }
        let announced = try AudioContentType(parsing: contentType)
        if case .raw(let format) = announced { return .raw(format) }

        let found = payload.withUnsafeBytes { AudioContainer(recognizing: $0) }
        if let found { return .container(found) }

        switch announced {
        case .container(.mpeg):
            // Broadcast cuts need not start at a frame: let the decoder look for the first one.
            return .container(.mpeg)
        case .container(let container):
            throw refusal(payload, "content type says \(container.contentType), but its header is not there")
        case .other(let type):
            throw refusal(payload, "content type '\(type.prefix(120))' is not an audio format known here")
        case .unspecified, .raw:
            if let rawFormat { return .raw(rawFormat) }
            throw refusal(
                payload,
                "no content type, no known header and no raw format configured for this machine"
            )
        }
    }

    private func refusal(_ payload: Data, _ reason: String) -> AudioDecodingError {
        let first = payload.prefix(8)
        let hex = first.map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }
        let text = String(first.map { (0x20..<0x7F).contains($0) ? Character(Unicode.Scalar($0)) : "." })
        return AudioDecodingError(
            .unrecognizedFormat,
            source: "payload",
            "\(reason); it starts with \(hex.joined(separator: " ")) (\"\(text)\") and has \(payload.count) bytes; "
                + "send WAV, FLAC, Ogg or MP3, a content type such as audio/L16;rate=16000;channels=1, "
                + "or configure the machine's format"
        )
    }
}
