// Tensors of the text tower under the checkpoint's key names.
// Reference: ClapTextModel in
// https://github.com/huggingface/transformers/blob/v5.23.0/src/transformers/models/clap/modeling_clap.py

/// `text_model` and `text_projection`.
struct TextWeights: Sendable {
    let wordEmbeddings: Weight  // (vocabulary, hidden)
    let positionEmbeddings: Weight  // (positions, hidden)
    let tokenTypeEmbeddings: Weight  // (types, hidden)
    let embeddingsLayerNorm: LayerNormWeights
    let layers: [TextLayerWeights]
    let pooler: LinearWeights
    let textProjection: ProjectionWeights

    init(_ binder: WeightBinder, _ configuration: ClapConfiguration) {
        let text = configuration.text
        let hidden = text.hiddenSize
        let embeddings = "text_model.embeddings."
        wordEmbeddings = binder.tensor(embeddings + "word_embeddings.weight", [text.vocabularySize, hidden])
        positionEmbeddings = binder.tensor(
            embeddings + "position_embeddings.weight",
            [text.maximumPositionEmbeddings, hidden]
        )
        tokenTypeEmbeddings = binder.tensor(
            embeddings + "token_type_embeddings.weight",
            [text.typeVocabularySize, hidden]
        )
        embeddingsLayerNorm = LayerNormWeights(
            binder,
            embeddings + "LayerNorm",
            channels: hidden,
            epsilon: text.layerNormEpsilon
        )
        layers = (0..<text.hiddenLayerCount).map { TextLayerWeights(binder, Self.layerPrefix($0), text) }
        pooler = LinearWeights(binder, "text_model.pooler.dense", inputs: hidden, outputs: hidden)
        textProjection = ProjectionWeights(binder, "text_projection", inputs: hidden, configuration: configuration)
    }

    /// What the keys of a layer begin with.
    static func layerPrefix(_ number: Int) -> String { "text_model.encoder.layer.\(number)." }

    /// Whether a key belongs to the text tower.
    static func owns(_ name: String) -> Bool { name.hasPrefix("text_model.") || name.hasPrefix("text_projection.") }
}

/// `encoder.layer.N`.
struct TextLayerWeights: Sendable {
    let query: LinearWeights
    let key: LinearWeights
    let value: LinearWeights
    let attentionOutputDense: LinearWeights
    let attentionOutputLayerNorm: LayerNormWeights
    let intermediateDense: LinearWeights
    let outputDense: LinearWeights
    let outputLayerNorm: LayerNormWeights

    init(_ binder: WeightBinder, _ prefix: String, _ text: ClapTextConfiguration) {
        let hidden = text.hiddenSize
        func linear(_ name: String, _ inputs: Int, _ outputs: Int) -> LinearWeights {
            LinearWeights(binder, prefix + name, inputs: inputs, outputs: outputs)
        }
        func norm(_ name: String) -> LayerNormWeights {
            LayerNormWeights(binder, prefix + name, channels: hidden, epsilon: text.layerNormEpsilon)
        }
        query = linear("attention.self.query", hidden, hidden)
        key = linear("attention.self.key", hidden, hidden)
        value = linear("attention.self.value", hidden, hidden)
        attentionOutputDense = linear("attention.output.dense", hidden, hidden)
        attentionOutputLayerNorm = norm("attention.output.LayerNorm")
        intermediateDense = linear("intermediate.dense", hidden, text.intermediateSize)
        outputDense = linear("output.dense", text.intermediateSize, hidden)
        outputLayerNorm = norm("output.LayerNorm")
    }
}
