// How strongly each mel band's level swings, and how fast: the rhythm of strokes, knocks and rattles.
import Foundation

/// Modulation power of a log-mel spectrogram in octaves of modulation frequency, averaged over groups of mel bands.
///
/// Each band's levels (100 per second, mean removed, Hann window) are transformed over 1024 frames, shorter clips padded
/// with zeros, longer ones in halfway overlapping segments. Power is scaled so that the whole spectrum sums to the level's
/// variance in dB^2.
final class ModulationSpectrum {
    static let segmentFrames = 1024

    /// Added to every power, so that a steady level reads -40 dB.
    static let powerFloor = 1e-4

    private let spectrum: PowerSpectrum
    private let bandBins: [Range<Int>]  // bins of each modulation band
    private let melBinCount: Int
    private let groupCount: Int
    private var series: [Float]  // (lanes, segmentFrames)
    private var window: [Float] = []
    private var sums: [Double]  // (groups, modulation bands)

    /// - Precondition: `melBinCount` is a multiple of `groupCount`, and a group of four.
    init(frameRateHz: Double, melBinCount: Int, groupCount: Int, edgesHz: [Double]) throws(LogMelError) {
        precondition(melBinCount % groupCount == 0 && (melBinCount / groupCount) % PowerSpectrum.laneCount == 0)
        self.melBinCount = melBinCount
        self.groupCount = groupCount
        let binWidthHz = frameRateHz / Double(Self.segmentFrames)
        bandBins = zip(edgesHz, edgesHz.dropFirst()).map { low, high in
            Int((low / binWidthHz).rounded(.up))..<Int((high / binWidthHz).rounded(.up))
        }
        spectrum = try PowerSpectrum(window: [Double](repeating: 1, count: Self.segmentFrames))
        series = [Float](repeating: 0, count: PowerSpectrum.laneCount * Self.segmentFrames)
        sums = [Double](repeating: 0, count: groupCount * bandBins.count)
    }

    /// Appends `10 * log10(power + floor)`, shape `(groups, modulation bands)`.
    ///
    /// - Parameter logMel: decibels, shape `(frames, mels)`.
    func append(to values: inout [Float], logMel: [Float]) {
        let frameCount = logMel.count / melBinCount
        let segment = min(frameCount, Self.segmentFrames)
        if window.count != segment {
            window = PowerSpectrum.hann(lengthSamples: segment).map(Float.init)
            for index in series.indices { series[index] = 0 }
        }
        for index in sums.indices { sums[index] = 0 }
        let windowEnergy = window.reduce(0.0) { $0 + Double($1) * Double($1) }
        let starts = stride(from: 0, through: frameCount - segment, by: Self.segmentFrames / 2)
        var segmentCount = 0
        for start in starts {
            segmentCount += 1
            for firstMel in stride(from: 0, to: melBinCount, by: PowerSpectrum.laneCount) {
                fillSeries(from: logMel, start: start, firstMel: firstMel, frameCount: segment)
                addPower(group: firstMel / (melBinCount / groupCount))
            }
        }
        let perGroup = Double(melBinCount / groupCount * segmentCount)
        // One-sided spectrum, Parseval, the window's energy.
        let scale = windowEnergy > 0 ? 2 / (Double(Self.segmentFrames) * windowEnergy * perGroup) : 0
        for sum in sums { values.append(Float(10 * log10(sum * scale + Self.powerFloor))) }
    }

    /// Four bands' levels as lanes: mean removed, windowed.
    private func fillSeries(from logMel: [Float], start: Int, firstMel: Int, frameCount: Int) {
        logMel.withUnsafeBufferPointer { source in
            series.withUnsafeMutableBufferPointer { target in
                for lane in 0..<PowerSpectrum.laneCount {
                    let column = start * melBinCount + firstMel + lane
                    var sum = 0.0
                    for frame in 0..<frameCount { sum += Double(source[column + frame * melBinCount]) }
                    let mean = Float(sum / Double(frameCount))
                    let row = lane * Self.segmentFrames
                    for frame in 0..<frameCount {
                        target[row + frame] = (source[column + frame * melBinCount] - mean) * window[frame]
                    }
                }
            }
        }
    }

    private func addPower(group: Int) {
        series.withUnsafeBufferPointer { lanes in
            guard let base = lanes.baseAddress else { return }
            let power = spectrum.compute(base, laneStride: Self.segmentFrames)
            for (band, bins) in bandBins.enumerated() {
                var sum = 0.0
                for index in bins.lowerBound * PowerSpectrum.laneCount..<bins.upperBound * PowerSpectrum.laneCount {
                    sum += power[index]
                }
                sums[group * bandBins.count + band] += sum
            }
        }
    }
}
