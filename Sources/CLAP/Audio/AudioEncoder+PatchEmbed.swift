// From spectrogram to tokens: image, patches, and for long clips the fusion of the whole with its chunks.
import Kernels

extension AudioEncoder {
    /// Fills the first stage's activations from `input`.
    func embedPatches(_ input: ClapAudioInput) {
        let stage = layout.stages[0]
        let tokens = buffers.activations(stage)
        let patchEmbed = weights.patchEmbed
        makeImage(input, channel: 0)
        convolve(layout.wholePatches, patchEmbed.proj, into: tokens)
        if input.isLonger, let fusion = patchEmbed.fusionModel, let kernel = patchEmbed.melConv2d {
            let chunks = embedChunks(input, kernel)
            fuse(tokens, with: chunks, fusion)
        }
        patchEmbed.norm?.apply(to: tokens, into: tokens)
        report("patch_embed", [tokens.rowCount, tokens.columnCount], tokens)
    }

    private func makeImage(_ input: ClapAudioInput, channel: Int) {
        input.logMelDecibels.withUnsafeBufferPointer { values in
            guard let first = values.baseAddress else { return }
            SpectrogramImage.make(
                from: first + channel * input.frameCount * input.melBinCount,
                frameCount: input.frameCount,
                melCount: input.melBinCount,
                scale: buffers.melScale,
                shift: buffers.melShift,
                scratch: buffers.normalised,
                into: buffers.image
            )
        }
        report("image.\(channel)", [buffers.image.rowCount, buffers.image.columnCount], buffers.image)
    }

    /// A convolution of the image as patches times kernel: out is (patches, channels).
    private func convolve(_ grid: SpectrogramImage.PatchGrid, _ kernel: PackedLinearWeights, into out: MatrixView) {
        let patches = MatrixView(base: buffers.patches, rowCount: grid.patchCount, columnCount: grid.patchSize)
        SpectrogramImage.cutPatches(of: buffers.image, grid: grid, into: patches)
        kernel.multiply(patches, into: out)
    }

    /// The three chunks' maps laid side by side along time, zero where they do not reach the whole's width.
    private func embedChunks(_ input: ClapAudioInput, _ kernel: PackedLinearWeights) -> MatrixView {
        let (whole, chunk) = (layout.wholePatches, layout.chunkPatches)
        let channels = layout.stages[0].channelCount
        let (joined, single) = buffers.chunkMaps(rows: whole.patchCount, columns: channels)
        joined.values.update(repeating: 0)
        let map = single.rows(0..<chunk.patchCount)
        for number in 0..<3 {
            makeImage(input, channel: number + 1)
            convolve(chunk, kernel, into: map)
            for y in 0..<chunk.rowCount {
                let target = joined.base + (y * whole.columnCount + number * chunk.columnCount) * channels
                target.update(
                    from: map.base + y * chunk.columnCount * channels,
                    count: chunk.columnCount * channels
                )
            }
        }
        return joined
    }

    /// Attentional feature fusion of `whole` with `chunks`, in place.
    private func fuse(_ whole: MatrixView, with chunks: MatrixView, _ fusion: FusionWeights) {
        // The branch buffer holds the sum, then the local scores.
        let sum = buffers.branch(layout.stages[0])
        _ = sum.values.update(from: whole.values)
        Elementwise.add(chunks, to: sum)
        Elementwise.columnMeans(of: sum, into: buffers.fusionPooled.base)
        apply(
            fusion.globalAttention,
            to: buffers.fusionPooled,
            hidden: buffers.fusionSqueezed,
            into: buffers.fusionScore
        )
        let hidden = buffers.hidden(sum.rowCount, layout.fusionChannelCount)
        apply(fusion.localAttention, to: sum, hidden: hidden, into: sum)
        Elementwise.fuse(whole, with: chunks, localScore: sum, globalScore: buffers.fusionScore.base)
    }

    private func apply(_ branch: FusionWeights.Branch, to input: MatrixView, hidden: MatrixView, into out: MatrixView) {
        branch.squeeze.multiply(input, into: hidden, then: .relu)
        branch.expand.multiply(hidden, into: out)
    }
}
