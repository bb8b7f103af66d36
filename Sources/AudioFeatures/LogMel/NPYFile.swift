// Arrays of single precision numbers as NumPy's .npy files.
//
// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html (version 1.0)
import Foundation

/// One array in NumPy's file format, version 1.0, little-endian float32, row-major.
public enum NPYFile {
    /// The file's bytes.
    ///
    /// - Precondition: the product of `shape` is `values.count`.
    public static func data(values: [Float], shape: [Int]) -> Data {
        precondition(shape.reduce(1, *) == values.count, "\(values.count) values for shape \(shape)")
        let dimensions = shape.count == 1 ? "\(shape[0])," : shape.map(String.init).joined(separator: ", ")
        var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(dimensions)), }"
        // Magic, version and length take ten bytes; the values start at a multiple of 64.
        let unpadded = 10 + header.utf8.count + 1
        header += String(repeating: " ", count: (64 - unpadded % 64) % 64) + "\n"

        var data = Data([0x93])
        data.append(contentsOf: "NUMPY".utf8)
        data.append(contentsOf: [1, 0, UInt8(header.utf8.count & 0xff), UInt8(header.utf8.count >> 8)])
        data.append(contentsOf: header.utf8)
        data.reserveCapacity(data.count + 4 * values.count)
        for value in values {
            withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) }
        }
        return data
    }

    /// Writes the array to a file, whole or not at all.
    ///
    /// - Throws: Foundation's error of the file system, naming the path.
    public static func write(values: [Float], shape: [Int], to url: URL) throws {
        try data(values: values, shape: shape).write(to: url, options: .atomic)
    }
}
