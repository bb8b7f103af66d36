// Half precision bits as IEEE 754 has them.
import Foundation
import Testing

@testable import AudioFeatures

@Suite struct HalfPrecisionBytesTests {
    static let bits: [(Float, UInt16)] = [
        (0, 0x0000), (-0.0, 0x8000), (1, 0x3c00), (-2, 0xc000), (65_504, 0x7bff), (1e9, 0x7bff), (-70_000, 0xfbff),
        (5.960_464_5e-8, 0x0001), (1e-9, 0x0000), (0.333_251_95, 0x3555), (1.000_488_3, 0x3c00),
        (1.001_464_8, 0x3c02), (.infinity, 0x7c00),
    ]

    @Test(arguments: bits)
    func packs(value: Float, bits: UInt16) {
        #expect([UInt8](HalfPrecisionBytes.pack([value])) == [UInt8(bits & 0xff), UInt8(bits >> 8)])
    }

    @Test func everyFiniteValueComesBack() throws {
        let patterns = (UInt16.min...UInt16.max).filter { $0 & 0x7c00 != 0x7c00 }
        let data = Data(patterns.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] })
        #expect(try HalfPrecisionBytes.pack(HalfPrecisionBytes.unpack(data)) == data)
    }

    @Test func unpacksASliceAndRefusesHalfAValue() throws {
        let data = HalfPrecisionBytes.pack([1, 2, 3])
        #expect(try HalfPrecisionBytes.unpack(data.dropFirst(2)) == [2, 3])
        #expect(throws: HalfPrecisionBytes.OddByteCount(byteCount: 5)) {
            try HalfPrecisionBytes.unpack(data.dropFirst(1))
        }
    }
}
