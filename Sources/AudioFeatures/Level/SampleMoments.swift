// Mean, spread and shape of the samples of one window.
import CKernels

/// Sums over a window's samples, in double precision, around their mean.
public struct SampleMoments: Sendable, Equatable {
    /// Samples counted.
    public let count: Int

    /// The constant part: the mean sample, full scale at 1.
    public let mean: Double

    /// Mean of the squared samples, constant part included.
    public let meanSquare: Double

    /// Largest magnitude.
    public let peak: Double

    /// Mean square around the mean.
    public let variance: Double

    /// Third standardised moment; 0 for a constant.
    public let skewness: Double

    /// Fourth standardised moment less 3, so that Gaussian noise has 0; 0 for a constant.
    public let excessKurtosis: Double

    /// Samples at full scale.
    public let clippedCount: Int

    /// Magnitude from which a sample counts as clipped: just below the largest 16-bit value.
    public static let clippingMagnitude: Float = 0.9999

    /// Largest magnitude over root mean square; 1 for silence.
    public var crestFactor: Double { meanSquare > 0 ? peak / meanSquare.squareRoot() : 1 }

    /// Share of clipped samples, 0 to 1.
    public var clippedShare: Double { count > 0 ? Double(clippedCount) / Double(count) : 0 }

    /// - Throws: `LogMelError.nonFiniteSample` where a sample is NaN or infinite.
    public init(_ samples: [Float]) throws(LogMelError) {
        let moments = ck_compute_moments(samples, samples.count, Self.clippingMagnitude)
        if moments.all_finite == 0 { try LogMelExtractor.requireFinite(samples) }
        count = samples.count
        mean = moments.mean
        meanSquare = moments.mean_square
        peak = moments.peak
        variance = moments.second
        clippedCount = Int(moments.at_least)
        // A variance this small is the rounding of a constant.
        if moments.second > 1e-24 * moments.mean_square {
            skewness = moments.third / (moments.second * moments.second.squareRoot())
            excessKurtosis = moments.fourth / (moments.second * moments.second) - 3
        } else {
            skewness = 0
            excessKurtosis = 0
        }
    }
}
