// A spectrogram as a picture: time from left to right, mel-spaced frequency from bottom to top, loud is bright.
import AudioFeatures
import Foundation

/// Draws spectrograms.
public enum SpectrogramPicture {
    /// The lowest frequency shown.
    public static let frequencyMinHz = 20.0
    /// The highest frequency shown, unless the sound holds less.
    public static let frequencyMaxHz = 24_000.0

    /// Decibels from the darkest to the brightest colour.
    static let spanDecibels = 72.0
    private static let widest = 1_200
    private static let tallest = 192
    /// The window of one column: long enough to part the hums of a machine, short enough to show a click.
    private static let windowSeconds = 0.06

    /// The highest frequency a picture of sound at some rate shows.
    public static func topFrequencyHz(sampleRateHz: Int) -> Double {
        min(frequencyMaxHz, Double(sampleRateHz) / 2)
    }

    /// The picture of some mono sound, as a PNG with a palette; at most 1200 by 192 pixels.
    ///
    /// The brightest colour is the level that one value in a thousand exceeds, so that a quiet machine is seen as well as
    /// a loud one.
    public static func png(of sound: AudioBuffer) throws -> Data {
        let configuration = configuration(sampleCount: sound.samples.count, sampleRateHz: sound.sampleRateHz)
        let extractor = try LogMelExtractor(configuration: configuration)
        let decibels = try extractor.logMel(of: sound.samples)
        let bands = configuration.melBinCount
        let columns = decibels.count / bands
        let top = loudest(decibels)
        let scale = Float(255 / spanDecibels)
        let floor = top - Float(spanDecibels)
        var pixels = [UInt8](repeating: 0, count: decibels.count)
        pixels.withUnsafeMutableBufferPointer { pixels in
            decibels.withUnsafeBufferPointer { decibels in
                for column in 0..<columns {
                    for band in 0..<bands {
                        let level = (decibels[column * bands + band] - floor) * scale
                        pixels[(bands - 1 - band) * columns + column] = UInt8(min(255, max(0, level)))
                    }
                }
            }
        }
        return try PNGImage.encode(width: columns, height: bands, pixels: pixels, palette: ColourMap.sound)
    }

    static func configuration(sampleCount: Int, sampleRateHz: Int) -> LogMelConfiguration {
        var length = 256
        while Double(length) < windowSeconds * Double(sampleRateHz), length < 32_768 { length *= 2 }
        let topHz = topFrequencyHz(sampleRateHz: sampleRateHz)
        func mel(_ hz: Double) -> Double { 2_595 * log10(1 + hz / 700) }
        // The lowest band has to cover a bin of the transform, or it stays black.
        let binHz = Double(sampleRateHz) / Double(length)
        let narrowest = (mel(frequencyMinHz + 1.6 * binHz) - mel(frequencyMinHz)) / 2
        let bands = Int((mel(topHz) - mel(frequencyMinHz)) / narrowest) - 1
        return LogMelConfiguration(
            sampleRateHz: sampleRateHz,
            fftLengthSamples: length,
            hopLengthSamples: max(length / 16, (sampleCount + widest - 1) / widest, 1),
            melBinCount: min(tallest, max(16, bands)),
            frequencyMinHz: frequencyMinHz,
            frequencyMaxHz: topHz,
            filters: .htk,
            powerFloor: 1e-10
        )
    }

    /// The level that one value in a thousand exceeds, from a histogram of half decibels.
    private static func loudest(_ decibels: [Float]) -> Float {
        var histogram = [Int](repeating: 0, count: 512)
        for value in decibels { histogram[min(511, max(0, Int((value + 120) * 2)))] += 1 }
        var above = 0
        for index in histogram.indices.reversed() {
            above += histogram[index]
            if above * 1_000 > decibels.count { return Float(index + 1) / 2 - 120 }
        }
        return 0
    }
}
