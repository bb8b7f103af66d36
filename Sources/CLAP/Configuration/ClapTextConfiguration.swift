// Sizes of the text tower, as `text_config` of config.json gives them.
// Defaults: ClapTextConfig of transformers 5.23.0,
// https://github.com/huggingface/transformers/blob/v5.23.0/src/transformers/models/clap/configuration_clap.py

/// The text tower (RoBERTa). Field names follow config.json; absent keys have the reference's defaults.
public struct ClapTextConfiguration: Sendable, Equatable {
    public var vocabularySize: Int
    public var hiddenSize: Int
    public var hiddenLayerCount: Int
    public var attentionHeadCount: Int
    public var intermediateSize: Int
    public var hiddenActivation: Activation
    public var maximumPositionEmbeddings: Int
    public var typeVocabularySize: Int
    public var layerNormEpsilon: Float
    public var padTokenID: Int

    /// The most tokens of one text, start and end included: positions begin after the padding token's.
    public var maximumTokenCount: Int { maximumPositionEmbeddings - padTokenID - 1 }

    init(_ section: ConfigurationSection) throws(ClapModelError) {
        vocabularySize = try section.integer("vocab_size", default: 50265, in: 1...16_777_216)
        hiddenSize = try section.integer("hidden_size", default: 768, in: 1...65_536)
        hiddenLayerCount = try section.integer("num_hidden_layers", default: 12, in: 1...256)
        attentionHeadCount = try section.integer("num_attention_heads", default: 12, in: 1...4096)
        intermediateSize = try section.integer("intermediate_size", default: 3072, in: 1...1_048_576)
        hiddenActivation = try section.activation("hidden_act", default: .gelu)
        maximumPositionEmbeddings = try section.integer("max_position_embeddings", default: 514, in: 1...65_536)
        typeVocabularySize = try section.integer("type_vocab_size", default: 1, in: 1...65_536)
        layerNormEpsilon = Float(try section.double("layer_norm_eps", default: 1e-12, in: 0...1))
        padTokenID = try section.integer("pad_token_id", default: 1, in: 0...16_777_215)

        guard hiddenSize % attentionHeadCount == 0 else {
            throw section.problem(
                "hidden_size",
                "\(hiddenSize)",
                "a multiple of num_attention_heads (\(attentionHeadCount))"
            )
        }
        guard padTokenID < vocabularySize else {
            throw section.problem("pad_token_id", "\(padTokenID)", "less than vocab_size (\(vocabularySize))")
        }
        guard maximumTokenCount >= 2 else {
            throw section.problem(
                "max_position_embeddings",
                "\(maximumPositionEmbeddings)",
                "at least \(padTokenID + 3): positions begin after pad_token_id (\(padTokenID))"
            )
        }
        if let kind = try section.string("position_embedding_type"), kind != "absolute" {
            throw section.problem("position_embedding_type", "\"\(kind)\"", "\"absolute\"")
        }
    }
}
