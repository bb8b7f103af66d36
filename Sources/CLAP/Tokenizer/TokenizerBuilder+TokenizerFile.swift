// Reading `tokenizer.json`: the large parts by the pull parser, the small ones by Foundation's.
import Foundation

extension TokenizerBuilder {
    /// Reads a whole `tokenizer.json`.
    mutating func readTokenizerFile(_ bytes: [UInt8]) throws(TokenizerError) {
        var reader = JSONReader(bytes, path: path)
        var hasModel = false
        try reader.object { (reader, key) throws(TokenizerError) in
            switch Self.text(key) {
            case "model":
                hasModel = true
                try readModel(&reader)
            case "added_tokens":
                try readAddedTokens(&reader)
            case "normalizer":
                if let normalizer = try value(&reader) { throw unsupported("normalizer", normalizer, "null") }
            case "pre_tokenizer":
                try readPreTokenizer(value(&reader))
            case "post_processor":
                try readPostProcessor(value(&reader))
            default:
                try reader.skipValue()
            }
        }
        try reader.end()
        if !hasModel { throw unsupported("model", "absent", "a BPE model") }
    }

    private mutating func readModel(_ reader: inout JSONReader) throws(TokenizerError) {
        var hasVocabulary = false
        var hasMerges = false
        var earlyMerges: JSONReader?
        try reader.object { (reader, key) throws(TokenizerError) in
            switch Self.text(key) {
            case "vocab":
                hasVocabulary = true
                try readVocabulary(&reader)
            case "merges":
                hasMerges = true
                if hasVocabulary {
                    try readMerges(&reader)
                } else {
                    // Merges need the vocabulary: come back for them.
                    earlyMerges = reader
                    try reader.skipValue()
                }
            case "unk_token":
                unknownToken = try value(&reader) as? String
            case let name:
                try checkModelKey(name, value(&reader))
            }
        }
        if !hasVocabulary { throw unsupported("model.vocab", "absent", "an object of tokens and ids") }
        if !hasMerges { throw unsupported("model.merges", "absent", "an array of merges") }
        if var earlyMerges { try readMerges(&earlyMerges) }
    }

    /// Settings that would change the tokens and that RoBERTa does not use must be off.
    private func checkModelKey(_ name: String, _ value: Any?) throws(TokenizerError) {
        switch name {
        case "type":
            if value as? String != "BPE" { throw unsupported("model.type", value, "\"BPE\"") }
        case "dropout":
            if let value, (value as? NSNumber)?.doubleValue != 0 { throw unsupported("model.dropout", value, "null") }
        case "continuing_subword_prefix", "end_of_word_suffix":
            if let value, value as? String != "" { throw unsupported("model.\(name)", value, "null or empty") }
        case "byte_fallback", "ignore_merges":
            if value as? Bool == true { throw unsupported("model.\(name)", value, "false") }
        case "fuse_unk":
            if value as? Bool == true { throw unsupported("model.fuse_unk", value, "false") }
        default: break
        }
    }

    /// Merges are texts of two tokens, or, in newer files, arrays of two.
    private mutating func readMerges(_ reader: inout JSONReader) throws(TokenizerError) {
        try reader.array { (reader) throws(TokenizerError) in
            guard reader.peek() == UInt8(ascii: "[") else {
                try addMerge(reader.string()[...], path: path)
                return
            }
            var parts: [[UInt8]] = []
            try reader.array { (reader) throws(TokenizerError) in parts.append(try reader.string()) }
            guard parts.count == 2 else { throw reader.failure("a merge of \(parts.count) tokens, expected 2") }
            try addMerge(left: parts[0][...], right: parts[1][...], path: path)
        }
    }

    private mutating func readAddedTokens(_ reader: inout JSONReader) throws(TokenizerError) {
        guard let entries = try value(&reader) as? [[String: Any]] else {
            throw unsupported("added_tokens", "another kind of value", "an array of objects")
        }
        for entry in entries {
            guard let content = entry["content"] as? String, let id = (entry["id"] as? NSNumber)?.int64Value else {
                throw unsupported("added_tokens", entry, "objects with \"id\" and \"content\"")
            }
            guard (0..<Int64(Int32.max)).contains(id) else {
                throw .idOutOfRange(path: path, token: content, id: Int(id), vocabularySize: Int(Int32.max))
            }
            addedTokens.append(
                AddedToken(
                    content: content,
                    id: Int32(id),
                    isSingleWord: entry["single_word"] as? Bool ?? false,
                    stripsLeft: entry["lstrip"] as? Bool ?? false,
                    stripsRight: entry["rstrip"] as? Bool ?? false,
                    isNormalized: entry["normalized"] as? Bool ?? false
                )
            )
        }
    }

    private mutating func readPreTokenizer(_ value: Any?) throws(TokenizerError) {
        guard let object = value as? [String: Any], object["type"] as? String == "ByteLevel" else {
            throw unsupported("pre_tokenizer", value, "an object of type \"ByteLevel\"")
        }
        if object["use_regex"] as? Bool == false { throw unsupported("pre_tokenizer.use_regex", false, "true") }
        addsPrefixSpace = object["add_prefix_space"] as? Bool
    }

    /// What goes around a sequence: `RobertaProcessing`, or the same written as a template.
    private mutating func readPostProcessor(_ value: Any?) throws(TokenizerError) {
        guard let value else { return }
        let object = value as? [String: Any] ?? [:]
        switch object["type"] as? String {
        case "RobertaProcessing":
            start = (object["cls"] as? [Any])?.first as? String
            end = (object["sep"] as? [Any])?.first as? String
        case "TemplateProcessing":
            let pieces = object["single"] as? [[String: Any]] ?? []
            let names = pieces.map { ($0["SpecialToken"] as? [String: Any])?["id"] as? String }
            guard pieces.count == 3, let first = names[0], let last = names[2], pieces[1]["Sequence"] != nil else {
                throw unsupported("post_processor.single", pieces, "one token, the sequence, one token")
            }
            start = first
            end = last
        default:
            throw unsupported("post_processor", value, "\"RobertaProcessing\" or \"TemplateProcessing\"")
        }
    }

    /// The next value through Foundation; nil for null.
    private func value(_ reader: inout JSONReader) throws(TokenizerError) -> Any? {
        let bytes = try reader.rawValue()
        do {
            let value = try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
            return value is NSNull ? nil : value
        } catch {
            throw reader.failure("a malformed value ends")
        }
    }

    private func unsupported(_ key: String, _ found: Any?, _ expected: String) -> TokenizerError {
        .unsupported(path: path, key: key, found: found.map { "\($0)" } ?? "null", expected: expected)
    }
}
