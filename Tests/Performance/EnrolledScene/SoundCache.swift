// What windows sounded like: rendering and hearing them takes minutes, trying another rule on them takes none.
import Detection
import Foundation

/// One file per stretch of life in a folder: the widths of embedding and descriptor (UInt32), then both of every window
/// (Float32), all little-endian.
struct SoundCache: Sendable {
    let folder: URL

    /// A stretch's windows, made where they are not known.
    ///
    /// - Parameter name: says all that the windows depend on, the model included.
    func windows(_ name: String, make: () throws -> [NormalWindow]) throws -> [NormalWindow] {
        let file = folder.appendingPathComponent("\(name).f32")
        if let data = try? Data(contentsOf: file), let known = Self.decode(data) { return known }
        let windows = try make()
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Self.encode(windows).write(to: file, options: .atomic)
        return windows
    }

    private static func encode(_ windows: [NormalWindow]) -> Data {
        var words = [UInt32(windows.first?.embedding.count ?? 0), UInt32(windows.first?.descriptor.count ?? 0)]
        for window in windows { words += (window.embedding + window.descriptor).map(\.bitPattern) }
        return words.map(\.littleEndian).withUnsafeBytes { Data($0) }
    }

    private static func decode(_ data: Data) -> [NormalWindow]? {
        guard data.count >= 8, data.count % 4 == 0 else { return nil }
        let words = data.withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count, by: 4).map {
                UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: UInt32.self))
            }
        }
        let (embedding, descriptor) = (Int(words[0]), Int(words[1]))
        let width = embedding + descriptor
        guard embedding > 0, (words.count - 2) % width == 0 else { return nil }
        return stride(from: 2, to: words.count, by: width).map { first in
            let values = words[first..<first + width].map { Float(bitPattern: $0) }
            return NormalWindow(
                embedding: Array(values[..<embedding]),
                descriptor: Array(values[embedding...])
            )
        }
    }
}
