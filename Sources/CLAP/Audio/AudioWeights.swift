// Tensors of the audio tower under the checkpoint's key names, and what is derived from them at load.
// Reference: ClapAudioEncoder in
// https://github.com/huggingface/transformers/blob/v5.23.0/src/transformers/models/clap/modeling_clap.py

/// `audio_model.audio_encoder` and `audio_projection`.
struct AudioWeights: Sendable {
    let batchNorm: BatchNormWeights
    let patchEmbed: PatchEmbedWeights
    let layers: [StageWeights]
    let norm: LayerNormWeights
    let audioProjection: ProjectionWeights

    init(_ binder: WeightBinder, _ configuration: ClapConfiguration, _ layout: AudioLayout) {
        let audio = configuration.audio
        let prefix = "audio_model.audio_encoder."
        batchNorm = BatchNormWeights(binder, prefix + "batch_norm", channels: audio.melBinCount)
        patchEmbed = PatchEmbedWeights(binder, prefix + "patch_embed.", audio, layout)
        layers = layout.stages.indices.map { i in
            StageWeights(binder, prefix + "layers.\(i).", audio, layout.stages[i], merges: i + 1 < layout.stages.count)
        }
        norm = LayerNormWeights(binder, prefix + "norm", channels: layout.featureCount, epsilon: 1e-5)
        audioProjection = ProjectionWeights(
            binder,
            "audio_projection",
            inputs: layout.featureCount,
            configuration: configuration
        )
    }

    /// The linear layers of the stages.
    private var dense: [PackedLinearWeights] {
        layers.flatMap { stage in
            let dense = stage.blocks.flatMap {
                [$0.qkv, $0.attentionOutputDense, $0.intermediateDense, $0.outputDense]
            }
            return dense + [stage.downsample?.reduction].compactMap(\.self)
        }
    }

    /// Floats of scratch memory that the products of the stages need, one at a time.
    var productScratchCount: Int { dense.map(\.scratchCount).max() ?? 0 }

    /// Whether any of them multiplies integers.
    var containsIntegers: Bool { dense.contains(where: \.isOfIntegers) }
}

/// `patch_embed`: convolutions as matrices over cut patches, (channels, 1, height, width).
struct PatchEmbedWeights: Sendable {
    let proj: PackedLinearWeights
    let norm: LayerNormWeights?
    /// Only in fused checkpoints.
    let melConv2d: PackedLinearWeights?
    let fusionModel: FusionWeights?

    init(_ binder: WeightBinder, _ prefix: String, _ audio: ClapAudioConfiguration, _ layout: AudioLayout) {
        let channels = audio.patchEmbedsHiddenSize
        let kernel = audio.patchSize
        proj = PackedLinearWeights(
            binder,
            prefix + "proj",
            kernel: (kernel.height, kernel.width),
            outputs: channels
        )
        norm =
            audio.enablePatchLayerNorm
            ? LayerNormWeights(binder, prefix + "norm", channels: channels, epsilon: 1e-5) : nil
        guard audio.enableFusion else {
            (melConv2d, fusionModel) = (nil, nil)
            return
        }
        melConv2d = PackedLinearWeights(
            binder,
            prefix + "mel_conv2d",
            kernel: (kernel.height, 3 * kernel.width),
            outputs: channels
        )
        fusionModel = FusionWeights(
            binder,
            prefix + "fusion_model.",
            channels: channels,
            hidden: layout.fusionChannelCount
        )
    }
}

/// `fusion_model`: attentional feature fusion (https://arxiv.org/abs/2009.14082), its batch norms folded into its 1 x 1
/// convolutions.
struct FusionWeights: Sendable {
    let localAttention: Branch
    let globalAttention: Branch

    init(_ binder: WeightBinder, _ prefix: String, channels: Int, hidden: Int) {
        // The global branch starts with the pooling, so its layers have later numbers.
        localAttention = Branch(binder, prefix + "local_att.", first: 0, channels: channels, hidden: hidden)
        globalAttention = Branch(binder, prefix + "global_att.", first: 1, channels: channels, hidden: hidden)
    }

    /// Convolution, norm, ReLU, convolution, norm.
    struct Branch: Sendable {
        let squeeze: PackedLinearWeights
        let expand: PackedLinearWeights

        init(_ binder: WeightBinder, _ prefix: String, first: Int, channels: Int, hidden: Int) {
            squeeze = Self.folded(binder, prefix, at: first, inputs: channels, outputs: hidden)
            expand = Self.folded(binder, prefix, at: first + 3, inputs: hidden, outputs: channels)
        }

