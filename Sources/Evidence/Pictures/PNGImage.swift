// The smallest PNG there is for our purpose: 8 bits, a palette, no filters, one piece of zlib data.
// https://www.w3.org/TR/png-3/
import CZlib
import Foundation

enum PNGImage {
    /// A picture as a PNG file.
    ///
    /// - Parameters:
    ///   - pixels: palette indices, row by row from the top; shape (height, width).
    ///   - palette: red, green, blue of each colour, at most 256.
    /// - Throws: `EvidenceError` where zlib runs out of memory.
    static func encode(width: Int, height: Int, pixels: [UInt8], palette: [UInt8]) throws -> Data {
        precondition(pixels.count == width * height && width > 0 && height > 0, "\(pixels.count) pixels")
        precondition(palette.count % 3 == 0 && palette.count <= 768, "a palette of \(palette.count) bytes")
        var rows: [UInt8] = []
        rows.reserveCapacity((width + 1) * height)
        for row in 0..<height {
            rows.append(0)
            rows.append(contentsOf: pixels[row * width..<(row + 1) * width])
        }
        var data = Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
        append("IHDR", bigEndian(width) + bigEndian(height) + [8, 3, 0, 0, 0], to: &data)
        append("PLTE", palette, to: &data)
        append("IDAT", try deflated(rows), to: &data)
        append("IEND", [], to: &data)
        return data
    }

    private static func append(_ type: String, _ body: [UInt8], to data: inout Data) {
        let tagged = Array(type.utf8) + body
        data.append(contentsOf: bigEndian(body.count))
        data.append(contentsOf: tagged)
        data.append(contentsOf: bigEndian(Int(crc32(0, tagged, UInt32(tagged.count)))))
    }

    private static func bigEndian(_ value: Int) -> [UInt8] {
        withUnsafeBytes(of: UInt32(truncatingIfNeeded: value).bigEndian) { Array($0) }
    }

    /// Level 3: a spectrogram is close to noise, higher levels cost time and save little.
    private static func deflated(_ bytes: [UInt8]) throws -> [UInt8] {
        var size = compressBound(uLong(bytes.count))
        var output = [UInt8](repeating: 0, count: Int(size))
        guard compress2(&output, &size, bytes, uLong(bytes.count), 3) == Z_OK else {
            throw EvidenceError(path: "spectrogram", found: "zlib gave up", remedy: "free memory")
        }
        return Array(output.prefix(Int(size)))
    }
}
