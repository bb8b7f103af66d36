// Containers accepted on the wire, and how their first bytes give them away.

/// An audio container that describes itself.
public enum AudioContainer: String, CaseIterable, Sendable {
    /// RIFF/WAVE, WAVE_EXTENSIBLE and RF64.
    case wav
    /// Native FLAC.
    case flac
    /// Ogg with Vorbis, Opus or FLAC inside.
    case ogg
    /// MPEG audio layers I to III, with or without an ID3 tag.
    case mpeg

    /// The content type that announces this container.
    public var contentType: String { "audio/\(rawValue)" }

    /// Recognises a container by its magic bytes.
    public init?(recognizing bytes: UnsafeRawBufferPointer) {
        func hasMagic(_ magic: StaticString, at offset: Int = 0) -> Bool {
            let length = magic.utf8CodeUnitCount
            guard bytes.count >= offset + length else { return false }
            return (0..<length).allSatisfy { bytes[offset + $0] == magic.utf8Start[$0] }
        }
        if (hasMagic("RIFF") || hasMagic("RF64")) && hasMagic("WAVE", at: 8) {
            self = .wav
        } else if hasMagic("fLaC") {
            self = .flac
        } else if hasMagic("OggS") {
            self = .ogg
        } else if hasMagic("ID3") || MPEGFrameHeader.startsStream(bytes) {
            self = .mpeg
        } else {
            return nil
        }
    }
}
