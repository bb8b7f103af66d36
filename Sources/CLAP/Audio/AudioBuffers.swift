// All scratch memory of an audio encoder, allocated once.
import Kernels

/// Views into one workspace. Shapes are of the largest stage; a stage uses the front part.
struct AudioBuffers {
    let workspace: Workspace
    /// The folded batch norm: (mels) each.
    let melScale: UnsafeMutablePointer<Float>
    let melShift: UnsafeMutablePointer<Float>
    /// One channel's normalised spectrogram: (longest frames, mels).
    let normalised: UnsafeMutablePointer<Float>
    /// One channel's image.
    let image: MatrixView
    /// Patches of one image: (patches, kernel area).
    let patches: UnsafeMutablePointer<Float>
    /// The residual stream, and the same amount for what a block makes of it: (tokens, channels).
    private let stream: UnsafeMutablePointer<Float>
    private let branch: UnsafeMutablePointer<Float>
    /// Queries, keys and values, (tokens, 3 · channels); also the merged patches, and the chunks of the fusion path.
    private let wide: UnsafeMutablePointer<Float>
    /// The MLP's inner activations for one tile of tokens: (tile, hidden).
    private let hidden: UnsafeMutablePointer<Float>
    let attentionScratch: UnsafeMutablePointer<Float>
    /// For products of the stages that go by `StrassenPanels`; empty where none does.
    let productScratch: UnsafeMutablePointer<Float>
    /// (fusion channels) and (channels), for the pooled branch of the fusion.
    let fusionPooled: MatrixView
    let fusionSqueezed: MatrixView
    let fusionScore: MatrixView
    let pooled: MatrixView
    let projectionHidden: MatrixView
    let embedding: MatrixView

    /// Tokens that go through norm, product and MLP together: enough for the weights to be worth reading, few enough for
    /// the activations between to stay in the second-level cache.
    static let tileTokenCount = 132

    /// Floats from row to row of a matrix that a product reads: an odd number of cache lines, so that the rows of a tile
    /// do not all want the same few places of the first-level cache.
    private static func spreadStride(_ columns: Int) -> Int {
        let lines = (columns + 15) / 16
        return 16 * (lines % 2 == 0 ? lines + 1 : lines)
    }

    init(_ configuration: ClapConfiguration, _ layout: AudioLayout, productScratchCount: Int) {
        let audio = configuration.audio
        let side = audio.specSize
        let spectrogram = layout.longestFrameCount * audio.melBinCount
        let whole = layout.wholePatches
        let chunk = layout.chunkPatches
        let patchValues = max(whole.patchCount * whole.patchSize, chunk.patchCount * chunk.patchSize)
        let tokens = layout.stages.map { $0.tokenCount * $0.channelCount }.max() ?? 0
        let wideValues = layout.stages.map { $0.tokenCount * Self.spreadStride(3 * $0.channelCount) }.max() ?? 0
        let tiles = layout.stages.map {
            min($0.tokenCount, Self.tileTokenCount) * Self.spreadStride($0.hiddenChannelCount)
        }
        let hiddenValues = max(tiles.max() ?? 0, whole.patchCount * Self.spreadStride(layout.fusionChannelCount))
        let scratch = layout.stages.map(\.attention.scratchCount).max() ?? 0
        let channels = audio.patchEmbedsHiddenSize
        let dimension = configuration.projectionDimension

        let sizes = [
            audio.melBinCount, audio.melBinCount, spectrogram, side * side, patchValues, tokens, tokens, wideValues,
            hiddenValues, scratch, productScratchCount, channels, max(layout.fusionChannelCount, 1), channels,
            layout.featureCount,
            dimension,
            dimension,
        ]
        workspace = Workspace(capacityFloats: sizes.map(Workspace.footprint).reduce(0, +))
        melScale = workspace.take(audio.melBinCount)
        melShift = workspace.take(audio.melBinCount)
        normalised = workspace.take(spectrogram)
        image = workspace.takeMatrix(rows: side, columns: side)
        patches = workspace.take(patchValues)
        stream = workspace.take(tokens)
        branch = workspace.take(tokens)
        wide = workspace.take(wideValues)
        hidden = workspace.take(hiddenValues)
        attentionScratch = workspace.take(scratch)
        productScratch = workspace.take(productScratchCount)
        fusionPooled = workspace.takeMatrix(rows: 1, columns: channels)
        fusionSqueezed = workspace.takeMatrix(rows: 1, columns: max(layout.fusionChannelCount, 1))
        fusionScore = workspace.takeMatrix(rows: 1, columns: channels)
        pooled = workspace.takeMatrix(rows: 1, columns: layout.featureCount)
        projectionHidden = workspace.takeMatrix(rows: 1, columns: dimension)
        embedding = workspace.takeMatrix(rows: 1, columns: dimension)
    }

    func foldBatchNorm(_ batchNorm: BatchNormWeights) {
        for mel in 0..<batchNorm.weight.count {
            melScale[mel] = batchNorm.scale(mel)
            melShift[mel] = batchNorm.shift(mel)
        }
    }

    /// The residual stream of a stage: (tokens, channels).
    func activations(_ stage: AudioLayout.Stage) -> MatrixView {
        MatrixView(base: stream, rowCount: stage.tokenCount, columnCount: stage.channelCount)
    }

    /// What a block's norm or attention writes: (tokens, channels).
    func branch(_ stage: AudioLayout.Stage) -> MatrixView {
        MatrixView(base: branch, rowCount: stage.tokenCount, columnCount: stage.channelCount)
    }

    /// (tokens, 3 · channels).
    func qkv(_ stage: AudioLayout.Stage) -> MatrixView {
        let columns = 3 * stage.channelCount
        return MatrixView(
            base: wide,
            rowCount: stage.tokenCount,
            columnCount: columns,
            rowStride: Self.spreadStride(columns)
        )
    }

    /// Four neighbours side by side: (tokens / 4, 4 · channels).
    func merged(_ stage: AudioLayout.Stage) -> MatrixView {
        MatrixView(base: wide, rowCount: stage.tokenCount / 4, columnCount: 4 * stage.channelCount)
    }

    /// What a norm makes of a tile of the residual stream.
    func normed(_ tile: MatrixView) -> MatrixView {
        MatrixView(base: branch, rowCount: tile.rowCount, columnCount: tile.columnCount)
    }

    /// (tile, hidden).
    func hidden(_ rows: Int, _ columns: Int) -> MatrixView {
        MatrixView(base: hidden, rowCount: rows, columnCount: columns, rowStride: Self.spreadStride(columns))
    }

    /// Maps of the fusion path, (patches, channels): the three chunks side by side, and one chunk alone.
    func chunkMaps(rows: Int, columns: Int) -> (joined: MatrixView, single: MatrixView) {
        (
            MatrixView(base: wide, rowCount: rows, columnCount: columns),
            MatrixView(base: wide + Workspace.footprint(rows * columns), rowCount: rows, columnCount: columns)
        )
    }
}
