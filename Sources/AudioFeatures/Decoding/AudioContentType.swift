// The content type of a payload: which container or raw format a sender announces.
// Raw 16-bit audio: RFC 2586 (audio/L16). Syntax of media types: RFC 2045, section 5.1.

/// What an MQTT 5 content type says about a payload.
public enum AudioContentType: Hashable, Sendable {
    /// A container that carries its own header.
    case container(AudioContainer)
    /// Headerless samples, fully described.
    case raw(PCMFormat)
    /// Nothing useful: absent, empty or `application/octet-stream`.
    case unspecified
    /// Something that is not audio this program knows, as sent.
    case other(String)

    /// Reads a content type; types and parameter names are case-insensitive, values may be quoted.
    ///
    /// - Throws: ``AudioDecodingError`` with `malformedContentType` naming the parameter that is missing,
    ///   repeated or not understood. Unknown parameters are ignored, as RFC 2045 asks.
    public init(parsing text: String?) throws(AudioDecodingError) {
        guard let text else {
            self = .unspecified
            return
        }
        let parts = Self.split(text, at: ";")
        let mediaType = parts.first.map { $0.trimmed.lowercased() } ?? ""
        switch mediaType {
        case "", "application/octet-stream":
            self = .unspecified
        case "audio/wav", "audio/wave", "audio/x-wav", "audio/vnd.wave":
            self = .container(.wav)
        case "audio/flac", "audio/x-flac":
            self = .container(.flac)
        case "audio/ogg", "application/ogg", "audio/vorbis", "audio/opus":
            self = .container(.ogg)
        case "audio/mpeg", "audio/mp3", "audio/x-mp3", "audio/mpeg3":
            self = .container(.mpeg)
        case "audio/l16":
            let parameters = try ContentTypeParameters(parts.dropFirst(), in: text)
            self = .raw(
                PCMFormat(
                    encoding: .s16be,
                    sampleRateHz: try parameters.integer("rate"),
                    channelCount: try parameters.integer("channels", default: 1)
                )
            )
        case "audio/pcm":
            let parameters = try ContentTypeParameters(parts.dropFirst(), in: text)
            self = .raw(
                PCMFormat(
                    encoding: try parameters.encoding("format"),
                    sampleRateHz: try parameters.integer("rate"),
                    channelCount: try parameters.integer("channels", default: 1)
                )
            )
        default:
            self = .other(mediaType)
        }
    }

    /// Splits at a separator, but not inside double quotes.
    fileprivate static func split(_ text: String, at separator: Character) -> [Substring] {
        var isQuoted = false
        return text.split(omittingEmptySubsequences: false) { character in
            if character == "\"" { isQuoted.toggle() }
            return character == separator && !isQuoted
        }
    }
}

/// The `name=value` pairs behind a media type.
private struct ContentTypeParameters {
    private let values: [String: String]
    private let text: String

    init(_ parts: ArraySlice<Substring>, in text: String) throws(AudioDecodingError) {
        self.text = text
        var values: [String: String] = [:]
        for part in parts where !part.trimmed.isEmpty {
            guard let equals = part.firstIndex(of: "=") else {
                throw Self.error(in: text, "parameter '\(part.trimmed)' has no value")
            }
            let name = part[..<equals].trimmed.lowercased()
            var value = part[part.index(after: equals)...].trimmed
            if value.count >= 2, value.hasPrefix("\""), value.hasSuffix("\"") {
                value = value.dropFirst().dropLast().trimmed
            }
            guard values.updateValue(String(value), forKey: name) == nil else {
                throw Self.error(in: text, "parameter '\(name)' is given twice")
            }
        }
        self.values = values
    }

    /// A positive whole number; channels default to 1 as in RFC 2586.
    func integer(_ name: String, default fallback: Int? = nil) throws(AudioDecodingError) -> Int {
        guard let value = values[name] else {
            if let fallback { return fallback }
            throw Self.error(in: text, "parameter '\(name)' is missing")
        }
        guard value.allSatisfy(\.isASCII), let number = Int(value), number >= 0 else {
            throw Self.error(in: text, "parameter '\(name)' is '\(value)', expected a whole number")
        }
        return number
    }

    func encoding(_ name: String) throws(AudioDecodingError) -> PCMFormat.Encoding {
        let known = PCMFormat.Encoding.allCases.map(\.rawValue).joined(separator: ", ")
        guard let value = values[name] else {
            throw Self.error(in: text, "parameter '\(name)' is missing, expected one of \(known)")
        }
        guard let encoding = PCMFormat.Encoding(rawValue: value.lowercased()) else {
            throw Self.error(in: text, "parameter '\(name)' is '\(value)', expected one of \(known)")
        }
        return encoding
    }

    private static func error(in text: String, _ message: String) -> AudioDecodingError {
        AudioDecodingError(
            .malformedContentType,
            source: "payload",
            "content type '\(text.prefix(120))': \(message); examples: audio/L16;rate=16000;channels=1, "
                + "audio/pcm;format=s16le;rate=16000;channels=1"
        )
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        var result = self
        while let first = result.first, first.isWhitespace { result.removeFirst() }
        while let last = result.last, last.isWhitespace { result.removeLast() }
        return result
    }
}
