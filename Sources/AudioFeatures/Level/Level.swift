// Levels in decibels relative to full scale.
import Foundation

/// Levels against full scale: a constant 1 is 0 dBFS, a full-scale sine -3.01 dBFS RMS.
public enum Level {
    /// What silence reads, and the least any level reads.
    public static let floorDBFS = -160.0

    /// 20 * log10 of an amplitude, not below the floor.
    public static func dBFS(amplitude: Double) -> Double {
        amplitude > 1e-8 ? 20 * log10(amplitude) : floorDBFS
    }

    /// Root mean square level of a window.
    ///
    /// - Throws: `LogMelError.nonFiniteSample`.
    public static func rmsDBFS(of samples: [Float]) throws(LogMelError) -> Double {
        try SampleMoments(samples).rmsDBFS
    }

    /// Multiplies every sample by a gain in decibels.
    public static func apply(gainDB: Double, to samples: inout [Float]) {
        if gainDB == 0 { return }
        let factor = Float(pow(10, gainDB / 20))
        for index in samples.indices { samples[index] *= factor }
    }
}

extension SampleMoments {
    /// Root mean square level, constant part included.
    public var rmsDBFS: Double { Level.dBFS(amplitude: meanSquare.squareRoot()) }

    /// Level of the largest sample.
    public var peakDBFS: Double { Level.dBFS(amplitude: peak) }
}
