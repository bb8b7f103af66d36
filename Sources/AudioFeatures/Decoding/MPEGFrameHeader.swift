// Finds MPEG audio frames: strictly enough that raw PCM is never mistaken for them.

/// The four-byte header of an MPEG audio frame (ISO/IEC 11172-3, 2.4.1.3).
///
/// Eleven sync bits alone also occur in raw PCM (quiet negative samples), so a stream is only taken for MPEG
/// when the header is valid in every field and another header with the same version, layer and rate
/// stands exactly where the first frame ends.
struct MPEGFrameHeader: Equatable {
    let version: UInt8
    let layer: UInt8
    let rateIndex: UInt8
    let byteCount: Int

    init?(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
        guard offset >= 0, bytes.count >= offset + 4, bytes[offset] == 0xFF, bytes[offset + 1] & 0xE0 == 0xE0 else {
            return nil
        }
        version = bytes[offset + 1] >> 3 & 3
        layer = bytes[offset + 1] >> 1 & 3
        rateIndex = bytes[offset + 2] >> 2 & 3
        let bitrateIndex = Int(bytes[offset + 2] >> 4)
        let padding = Int(bytes[offset + 2] >> 1 & 1)
        guard version != 1, layer != 0, rateIndex != 3, (1...14).contains(bitrateIndex) else { return nil }

        let isVersion1 = version == 3
        let rateHz = [44_100, 48_000, 32_000][Int(rateIndex)] / (isVersion1 ? 1 : version == 2 ? 2 : 4)
        let bitrate = 1_000 * Self.kilobits(isVersion1: isVersion1, layer: layer)[bitrateIndex - 1]
        switch layer {
        case 3: byteCount = (12 * bitrate / rateHz + padding) * 4
        case 2: byteCount = 144 * bitrate / rateHz + padding
        default: byteCount = (isVersion1 ? 144 : 72) * bitrate / rateHz + padding
        }
    }

    /// Whether two consecutive frames of the same kind start the bytes.
    static func startsStream(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let first = MPEGFrameHeader(bytes, at: 0),
            let second = MPEGFrameHeader(bytes, at: first.byteCount)
        else { return false }
        return first.version == second.version && first.layer == second.layer && first.rateIndex == second.rateIndex
    }

    /// Where the first frame starts, behind an ID3v2 tag or the rest of a cut frame; nil when there is none.
    ///
    /// Handing the decoder only what starts with a frame keeps it from searching (and complaining on standard
    /// error about) payloads that are no MPEG at all.
    static func firstFrameOffset(in bytes: UnsafeRawBufferPointer) -> Int? {
        var start = 0
        if bytes.count >= 10, bytes.starts(with: Array("ID3".utf8)) {
            // Tag sizes have seven bits a byte: https://id3.org/id3v2.4.0-structure, section 6.2.
            start = 10 + (6..<10).reduce(0) { $0 << 7 | Int(bytes[$1] & 0x7F) }
        }
        let end = min(bytes.count - 4, start + maxSearchByteCount)
        guard start < end else { return nil }
        return (start..<end).first { startsStream(UnsafeRawBufferPointer(rebasing: bytes[$0...])) }
    }

    /// A cut falls within one frame; frames are at most 1729 bytes. Encoders pad tags, hence more.
    private static let maxSearchByteCount = 65_536

    /// Bit rates in kbit/s for bitrate indices 1...14.
    private static func kilobits(isVersion1: Bool, layer: UInt8) -> [Int] {
        switch (isVersion1, layer) {
        case (true, 3): [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448]
        case (true, 2): [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384]
        case (true, _): [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320]
        case (false, 3): [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256]
        case (false, _): [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160]
        }
    }
}
