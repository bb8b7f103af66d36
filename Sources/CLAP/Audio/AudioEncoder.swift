// The audio tower: a log-mel spectrogram to an embedding of length 1. HTSAT, https://arxiv.org/abs/2202.00874
// Reference: ClapAudioEncoder and ClapAudioModelWithProjection in
// https://github.com/huggingface/transformers/blob/v5.23.0/src/transformers/models/clap/modeling_clap.py
import Kernels

/// Encodes windows of sound, one after the other.
///
/// Owns one workspace, allocated at `init`; encoding a window allocates nothing. Not thread-safe and not `Sendable`: one
/// encoder per worker. A window gives the same bits on every encoder of a model, whatever was encoded before.
public final class AudioEncoder {
    /// Receives a named intermediate tensor: name, shape, values (valid during the call).
    public typealias Capture = (String, [Int], UnsafeBufferPointer<Float>) -> Void

    let model: ClapModel
    let layout: AudioLayout
    let weights: AudioWeights
    let buffers: AudioBuffers
    /// Per stage: windows in place, and windows shifted.
    let partitions: [(plain: WindowPartition, shifted: WindowPartition)]
    var capture: Capture?

    init(model: ClapModel) {
        self.model = model
        layout = model.audioLayout
        weights = model.audioWeights
        buffers = AudioBuffers(
            model.configuration,
            layout,
            productScratchCount: weights.productScratchCount
        )
        partitions = layout.stages.map { stage in
            (WindowPartition(stage, shift: 0), WindowPartition(stage, shift: stage.shift))
        }
        buffers.foldBatchNorm(weights.batchNorm)
    }

    /// Length of an embedding.
    public var embeddingDimension: Int { model.configuration.projectionDimension }

    /// Bytes of the workspace.
    public var workspaceByteCount: Int { buffers.workspace.byteCount }

    /// Writes the embedding of one window, scaled to length 1, to `embedding` (`embeddingDimension` values).
    ///
    /// - Throws: `AudioEncoderError` where the input's shape is not the model's.
    public func embed(
        _ input: ClapAudioInput,
        into embedding: UnsafeMutableBufferPointer<Float>
    ) throws(AudioEncoderError) {
        precondition(embedding.count == embeddingDimension, "\(embedding.count) values for an embedding")
        try check(input)
        embedPatches(input)
        encodeStages()
        let features = pool()
        weights.audioProjection.apply(to: features, hidden: buffers.projectionHidden, into: buffers.embedding)
        report("projected", [embeddingDimension], buffers.embedding)
        Elementwise.normalise(buffers.embedding.values)
        _ = embedding.update(from: buffers.embedding.values)
    }

    /// The embedding of one window, scaled to length 1.
    public func embed(_ input: ClapAudioInput) throws(AudioEncoderError) -> [Float] {
        var embedding = [Float](repeating: 0, count: embeddingDimension)
        let result = embedding.withUnsafeMutableBufferPointer { buffer in
            Result { () throws(AudioEncoderError) in try embed(input, into: buffer) }
        }
        try result.get()
        return embedding
    }

    /// As `embed`, handing the intermediate tensors to `capture`: "image" (channels, height, width), "patch_embed"
    /// (tokens, channels), "stage.N" (tokens, channels) after its patch merging, "pooled" and "projected".
    public func embed(_ input: ClapAudioInput, capturing capture: @escaping Capture) throws(AudioEncoderError)
        -> [Float]
    {
        self.capture = capture
        defer { self.capture = nil }
        return try embed(input)
    }

    private func check(_ input: ClapAudioInput) throws(AudioEncoderError) {
        let audio = model.configuration.audio
        let channels = audio.enableFusion ? 4 : 1
        guard input.channelCount == channels else {
            throw AudioEncoderError(
                model: model.name,
                found: "\(input.channelCount) channels",
                expected: "\(channels) for \(audio.enableFusion ? "a fused" : "an unfused") checkpoint"
            )
        }
        guard input.melBinCount == audio.melBinCount else {
            throw AudioEncoderError(
                model: model.name,
                found: "\(input.melBinCount) mel bins",
                expected: "\(audio.melBinCount)"
            )
        }
        guard (1...layout.longestFrameCount).contains(input.frameCount) else {
            throw AudioEncoderError(
                model: model.name,
                found: "\(input.frameCount) frames",
                expected: "1 to \(layout.longestFrameCount)"
            )
        }
    }

    /// Final norm, then the mean over all tokens. The reference regroups the map by frequency first, which changes the
    /// order of the terms only.
    private func pool() -> MatrixView {
        let tokens = buffers.activations(layout.stages[layout.stages.count - 1])
        weights.norm.apply(to: tokens, into: tokens)
        Elementwise.columnMeans(of: tokens, into: buffers.pooled.base)
        report("pooled", [tokens.columnCount], buffers.pooled)
        return buffers.pooled
    }

    func report(_ name: @autoclosure () -> String, _ shape: @autoclosure () -> [Int], _ tensor: MatrixView) {
        guard let capture else { return }
        capture(name(), shape(), UnsafeBufferPointer(tensor.values))
    }
}
