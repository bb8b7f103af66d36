// Everything a tokenizer's files say, checked.

import Foundation

/// What the loaders gather before a tokenizer is made of it.
struct TokenizerDefinition {
    var vocabulary: TokenTable
    var merges: BytePairMerges
    var addedTokens: [AddedToken]
    var specialTokens: RobertaTokenizer.SpecialTokens
    var addsPrefixSpace: Bool
    var unknownByteID: Int32?
    var maximumLength: Int
    var vocabularySize: Int
}

/// The names and settings of `tokenizer_config.json`, with the reference library's defaults.
struct TokenizerSettings {
    var start = "<s>"
    var end = "</s>"
    var padding = "<pad>"
    var unknown = "<unk>"
    var mask = "<mask>"
    var maskStripsLeft = false

    /// Nil where the file says nothing.
    var addsPrefixSpace: Bool?

    /// `model_max_length`; the published checkpoints have 512 positions.
    var maximumLength = 512

    init() {}

    /// - Parameter values: the object of `tokenizer_config.json`.
    init(values: [String: Any], path: String) throws(TokenizerError) {
        start = try Self.token("cls_token", values, path) ?? start
        end = try Self.token("sep_token", values, path) ?? end
        padding = try Self.token("pad_token", values, path) ?? padding
        unknown = try Self.token("unk_token", values, path) ?? unknown
        mask = try Self.token("mask_token", values, path) ?? mask
        maskStripsLeft = (values["mask_token"] as? [String: Any])?["lstrip"] as? Bool ?? false
        addsPrefixSpace = values["add_prefix_space"] as? Bool
        if let length = (values["model_max_length"] as? NSNumber)?.doubleValue {
            guard length >= 2 else {
                throw .unsupported(path: path, key: "model_max_length", found: "\(length)", expected: "at least 2")
            }
            // The reference library writes 1e30 for "no limit"; the model's positions are the limit then.
            if length <= 65_536 { maximumLength = Int(length) }
        }
    }

    /// A special token is written as a text, or as an object with its content and how it is matched.
    private static func token(_ key: String, _ values: [String: Any], _ path: String) throws(TokenizerError) -> String?
    {
        guard let value = values[key], !(value is NSNull) else { return nil }
        if let text = value as? String { return text }
        if let text = (value as? [String: Any])?["content"] as? String { return text }
        throw .unsupported(path: path, key: key, found: "\(value)", expected: "a text or an object with \"content\"")
    }
}