        /// A 1 x 1 convolution and the batch norm after it, as one matrix and one bias.
        private static func folded(
            _ binder: WeightBinder,
            _ prefix: String,
            at index: Int,
            inputs: Int,
            outputs: Int
        ) -> PackedLinearWeights {
            let kernel = binder.tensor("\(prefix)\(index).weight", [outputs, inputs, 1, 1])
            let kernelBias = binder.tensor("\(prefix)\(index).bias", [outputs])
            let norm = BatchNormWeights(binder, "\(prefix)\(index + 1)", channels: outputs)
            let weight = binder.derive([outputs, inputs]) { out in
                for i in 0..<outputs {
                    for j in 0..<inputs { out[i * inputs + j] = kernel.pointer[i * inputs + j] * norm.scale(i) }
                }
            }
            let bias = binder.derive([outputs]) { out in
                for i in 0..<outputs { out[i] = kernelBias.pointer[i] * norm.scale(i) + norm.shift(i) }
            }
            return PackedLinearWeights(binder, [weight], bias: bias, inputs: inputs, outputs: outputs)
        }
    }
}

/// `layers.N`: one stage.
struct StageWeights: Sendable {
    let blocks: [BlockWeights]
    let downsample: PatchMergingWeights?

    init(
        _ binder: WeightBinder,
        _ prefix: String,
        _ audio: ClapAudioConfiguration,
        _ stage: AudioLayout.Stage,
        merges: Bool
    ) {
        blocks = (0..<stage.depth).map { BlockWeights(binder, prefix + "blocks.\($0).", audio, stage) }
        downsample = merges ? PatchMergingWeights(binder, prefix + "downsample.", stage) : nil
    }
}

/// `downsample`: norm over four neighbours, then 4C to 2C.
struct PatchMergingWeights: Sendable {
    let norm: LayerNormWeights
    let reduction: PackedLinearWeights

    init(_ binder: WeightBinder, _ prefix: String, _ stage: AudioLayout.Stage) {
        let channels = stage.channelCount
        norm = LayerNormWeights(binder, prefix + "norm", channels: 4 * channels, epsilon: 1e-5)
        reduction = PackedLinearWeights(
            binder,
            prefix + "reduction",
            inputs: 4 * channels,
            outputs: 2 * channels,
            rows: stage.tokenCount / 4,
            hasBias: false
        )
    }
}

/// `blocks.N`: one Swin block.
struct BlockWeights: Sendable {
    let layernormBefore: LayerNormWeights
    /// `attention.self.query`, `.key` and `.value` side by side.
    let qkv: PackedLinearWeights
    /// `relative_position_bias_table` spread out to (heads, keys, padded queries) of one window.
    let positionBias: Weight
    let attentionOutputDense: PackedLinearWeights
    let layernormAfter: LayerNormWeights
    let intermediateDense: PackedLinearWeights
    let outputDense: PackedLinearWeights

    init(_ binder: WeightBinder, _ prefix: String, _ audio: ClapAudioConfiguration, _ stage: AudioLayout.Stage) {
        let channels = stage.channelCount
        func linear(_ name: String, _ inputs: Int, _ outputs: Int) -> PackedLinearWeights {
            PackedLinearWeights(binder, prefix + name, inputs: inputs, outputs: outputs, rows: stage.tokenCount)
        }
        func norm(_ name: String) -> LayerNormWeights {
            LayerNormWeights(binder, prefix + name, channels: channels, epsilon: audio.layerNormEpsilon)
        }
        layernormBefore = norm("layernorm_before")
        qkv = PackedLinearWeights(
            binder,
            joining: ["query", "key", "value"].map { prefix + "attention.self." + $0 },
            inputs: channels,
            outputs: channels,
            rows: stage.tokenCount,
            hasBias: audio.qkvBias
        )
        let span = 2 * stage.windowSize - 1
        let table = binder.tensor(
            prefix + "attention.self.relative_position_bias_table",
            [span * span, stage.headCount]
        )
        attentionOutputDense = linear("attention.output.dense", channels, channels)
        layernormAfter = norm("layernorm_after")
        intermediateDense = linear("intermediate.dense", channels, stage.hiddenChannelCount)
        outputDense = linear("output.dense", stage.hiddenChannelCount, channels)
        positionBias = Self.spread(binder, table, stage)
    }

    /// Bias of every pair of tokens in a window, by their distance in rows and columns.
    private static func spread(_ binder: WeightBinder, _ table: Weight, _ stage: AudioLayout.Stage) -> Weight {
        let (side, tokens, stride) = (stage.windowSize, stage.windowTokenCount, stage.attention.tableStride)
        return binder.derive([stage.headCount, tokens, stride]) { out in
            let source = table.pointer
            for head in 0..<stage.headCount {
                for j in 0..<tokens {
                    let row = out + (head * tokens + j) * stride
                    for i in 0..<tokens {
                        let down = i / side - j / side + side - 1
                        let right = i % side - j % side + side - 1
                        row[i] = source[(down * (2 * side - 1) + right) * stage.headCount + head]
                    }
                }
            }
        }
    }
}
