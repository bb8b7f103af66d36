// NumPy's file format, byte by byte.
import Foundation
import Testing

@testable import AudioFeatures

@Suite struct NPYFileTests {
    @Test(arguments: [([1, 2, 3], "(1, 2, 3)"), ([6], "(6,)"), ([2, 3], "(2, 3)")])
    func headerNamesTypeOrderAndShape(shape: [Int], text: String) throws {
        let data = [UInt8](NPYFile.data(values: [0, 1, -2, 0.5, 3, 4], shape: shape))
        #expect(Array(data[0..<8]) == [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0])
        let headerLength = Int(data[8]) + Int(data[9]) << 8
        #expect((10 + headerLength) % 64 == 0)
        let header = String(decoding: data[10..<10 + headerLength], as: UTF8.self)
        #expect(header.hasPrefix("{'descr': '<f4', 'fortran_order': False, 'shape': \(text), }"))
        #expect(header.hasSuffix("\n"))
        #expect(data.count == 10 + headerLength + 24)
        #expect(Array(data.suffix(24)[..<(data.count - 12)]) == [0, 0, 0, 0, 0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0])
    }

    @Test func writesAFile() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("ausculta-\(UUID().uuidString).npy")
        defer { try? FileManager.default.removeItem(at: url) }
        try NPYFile.write(values: [1, 2], shape: [2, 1], to: url)
        #expect(try Data(contentsOf: url) == NPYFile.data(values: [1, 2], shape: [2, 1]))
    }
}
