// The Swin stages: windowed attention and MLP on a residual stream, then patch merging.
// https://arxiv.org/abs/2103.14030
import Kernels

extension AudioEncoder {
    /// Runs all stages over the activations.
    func encodeStages() {
        for (i, stage) in layout.stages.enumerated() {
            let stageWeights = weights.layers[i]
            for (j, block) in stageWeights.blocks.enumerated() {
                let partition = j % 2 == 0 || stage.shift == 0 ? partitions[i].plain : partitions[i].shifted
                // A band's rows need no other band's: what a block makes of them stays in the second-level cache.
                for band in partition.bands {
                    attend(block, stage, partition, band)
                    applyMLP(block, stage, band)
                }
            }
            if let downsample = stageWeights.downsample {
                merge(downsample, stage, into: layout.stages[i + 1])
            }
            let reached = buffers.activations(layout.stages[min(i + 1, layout.stages.count - 1)])
            report("stage.\(i)", [reached.rowCount, reached.columnCount], reached)
        }
    }

    /// x += dense(attention(norm(x))).
    private func attend(
        _ block: BlockWeights,
        _ stage: AudioLayout.Stage,
        _ partition: WindowPartition,
        _ band: WindowPartition.Band
    ) {
        let tokens = buffers.activations(stage)
        let branch = buffers.branch(stage)
        let qkv = buffers.qkv(stage)
        forEachTile(of: band) { range in
            let tile = tokens.rows(range)
            let normed = buffers.normed(tile)
            block.layernormBefore.apply(to: tile, into: normed)
            block.qkv.multiply(normed, into: qkv.rows(range), scratch: buffers.productScratch)
        }
        let attention = stage.attention
        let positionBias = block.positionBias.pointer
        partition.forEachWindow(of: band) { rowNumbers, mask in
            attention.attend(
                qkv,
                qkvBias: nil,
                rowNumbers: rowNumbers,
                bias: positionBias,
                mask: mask,
                into: branch,
                scratch: buffers.attentionScratch
            )
        }
        for rows in band.rows {
            block.attentionOutputDense.multiply(
                branch.rows(rows),
                into: tokens.rows(rows),
                accumulate: true,
                scratch: buffers.productScratch
            )
        }
    }

    /// x += dense(gelu(dense(norm(x)))).
    private func applyMLP(_ block: BlockWeights, _ stage: AudioLayout.Stage, _ band: WindowPartition.Band) {
        let activation = model.configuration.audio.hiddenActivation.asEpilogue
        let scratch = buffers.productScratch
        let tokens = buffers.activations(stage)
        forEachTile(of: band) { range in
            let tile = tokens.rows(range)
            let normed = buffers.normed(tile)
            let hidden = buffers.hidden(range.count, stage.hiddenChannelCount)
            block.layernormAfter.apply(to: tile, into: normed)
            block.intermediateDense.multiply(normed, into: hidden, then: activation, scratch: scratch)
            block.outputDense.multiply(hidden, into: tile, accumulate: true, scratch: scratch)
        }
    }

    /// Four neighbours become one token of twice the width.
    private func merge(_ downsample: PatchMergingWeights, _ stage: AudioLayout.Stage, into next: AudioLayout.Stage) {
        let merged = buffers.merged(stage)
        SpectrogramImage.mergePatches(
            of: buffers.activations(stage),
            height: stage.grid.height,
            width: stage.grid.width,
            into: merged
        )
        let out = buffers.activations(next)
        forEachTile(of: 0..<merged.rowCount) { range in
            let tile = merged.rows(range)
            downsample.norm.apply(to: tile, into: tile)
            downsample.reduction.multiply(tile, into: out.rows(range), scratch: buffers.productScratch)
        }
    }

    private func forEachTile(of band: WindowPartition.Band, _ body: (Range<Int>) -> Void) {
        for rows in band.rows { forEachTile(of: rows, body) }
    }

    /// Runs `body` on runs of tokens short enough for what is made of them to stay in the second-level cache.
    private func forEachTile(of rows: Range<Int>, _ body: (Range<Int>) -> Void) {
        for start in stride(from: rows.lowerBound, to: rows.upperBound, by: AudioBuffers.tileTokenCount) {
            body(start..<min(start + AudioBuffers.tileTokenCount, rows.upperBound))
        }
    }
}
