// A chunk of audio in its place: decoded, mono, ordered, on the stream's own time line.
import Foundation

/// Decoded mono audio at a known position of a machine's stream.
///
/// Frames keep the sender's sample rate; windows are brought to 48 kHz when they are cut. So a window never waits
/// for a resampler's filter to fill, and the same recording gives the same windows whatever its chunks were.
public struct AudioFrame: Hashable, Sendable {
    /// Counts the stream's restarts; positions are comparable within one epoch only.
    public let epoch: Int
    /// Time of the epoch's sample 0; moves slightly with the sender's clock.
    public let epochStart: Date
    /// Position of the first sample. A jump against the frame before is missing audio.
    public let startSample: Int
    /// Frames per second.
    public let sampleRateHz: Int
    /// Mono samples.
    public let samples: [Float]
    /// Audio lost before this frame, in seconds, also where it was too much to be filled.
    public let missingSecondsBefore: Double

    /// Makes a frame.
    public init(
        epoch: Int,
        epochStart: Date,
        startSample: Int,
        sampleRateHz: Int,
        samples: [Float],
        missingSecondsBefore: Double = 0
    ) {
        self.epoch = epoch
        self.epochStart = epochStart
        self.startSample = startSample
        self.sampleRateHz = sampleRateHz
        self.samples = samples
        self.missingSecondsBefore = missingSecondsBefore
    }

    /// Time of the first sample.
    public var start: Date { epochStart.addingTimeInterval(Double(startSample) / Double(sampleRateHz)) }
}
