import AudioFeatures
import CZlib
import Foundation
import Testing

@testable import Evidence

/// What a PNG of ours holds, read back chunk by chunk.
struct ReadPNG {
    let width: Int
    let height: Int
    let palette: [UInt8]
    let pixels: [UInt8]

    init(_ data: Data) throws {
        let bytes = [UInt8](data)
        try #require(Array(bytes.prefix(8)) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
        func number(_ offset: Int) -> Int { bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) } }
        var chunks: [String: [UInt8]] = [:]
        var offset = 8
        while offset + 12 <= bytes.count {
            let length = number(offset)
            let tagged = Array(bytes[offset + 4..<offset + 8 + length])
            #expect(number(offset + 8 + length) == Int(crc32(0, tagged, UInt32(tagged.count))))
            chunks[String(decoding: tagged.prefix(4), as: UTF8.self)] = Array(tagged.dropFirst(4))
            offset += 12 + length
        }
        #expect(offset == bytes.count)
        let header = try #require(chunks["IHDR"])
        let (width, height) = (Int(header[2]) << 8 | Int(header[3]), Int(header[6]) << 8 | Int(header[7]))
        #expect(Array(header[8...]) == [8, 3, 0, 0, 0])
        palette = try #require(chunks["PLTE"])
        let packed = try #require(chunks["IDAT"])
        var rows = [UInt8](repeating: 0, count: (width + 1) * height)
        var size = UInt(rows.count)
        try #require(uncompress(&rows, &size, packed, UInt(packed.count)) == Z_OK)
        pixels = (0..<height).flatMap { row in rows[row * (width + 1) + 1..<(row + 1) * (width + 1)] }
        self.width = width
        self.height = height
    }

    /// The brightest row, counted from the bottom as a share of the height.
    var brightestHeight: Double {
        let sums = (0..<height).map { row in
            pixels[row * width..<(row + 1) * width].reduce(0) { $0 + Int($1) }
        }
        let row = sums.indices.max { sums[$0] < sums[$1] } ?? 0
        return 1 - (Double(row) + 0.5) / Double(height)
    }
}

@Suite struct SpectrogramPictureTests {
    @Test(arguments: [(8_000, 1_000.0), (16_000, 3_000.0), (44_100, 440.0), (48_000, 12_000.0), (192_000, 200.0)])
    func aToneLiesWhereItsFrequencyIs(rate: Int, hertz: Double) throws {
        let sound = AudioBuffer(samples: TestSounds.tone(hertz, seconds: 3, rate: rate), sampleRateHz: rate)
        let picture = try ReadPNG(try SpectrogramPicture.png(of: sound))
        #expect(picture.width <= 1_201 && picture.height <= 192)
        func mel(_ hz: Double) -> Double { 2_595 * log10(1 + hz / 700) }
        let top = mel(SpectrogramPicture.topFrequencyHz(sampleRateHz: rate))
        let bottom = mel(SpectrogramPicture.frequencyMinHz)
        let expected = (mel(hertz) - bottom) / (top - bottom)
        #expect(abs(picture.brightestHeight - expected) < 0.02)
    }

    @Test(arguments: [8_000, 16_000, 22_050, 44_100, 48_000, 96_000, 192_000])
    func noBandIsBlindAtAnyRate(rate: Int) throws {
        let configuration = SpectrogramPicture.configuration(sampleCount: 10 * rate, sampleRateHz: rate)
        let bank = try MelFilterBank(configuration: configuration)
        #expect(bank.binCounts.allSatisfy { $0 > 0 })
        #expect(configuration.melBinCount >= 96)
    }

    @Test(arguments: [1, 7, 400, 8_000])
    func shortSoundIsDrawnAsWell(count: Int) throws {
        let sound = AudioBuffer(samples: [Float](repeating: 0.1, count: count), sampleRateHz: 48_000)
        let picture = try ReadPNG(try SpectrogramPicture.png(of: sound))
        #expect(picture.width >= 1)
    }

    @Test func silenceIsDark() throws {
        let sound = AudioBuffer(samples: [Float](repeating: 0, count: 48_000), sampleRateHz: 48_000)
        let picture = try ReadPNG(try SpectrogramPicture.png(of: sound))
        #expect(Set(picture.pixels).count == 1)
    }

    @Test func theColoursGrowLighterInEvenSteps() {
        let colours = ColourMap.sound
        #expect(colours.count == 768)
        func lightness(_ index: Int) -> Double {
            let linear = (0..<3).map { channel -> Double in
                let value = Double(colours[index * 3 + channel]) / 255
                return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
            }
            let l = cbrt(0.4122214708 * linear[0] + 0.5363325363 * linear[1] + 0.0514459929 * linear[2])
            let m = cbrt(0.2119034982 * linear[0] + 0.6806995451 * linear[1] + 0.1073969566 * linear[2])
            let s = cbrt(0.0883024619 * linear[0] + 0.2817188376 * linear[1] + 0.6299787005 * linear[2])
            return 0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s
        }
        for index in 0..<256 {
            #expect(abs(lightness(index) - (0.07 + 0.90 * Double(index) / 255)) < 0.02, "colour \(index)")
        }
    }
}
