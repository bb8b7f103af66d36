// One worker's ears: everything a window needs from samples to embedding, with its own scratch memory.
import AudioFeatures
import CLAP
import Foundation

/// What one window of sound turned into.
struct HeardWindow: Sendable {
    /// L2-normalised audio embedding; shape `(projection)`.
    let embedding: [Float]
    /// Classical description of the sound, before any gain.
    let descriptor: AcousticDescriptor
    /// RMS level in dB relative to full scale, before any gain.
    let levelDBFS: Double
}

/// Turns samples into embeddings. Holds scratch memory and is not Sendable: each worker makes its own.
public final class Listener {
    private let encoder: CLAP.AudioEncoder
    private let frontEnd: ClapFrontEnd
    private let descriptor: AcousticDescriptorExtractor
    private var input: ClapAudioInput

    /// - Parameter referenceIsLonger: marks short clips as longer, as the reference implementation does to a single one.
    public init(model: SoundModel, referenceIsLonger: Bool = false) throws {
        encoder = model.clap.makeAudioEncoder()
        frontEnd = try ClapFrontEnd(
            configuration: model.preprocessor,
            isFused: model.clap.configuration.audio.enableFusion,
            referenceIsLonger: referenceIsLonger
        )
        descriptor = try AcousticDescriptorExtractor()
        input = frontEnd.makeInput()
    }

    /// The log-mel input the encoder gets for some samples (mono, 48 kHz).
    public func features(of samples: [Float]) throws -> ClapAudioInput {
        try frontEnd.features(of: samples, into: &input)
        return input
    }

    /// The L2-normalised embedding of some samples (mono, 48 kHz).
    public func embed(_ samples: [Float]) throws -> (embedding: [Float], isLonger: Bool) {
        try frontEnd.features(of: samples, into: &input)
        return (try encoder.embed(input), input.isLonger)
    }

    /// Length of an embedding.
    public var embeddingDimension: Int { encoder.embeddingDimension }

    /// What the encoder computes per window: a multiply-add counts as two.
    var floatingPointOperationsPerWindow: Int { encoder.floatingPointOperationsPerWindow }

    /// The log-mel half of `embed`, for measurements.
    func prepare(_ samples: [Float]) throws { try frontEnd.features(of: samples, into: &input) }

    /// The encoder's half of `embed`, for measurements: of what was prepared last.
    func encodePrepared(into embedding: inout [Float]) throws {
        try embedding.withUnsafeMutableBufferPointer { try encoder.embed(input, into: $0) }
    }

    /// The encoder's half of `embed`, for measurements: of what `features(of:)` returned on any listener.
    func encode(_ input: ClapAudioInput, into embedding: inout [Float]) throws {
        try embedding.withUnsafeMutableBufferPointer { try encoder.embed(input, into: $0) }
    }

    /// Embedding, descriptor and level of one window.
    ///
    /// - Parameters:
    ///   - samples: scaled in place where nobody else holds them, and let go before the encoder begins.
    ///   - gain: what the model hears louder or softer; descriptor and level are of the sound as it came.
    func hear(_ samples: consuming [Float], gain: WindowGain) throws -> HeardWindow {
        var samples = consume samples
        let description = try descriptor.descriptor(of: samples)
        try gain.apply(to: &samples)
        try frontEnd.features(of: samples, into: &input)
        samples = []
        let embedding = try encoder.embed(input)
        return HeardWindow(embedding: embedding, descriptor: description, levelDBFS: description.rmsDBFS)
    }
}
