// The compact classical description of one window that is stored beside its embedding.
import Foundation

/// A window's acoustic descriptor: 193 numbers in a fixed order.
///
/// | values | what | unit |
/// |---|---|---|
/// | 0 ..< 64 | mean of the log-mel, per band | dB |
/// | 64 ..< 128 | standard deviation of the log-mel over the frames, per band | dB |
/// | 128 ..< 184 | modulation power, 8 groups of 8 bands x 7 modulation bands (0.5, 1, 2, 4, 8, 16, 32, 50 Hz) | dB re 1 dB^2 |
/// | 184 | RMS level | dBFS |
/// | 185 | peak level | dBFS |
/// | 186 | crest factor | dB |
/// | 187 | excess kurtosis of the samples | |
/// | 188 | skewness of the samples | |
/// | 189 | spectral centroid of the mean mel spectrum | kHz |
/// | 190 | spectral flatness of the mean mel spectrum, 0 for a flat one | dB |
/// | 191 | share of clipped samples | 0 to 1 |
/// | 192 | constant part (DC) of the samples | full scale 1 |
///
/// The log-mel is always that of the fused checkpoints (48 kHz, 64 HTK bands from 50 Hz to 14 kHz), of the window as heard
/// and without padding or gain, so descriptors compare across models. A change of any of this is a new version.
public struct AcousticDescriptor: Sendable, Equatable {
    /// The version this code computes.
    public static let currentVersion = 1

    /// Log-mel bands.
    public static let melBinCount = 64

    /// Groups of bands in the modulation spectrum.
    public static let modulationGroupCount = 8

    /// Edges of the modulation bands.
    public static let modulationEdgesHz: [Double] = [0.5, 1, 2, 4, 8, 16, 32, 50]

    /// Values of a descriptor.
    public static let valueCount = Field.dcOffset.rawValue + 1

    /// Where the RMS level lies.
    public static let levelPlace = Field.rmsLevel.rawValue

    /// Where the values after the modulation spectrum lie.
    enum Field: Int {
        case rmsLevel = 184
        case peakLevel, crestFactor, kurtosis, skewness, centroid, flatness, clippedShare, dcOffset
    }

    /// All values in the order of the table.
    public let values: [Float]

    /// A descriptor read back from a store.
    ///
    /// - Throws: `AcousticDescriptorError` for another version or number of values.
    public init(values: [Float], version: Int = currentVersion) throws(AcousticDescriptorError) {
        if version != Self.currentVersion { throw .unknownVersion(version) }
        if values.count != Self.valueCount { throw .wrongValueCount(values.count) }
        self.values = values
    }

    /// For the extractor, whose count is right by construction.
    init(computed values: [Float]) {
        precondition(values.count == Self.valueCount, "\(values.count) values")
        self.values = values
    }

    /// Mean log-mel per band, dB.
    public var meanLogMel: ArraySlice<Float> { values[0..<64] }

    /// Deviation of the log-mel per band, dB.
    public var logMelDeviation: ArraySlice<Float> { values[64..<128] }

    /// Modulation power, shape `(8 groups, 7 modulation bands)`.
    public var modulationSpectrum: ArraySlice<Float> { values[128..<184] }

    public var rmsDBFS: Double { Double(values[Field.rmsLevel.rawValue]) }
    public var peakDBFS: Double { Double(values[Field.peakLevel.rawValue]) }
    public var crestFactorDB: Double { Double(values[Field.crestFactor.rawValue]) }
    public var excessKurtosis: Double { Double(values[Field.kurtosis.rawValue]) }
    public var skewness: Double { Double(values[Field.skewness.rawValue]) }
    public var spectralCentroidHz: Double { 1000 * Double(values[Field.centroid.rawValue]) }
    public var spectralFlatnessDB: Double { Double(values[Field.flatness.rawValue]) }
    public var clippedShare: Double { Double(values[Field.clippedShare.rawValue]) }
    public var dcOffset: Double { Double(values[Field.dcOffset.rawValue]) }

    /// The values as half precision, 386 bytes; levels keep a twentieth of a decibel.
    public var packed: Data { HalfPrecisionBytes.pack(values) }
}

/// A stored descriptor this code cannot read.
public enum AcousticDescriptorError: Error, Equatable, CustomStringConvertible {
    case unknownVersion(Int)
    case wrongValueCount(Int)

    public var description: String {
        switch self {
        case .unknownVersion(let version):
            "acoustic descriptor: found version \(version), expected \(AcousticDescriptor.currentVersion); "
                + "read it with the release that wrote it"
        case .wrongValueCount(let count):
            "acoustic descriptor: found \(count) values, expected \(AcousticDescriptor.valueCount); "
                + "the stored row is damaged"
        }
    }
}
