// config.json: defaults of the reference, both published shapes, and what is refused.
import Foundation
import Testing

@testable import CLAP

@Suite struct ConfigurationTests {
    private func configuration(_ json: String) throws -> ClapConfiguration {
        try ClapConfiguration(json: Data(json.utf8), path: "config.json")
    }

    @Test func absentKeysHaveTheReferencesDefaults() throws {
        let found = try configuration("{}")
        #expect(found.audio.depths == [2, 2, 6, 2] && found.audio.attentionHeadCounts == [4, 8, 16, 32])
        #expect(found.audio.windowSize == 8 && found.audio.specSize == 256 && found.audio.melBinCount == 64)
        #expect(found.audio.patchEmbedsHiddenSize == 96 && found.audio.hiddenSize == 768 && !found.audio.enableFusion)
        #expect(found.audio.layerNormEpsilon == 1e-5 && found.audio.mlpRatio == 4 && found.audio.affBlockRatio == 4)
        #expect(found.text.vocabularySize == 50265 && found.text.hiddenSize == 768 && found.text.hiddenLayerCount == 12)
        #expect(found.text.layerNormEpsilon == 1e-12 && found.text.maximumTokenCount == 512)
        #expect(found.projectionDimension == 512 && found.projectionActivation == .relu)
        let layout = try AudioLayout(found.audio, path: "")
        #expect(layout.stages.map(\.channelCount) == [96, 192, 384, 768])
        #expect(layout.stages.map(\.tokenCount) == [4096, 1024, 256, 64])
        #expect(layout.stages.map(\.headWidth) == [24, 24, 24, 24])
        #expect(layout.stages.map(\.shift) == [4, 4, 4, 0])
    }

    /// The published configuration of larger_clap_general differs in width and depth only.
    @Test func theBaseModelLoads() throws {
        let json = """
            {"model_type": "clap", "projection_dim": 512, "audio_config": {"depths": [2, 2, 12, 2], "hidden_size": 1024,
             "patch_embeds_hidden_size": 128, "num_attention_heads": [4, 8, 16, 32], "mlp_ratio": 4.0,
             "fusion_type": null, "patch_stride": [4, 4], "patch_size": 4}}
            """
        let layout = try AudioLayout(try configuration(json).audio, path: "")
        #expect(layout.stages.map(\.channelCount) == [128, 256, 512, 1024])
        #expect(layout.stages.map(\.depth) == [2, 2, 12, 2])
        #expect(layout.stages.map(\.headWidth) == [32, 32, 32, 32])
    }

    /// The sections' own projection_dim is overruled, as in the reference.
    @Test func theOuterProjectionCounts() throws {
        let found = try configuration(#"{"projection_dim": 64, "audio_config": {"projection_dim": 512}}"#)
        #expect(found.projectionDimension == 64)
    }

    @Test(arguments: [
        (#"{"model_type": "clip"}"#, "model_type", "\"clip\""),
        (#"{"audio_config": 3}"#, "audio_config", "3"),
        (#"{"projection_dim": 0}"#, "projection_dim", "0"),
        (#"{"projection_hidden_act": "tanh"}"#, "projection_hidden_act", "gelu, relu"),
        (#"{"audio_config": {"hidden_act": "silu"}}"#, "audio_config.hidden_act", "\"silu\""),
        (#"{"audio_config": {"enable_fusion": true, "fusion_type": "channel_map"}}"#, "fusion_type", "aff_2d"),
        (#"{"audio_config": {"enable_fusion": 1}}"#, "enable_fusion", "true or false"),
        (#"{"audio_config": {"spec_size": 250}}"#, "spec_size", "multiple of num_mel_bins"),
        (#"{"audio_config": {"spec_size": 1e300}}"#, "spec_size", "1e300"),
        (#"{"audio_config": {"depths": [2, 2, 6]}}"#, "num_attention_heads", "as many as depths"),
        (#"{"audio_config": {"depths": [2, 2, "6", 2]}}"#, "depths", "\"6\""),
        (#"{"audio_config": {"depths": []}}"#, "depths", "1 to 8"),
        (#"{"audio_config": {"num_attention_heads": [5, 8, 16, 32]}}"#, "num_attention_heads", "5 for 96"),
        (#"{"audio_config": {"window_size": 7}}"#, "window_size", "64 x 64"),
        (#"{"audio_config": {"hidden_size": 512}}"#, "hidden_size", "768"),
        (#"{"audio_config": {"patch_embed_input_channels": 4}}"#, "patch_embed_input_channels", "1"),
        (#"{"audio_config": {"flatten_patch_embeds": false}}"#, "flatten_patch_embeds", "true"),
        (#"{"audio_config": {"patch_size": [2, 4]}}"#, "patch_size", "at least patch_stride"),
        (#"{"audio_config": {"patch_size": 7}}"#, "patch_size", "64 x 64"),
        (#"{"audio_config": {"spec_size": 4096, "patch_size": 1, "patch_stride": 1}}"#, "spec_size", "activations"),
        (#"{"text_config": {"hidden_size": 770}}"#, "text_config.hidden_size", "multiple of num_attention_heads"),
        (#"{"text_config": {"position_embedding_type": "relative_key"}}"#, "position_embedding_type", "absolute"),
        (#"{"text_config": {"pad_token_id": 60000}}"#, "pad_token_id", "vocab_size"),
        (#"{"text_config": {"max_position_embeddings": 3}}"#, "max_position_embeddings", "at least 4"),
        (#"{"text_config": {"vocab_size": -1}}"#, "vocab_size", "-1"),
    ])
    func whatWeCannotRunIsRefused(_ json: String, _ key: String, _ says: String) throws {
        let error = try #require(#expect(throws: ClapModelError.self) { try configuration(json) })
        #expect(error.description.contains(key) && error.description.contains(says), "\(error.description)")
    }

    @Test(arguments: ["", "[]", "{\"a\":", "nonsense"])
    func whatIsNotAJSONObjectIsRefused(_ json: String) throws {
        let error = try #require(#expect(throws: ClapModelError.self) { try configuration(json) })
        #expect(error.description.hasPrefix("config.json:") && error.description.contains("JSON"))
    }
}
