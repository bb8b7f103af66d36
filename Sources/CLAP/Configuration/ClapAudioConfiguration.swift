// Sizes of the audio tower, as `audio_config` of config.json gives them.
// Defaults: ClapAudioConfig of transformers 5.23.0,
// https://github.com/huggingface/transformers/blob/v5.23.0/src/transformers/models/clap/configuration_clap.py

/// The audio tower (HTSAT). Field names follow config.json; absent keys have the reference's defaults.
public struct ClapAudioConfiguration: Sendable, Equatable {
    public var windowSize: Int
    public var melBinCount: Int
    /// Height and width of the image the spectrogram is folded into.
    public var specSize: Int
    public var hiddenActivation: Activation
    public var patchSize: Extent
    public var patchStride: Extent
    public var hiddenSize: Int
    public var depths: [Int]
    public var attentionHeadCounts: [Int]
    public var enableFusion: Bool
    public var patchEmbedsHiddenSize: Int
    public var enablePatchLayerNorm: Bool
    public var qkvBias: Bool
    public var mlpRatio: Double
    public var affBlockRatio: Int
    public var layerNormEpsilon: Float

    init(_ section: ConfigurationSection) throws(ClapModelError) {
        windowSize = try section.integer("window_size", default: 8, in: 1...16)
        melBinCount = try section.integer("num_mel_bins", default: 64, in: 1...4096)
        specSize = try section.integer("spec_size", default: 256, in: 1...4096)
        hiddenActivation = try section.activation("hidden_act", default: .gelu)
        patchSize = try section.extent("patch_size", default: Extent(height: 4, width: 4), in: 1...256)
        patchStride = try section.extent("patch_stride", default: Extent(height: 4, width: 4), in: 1...256)
        hiddenSize = try section.integer("hidden_size", default: 768, in: 1...1_048_576)
        depths = try section.integers("depths", default: [2, 2, 6, 2], in: 1...256, count: 1...8)
        attentionHeadCounts = try section.integers(
            "num_attention_heads",
            default: [4, 8, 16, 32],
            in: 1...4096,
            count: 1...8
        )
        enableFusion = try section.boolean("enable_fusion", default: false)
        patchEmbedsHiddenSize = try section.integer("patch_embeds_hidden_size", default: 96, in: 1...16384)
        enablePatchLayerNorm = try section.boolean("enable_patch_layer_norm", default: true)
        qkvBias = try section.boolean("qkv_bias", default: true)
        mlpRatio = try section.double("mlp_ratio", default: 4, in: 0.001...64)
        affBlockRatio = try section.integer("aff_block_r", default: 4, in: 1...1024)
        layerNormEpsilon = Float(try section.double("layer_norm_eps", default: 1e-5, in: 0...1))

        // What the reference offers and this engine does not.
        let fusionType = try section.string("fusion_type")
        if enableFusion, let fusionType, fusionType != "aff_2d" {
            throw section.problem("fusion_type", "\"\(fusionType)\"", "\"aff_2d\"")
        }
        let inputChannels = try section.integer("patch_embed_input_channels", default: 1, in: 1...64)
        guard inputChannels == 1 else {
            throw section.problem("patch_embed_input_channels", "\(inputChannels)", "1")
        }
        guard try section.boolean("flatten_patch_embeds", default: true) else {
            throw section.problem("flatten_patch_embeds", "false", "true")
        }
    }
}
