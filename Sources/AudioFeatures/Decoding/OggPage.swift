// Checks an Ogg stream's opening pages before the decoder sees them: https://www.rfc-editor.org/rfc/rfc3533#section-6

/// One page of an Ogg stream.
///
/// libsndfile loses some kilobytes with every stream whose codec headers it cannot read. A sender with a bad line would
/// bleed a long-running service, so streams whose headers are damaged or cut are refused here.
struct OggPage {
    /// Header, segment table and body.
    let byteCount: Int
    /// Codec time at the page's end: 0 on header pages, -1 where no packet ends.
    let granulePosition: Int64

    /// A whole page with a true checksum at `offset`; nil when it is cut, damaged or none.
    init?(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
        let headerByteCount = 27
        guard offset >= 0, bytes.count - offset >= headerByteCount else { return nil }
        let page = UnsafeRawBufferPointer(rebasing: bytes[offset...])
        guard page.starts(with: Array("OggS".utf8)), page[4] == 0 else { return nil }
        let segmentCount = Int(page[26])
        guard page.count >= headerByteCount + segmentCount else { return nil }
        let bodyByteCount = (0..<segmentCount).reduce(0) { $0 + Int(page[headerByteCount + $1]) }
        byteCount = headerByteCount + segmentCount + bodyByteCount
        guard page.count >= byteCount else { return nil }
        granulePosition = Int64(littleEndian: page.loadUnaligned(fromByteOffset: 6, as: Int64.self))
        let claimed = UInt32(littleEndian: page.loadUnaligned(fromByteOffset: 22, as: UInt32.self))
        guard Self.checksum(page.prefix(byteCount)) == claimed else { return nil }
    }

    /// Whether the codec headers and the first page of audio behind them are intact.
    static func opensStream(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var offset = 0
        while let page = OggPage(bytes, at: offset) {
            if page.granulePosition > 0 { return true }
            offset += page.byteCount
        }
        return false
    }

    /// CRC-32 with polynomial 04C11DB7, unreflected, from zero, the checksum field itself taken as zero.
    private static func checksum(_ page: Slice<UnsafeRawBufferPointer>) -> UInt32 {
        var crc: UInt32 = 0
        for (index, byte) in page.enumerated() {
            let value = (22..<26).contains(index) ? 0 : byte
            crc = crc << 8 ^ table[Int(UInt8(truncatingIfNeeded: crc >> 24) ^ value)]
        }
        return crc
    }

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index) << 24) { crc, _ in crc << 1 ^ (crc >> 31 == 1 ? 0x04C1_1DB7 : 0) }
    }
}
