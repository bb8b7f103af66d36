// One window of sound, ready for features and model.
import Foundation

/// One window of a machine's sound at 48 kHz.
public struct AudioWindow: Hashable, Sendable {
    /// The rate of every window.
    public static let sampleRateHz = 48_000

    /// The machine heard.
    public let machine: String
    /// Counts the machine's windows from 0.
    public let sequenceNumber: UInt64
    /// Time of the first sample.
    public let start: Date
    /// Time just after the last sample.
    public let end: Date
    /// Mono samples at 48 kHz; missing audio is zero.
    public private(set) var samples: [Float]
    /// Share of the window that never arrived, 0...1.
    public let missingFraction: Double
    /// Whether little enough is missing for a classification to mean something.
    public let isClassifiable: Bool
    /// Rate of the audio before resampling: above half of it a window holds nothing.
    public let sourceSampleRateHz: Int

    /// Makes a window.
    ///
    /// - Precondition: `start` lies before `end`.
    public init(
        machine: String,
        sequenceNumber: UInt64,
        start: Date,
        end: Date,
        samples: [Float],
        missingFraction: Double,
        isClassifiable: Bool,
        sourceSampleRateHz: Int
    ) {
        precondition(start < end, "a window has a length")
        self.machine = machine
        self.sequenceNumber = sequenceNumber
        self.start = start
        self.end = end
        self.samples = samples
        self.missingFraction = missingFraction
        self.isClassifiable = isClassifiable
        self.sourceSampleRateHz = sourceSampleRateHz
    }

    /// Gives the samples away and keeps none: who takes them may change them without a copy of two megabytes.
    public mutating func takeSamples() -> [Float] {
        defer { samples = [] }
        return samples
    }
}
