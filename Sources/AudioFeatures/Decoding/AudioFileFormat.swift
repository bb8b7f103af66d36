// File formats that can be written.
import CSndFile

/// A file format for writing.
public enum AudioFileFormat: String, CaseIterable, Sendable {
    /// WAV, 16-bit.
    case wav
    /// WAV, 24-bit.
    case wav24
    /// WAV, 32-bit float.
    case wavFloat = "wav-f32"
    /// FLAC, 16-bit.
    case flac
    /// FLAC, 24-bit.
    case flac24
    /// Ogg Vorbis.
    case ogg
    /// MP3.
    case mp3

    /// The container it belongs to.
    public var container: AudioContainer {
        switch self {
        case .wav, .wav24, .wavFloat: .wav
        case .flac, .flac24: .flac
        case .ogg: .ogg
        case .mp3: .mpeg
        }
    }

    /// The content type that announces it.
    public var contentType: String { container.contentType }

    /// How samples are handed to libsndfile: rounded here, so that 16-bit sources come back bit for bit.
    enum SampleKind {
        case int16, int24, float
    }

    var sampleKind: SampleKind {
        switch self {
        case .wav, .flac: .int16
        case .wav24, .flac24: .int24
        case .wavFloat, .ogg, .mp3: .float
        }
    }

    /// libsndfile's format for `channelCount` channels: beyond two, WAV needs the extensible header.
    func sndfileFormat(channelCount: Int) -> Int32 {
        let wav = channelCount > 2 ? SF_FORMAT_WAVEX : SF_FORMAT_WAV
        let format =
            switch self {
            case .wav: wav | SF_FORMAT_PCM_16
            case .wav24: wav | SF_FORMAT_PCM_24
            case .wavFloat: wav | SF_FORMAT_FLOAT
            case .flac: SF_FORMAT_FLAC | SF_FORMAT_PCM_16
            case .flac24: SF_FORMAT_FLAC | SF_FORMAT_PCM_24
            case .ogg: SF_FORMAT_OGG | SF_FORMAT_VORBIS
            case .mp3: SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III
            }
        return Int32(format)
    }
}
