// The shapes of the audio tower that follow from its configuration, checked once.
import Kernels

/// Grids, widths and window partitions of the audio tower.
struct AudioLayout: Sendable {
    /// One stage of the tower.
    struct Stage: Sendable {
        var grid: Extent
        var channelCount: Int
        var headCount: Int
        var depth: Int
        var windowSize: Int
        /// How far odd blocks shift their windows; 0 where the grid is one window.
        var shift: Int
        var hiddenChannelCount: Int

        var tokenCount: Int { grid.area }
        var headWidth: Int { channelCount / headCount }
        var windowTokenCount: Int { windowSize * windowSize }
        var windowCount: Int { tokenCount / windowTokenCount }
        var attention: WindowAttention {
            WindowAttention(tokenCount: windowTokenCount, headCount: headCount, headWidth: headWidth)
        }
    }

    /// How often the time axis is folded onto the frequency axis.
    var foldCount: Int
    var stages: [Stage]
    /// Patches of the whole clip, and of one chunk with the wider kernel of the fusion path.
    var wholePatches: SpectrogramImage.PatchGrid
    var chunkPatches: SpectrogramImage.PatchGrid
    /// Channels inside the attentional fusion.
    var fusionChannelCount: Int

    /// The most frames that fit the image.
    var longestFrameCount: Int
    /// Width of the last stage, which the projection takes.
    var featureCount: Int { stages.last?.channelCount ?? 0 }

    init(_ audio: ClapAudioConfiguration, path: String) throws(ClapModelError) {
        func problem(_ key: String, _ found: String, _ expected: String) -> ClapModelError {
            ClapModelError(
                path: path,
                problem: .configuration(key: "audio_config." + key, found: found, expected: expected)
            )
        }
        guard audio.specSize % audio.melBinCount == 0 else {
            throw problem("spec_size", "\(audio.specSize)", "a multiple of num_mel_bins (\(audio.melBinCount))")
        }
        foldCount = audio.specSize / audio.melBinCount
        guard audio.specSize % foldCount == 0 else {
            throw problem("spec_size", "\(audio.specSize)", "a multiple of spec_size / num_mel_bins (\(foldCount))")
        }
        longestFrameCount = audio.specSize * foldCount
        guard audio.attentionHeadCounts.count == audio.depths.count else {
            throw problem(
                "num_attention_heads",
                "\(audio.attentionHeadCounts.count) numbers",
                "as many as depths (\(audio.depths.count))"
            )
        }
        let (kernel, step) = (audio.patchSize, audio.patchStride)
        guard kernel.height >= step.height, kernel.width >= step.width else {
            throw problem("patch_size", "\(kernel.height) x \(kernel.width)", "at least patch_stride")
        }
        func patches(widened: Int) -> SpectrogramImage.PatchGrid {
            SpectrogramImage.PatchGrid(
                imageHeight: audio.specSize,
                imageWidth: audio.specSize,
                kernel: (kernel.height, kernel.width * widened),
                step: (step.height, step.width * widened),
                padding: ((kernel.height - step.height) / 2, (kernel.width - step.width) / 2)
            )
        }
        wholePatches = patches(widened: 1)
        chunkPatches = patches(widened: 3)
        let grid = Extent(height: audio.specSize / step.height, width: audio.specSize / step.width)
        guard wholePatches.rowCount == grid.height, wholePatches.columnCount == grid.width, grid.area > 0 else {
            throw problem(
                "patch_size",
                "\(kernel.height) x \(kernel.width) at stride \(step.height) x \(step.width)",
                "patches that fill a grid of \(grid.height) x \(grid.width)"
            )
        }
        if audio.enableFusion {
            guard chunkPatches.rowCount == grid.height, chunkPatches.columnCount > 0,
                3 * chunkPatches.columnCount <= grid.width
            else {
                throw problem(
                    "patch_size",
                    "\(kernel.height) x \(kernel.width)",
                    "a size whose triple width fits the grid"
                )
            }
        }
        fusionChannelCount = audio.patchEmbedsHiddenSize / audio.affBlockRatio
        guard !audio.enableFusion || fusionChannelCount > 0 else {
            throw problem("aff_block_r", "\(audio.affBlockRatio)", "at most patch_embeds_hidden_size")
        }

        stages = []
        for (i, depth) in audio.depths.enumerated() {
            let place = "stage \(i)"
            let shrink = 1 << i
            guard grid.height % shrink == 0, grid.width % shrink == 0 else {
                throw problem("depths", "\(audio.depths.count) stages", "a grid that halves evenly down to \(place)")
            }
            let extent = Extent(height: grid.height / shrink, width: grid.width / shrink)
            let channels = audio.patchEmbedsHiddenSize * shrink
            let heads = audio.attentionHeadCounts[i]
            guard channels % heads == 0 else {
                throw problem("num_attention_heads", "\(heads) for \(channels) channels of \(place)", "a divisor")
            }
            guard extent.height % audio.windowSize == 0, extent.width % audio.windowSize == 0 else {
                throw problem(
                    "window_size",
                    "\(audio.windowSize)",
                    "a divisor of the \(extent.height) x \(extent.width) grid of \(place)"
                )
            }
            let hidden = Double(channels) * audio.mlpRatio
            guard hidden >= 1, hidden < 1e6 else {
                throw problem("mlp_ratio", "\(audio.mlpRatio)", "a usable width for \(channels) channels")
            }
            stages.append(
                Stage(
                    grid: extent,
                    channelCount: channels,
                    headCount: heads,
                    depth: depth,
                    windowSize: audio.windowSize,
                    // A grid as small as one window is not shifted, as in the reference.
                    shift: min(extent.height, extent.width) <= audio.windowSize ? 0 : audio.windowSize / 2,
                    hiddenChannelCount: Int(hidden)
                )
            )
        }
        guard audio.hiddenSize == featureCount else {
            throw problem(
                "hidden_size",
                "\(audio.hiddenSize)",
                "patch_embeds_hidden_size doubled at every stage (\(featureCount))"
            )
        }
        // The pooled map is regrouped by frequency before it is averaged; the reference needs whole groups.
        let lastHeight = stages.last?.grid.height ?? 0
        guard lastHeight >= foldCount, lastHeight % (lastHeight / foldCount) == 0 else {
            throw problem("depths", "\(audio.depths.count) stages", "at least \(foldCount) rows left in the last one")
        }
        let widest = stages.map { $0.tokenCount * $0.channelCount }.max() ?? 0
        guard widest <= Self.mostActivations else {
            throw problem("spec_size", "\(audio.specSize)", "at most \(Self.mostActivations) activations in a stage")
        }
    }

    /// Refuses configurations whose workspace would run to gigabytes; the published models need 0.4 to 0.6 million.
    private static let mostActivations = 16_777_216
}
