// From a window's samples to its acoustic descriptor.
import Foundation

/// Computes acoustic descriptors. Holds scratch memory, so it is not Sendable: each worker has its own.
public final class AcousticDescriptorExtractor {
    private let extractor: LogMelExtractor
    private let modulation: ModulationSpectrum
    private var logMel: [Float] = []  // (frames, 64)

    /// - Throws: `LogMelError.outOfMemory`.
    public init() throws(LogMelError) {
        extractor = try LogMelExtractor(configuration: LogMelConfiguration())
        modulation = try ModulationSpectrum(
            frameRateHz: 100,
            melBinCount: AcousticDescriptor.melBinCount,
            groupCount: AcousticDescriptor.modulationGroupCount,
            edgesHz: AcousticDescriptor.modulationEdgesHz
        )
    }

    /// The descriptor of one window.
    ///
    /// - Parameter samples: mono at 48 kHz, full scale at 1, as heard: before padding and before any gain.
    /// - Throws: `LogMelError.noSamples`, `LogMelError.nonFiniteSample`.
    public func descriptor(of samples: [Float]) throws(LogMelError) -> AcousticDescriptor {
        if samples.isEmpty { throw .noSamples }
        let moments = try SampleMoments(samples)
        try extractor.extract(samples, into: &logMel)

        var values: [Float] = []
        values.reserveCapacity(AcousticDescriptor.valueCount)
        let meanLevelsDB = appendMeansAndDeviations(to: &values)
        modulation.append(to: &values, logMel: logMel)
        let (centroidHz, flatnessDB) = shape(of: meanLevelsDB)
        let shape: [Double] = [
            moments.rmsDBFS,
            moments.peakDBFS,
            20 * log10(moments.crestFactor),
            moments.excessKurtosis,
            moments.skewness,
            centroidHz / 1000,
            flatnessDB,
            moments.clippedShare,
            moments.mean,
        ]
        values.append(contentsOf: shape.map(Float.init))
        return AcousticDescriptor(computed: values)
    }

    /// Appends 64 means and 64 deviations over the frames; returns the means.
    private func appendMeansAndDeviations(to values: inout [Float]) -> [Double] {
        let melBinCount = AcousticDescriptor.melBinCount
        let frameCount = logMel.count / melBinCount
        var means = [Double](repeating: 0, count: melBinCount)
        var squares = [Double](repeating: 0, count: melBinCount)
        logMel.withUnsafeBufferPointer { levels in
            means.withUnsafeMutableBufferPointer { means in
                for frame in 0..<frameCount {
                    for mel in 0..<melBinCount { means[mel] += Double(levels[frame * melBinCount + mel]) }
                }
                for mel in 0..<melBinCount { means[mel] /= Double(frameCount) }
                squares.withUnsafeMutableBufferPointer { squares in
                    for frame in 0..<frameCount {
                        for mel in 0..<melBinCount {
                            let deviation = Double(levels[frame * melBinCount + mel]) - means[mel]
                            squares[mel] += deviation * deviation
                        }
                    }
                }
            }
        }
        values.append(contentsOf: means.map(Float.init))
        values.append(contentsOf: squares.map { Float(($0 / Double(frameCount)).squareRoot()) })
        return means
    }

    /// Centre of gravity of the mean mel spectrum, and its geometric over its arithmetic mean.
    private func shape(of levelsDB: [Double]) -> (centroidHz: Double, flatnessDB: Double) {
        let powers = levelsDB.map { pow(10, $0 / 10) }
        let total = powers.reduce(0, +)
        let moment = zip(powers, extractor.filterBank.centreFrequenciesHz).reduce(0) { $0 + $1.0 * $1.1 }
        let meanDB = levelsDB.reduce(0, +) / Double(levelsDB.count)
        return (moment / total, meanDB - 10 * log10(total / Double(powers.count)))
    }
}
