// Vocabulary, merges and added tokens gathered from a tokenizer's files, and checked against each other.

/// Gathers what `tokenizer.json`, or `vocab.json` and `merges.txt`, say.
struct TokenizerBuilder {
    /// The file with the vocabulary, for errors.
    let path: String

    var vocabulary = TokenTable(minimumCapacity: 65_536)
    var addedTokens: [AddedToken] = []

    /// `unk_token` of the BPE model: stands for bytes the vocabulary does not spell.
    var unknownToken: String?

    /// `add_prefix_space` of the pre-tokenizer.
    var addsPrefixSpace: Bool?

    /// The tokens the post-processor puts around a sequence.
    var start: String?
    var end: String?

    private var merges = BytePairMerges(minimumCapacity: 65_536)
    private var mergeCount: Int32 = 0

    init(path: String) { self.path = path }

    /// Reads an object of tokens and ids.
    mutating func readVocabulary(_ reader: inout JSONReader) throws(TokenizerError) {
        try reader.object { (reader, token) throws(TokenizerError) in
            let id = try reader.integer()
            guard (0..<Int(Int32.max)).contains(id) else {
                throw .idOutOfRange(path: path, token: Self.text(token), id: id, vocabularySize: Int(Int32.max))
            }
            if !vocabulary.insert(token, id: Int32(id)) {
                throw .duplicateToken(path: path, token: Self.text(token), id: id)
            }
        }
    }

    /// Reads the lines of `merges.txt`: two tokens with a space between them; lines that start with `#version` are skipped.
    mutating func readMergeLines(_ bytes: [UInt8], path: String) throws(TokenizerError) {
        for rawLine in bytes.split(separator: 0x0a) {
            let line = rawLine.last == 0x0d ? rawLine.dropLast() : rawLine
            if line.isEmpty || line.starts(with: "#version".utf8) { continue }
            try addMerge(line, path: path)
        }
    }

    /// Adds a rule written as two tokens with a space between them.
    mutating func addMerge(_ line: ArraySlice<UInt8>, path: String) throws(TokenizerError) {
        guard let space = line.firstIndex(of: 0x20), line.lastIndex(of: 0x20) == space else {
            throw .malformedMerge(
                path: path,
                index: Int(mergeCount),
                found: Self.text(line),
                problem: "expected two tokens with one space between them"
            )
        }
        try addMerge(left: line[..<space], right: line[(space + 1)...], path: path)
    }

    /// Adds a rule of the next rank.
    mutating func addMerge(
        left: ArraySlice<UInt8>,
        right: ArraySlice<UInt8>,
        path: String
    ) throws(TokenizerError) {
        func known(_ token: ArraySlice<UInt8>, _ name: String) throws(TokenizerError) -> Int32 {
            if let id = vocabulary.id(of: token) { return id }
            throw .malformedMerge(
                path: path,
                index: Int(mergeCount),
                found: Self.text(left) + " " + Self.text(right),
                problem: "\(name) \"\(Self.text(token))\" is not in the vocabulary"
            )
        }
        merges.append(
            left: try known(left, "the left part"),
            right: try known(right, "the right part"),
            merged: try known(left + right, "the result"),
            rank: mergeCount
        )
        mergeCount += 1
    }

    /// The definition, every id checked.
    ///
    /// - Parameter modelVocabularySize: what every id must be below; nil for no limit.
    func definition(
        _ settings: TokenizerSettings,
        modelVocabularySize: Int?
    ) throws(TokenizerError) -> TokenizerDefinition {
        let added = Dictionary(addedTokens.map { ($0.content, $0.id) }, uniquingKeysWith: { first, _ in first })
        func id(_ name: String) -> Int32? { added[name] ?? vocabulary.id(of: name.utf8) }
        func required(_ name: String) throws(TokenizerError) -> Int32 {
            if let id = id(name) { return id }
            throw .missingSpecialToken(path: path, token: name)
        }
        let newTokens = addedTokens.filter { vocabulary.id(of: $0.content.utf8) == nil }
        try checkIDs(newTokens, limit: modelVocabularySize ?? Int(Int32.max))
        return TokenizerDefinition(
            vocabulary: vocabulary,
            merges: merges,
            addedTokens: addedTokens,
            specialTokens: RobertaTokenizer.SpecialTokens(
                start: try required(start ?? settings.start),
                end: try required(end ?? settings.end),
                padding: try required(settings.padding),
                unknown: id(settings.unknown),
                mask: id(settings.mask)
            ),
            addsPrefixSpace: settings.addsPrefixSpace ?? addsPrefixSpace ?? false,
            unknownByteID: unknownToken.flatMap(id),
            maximumLength: settings.maximumLength,
            vocabularySize: vocabulary.count + newTokens.count
        )
    }

    static func text(_ bytes: some Collection<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

    /// No id at or above the limit, no id twice.
    private func checkIDs(_ newTokens: [AddedToken], limit: Int) throws(TokenizerError) {
        var seen = Set<Int32>(minimumCapacity: vocabulary.count)
        func check(_ id: Int32, _ token: @autoclosure () -> String) throws(TokenizerError) {
            if Int(id) >= limit {
                throw .idOutOfRange(path: path, token: token(), id: Int(id), vocabularySize: limit)
            }
            if !seen.insert(id).inserted { throw .duplicateToken(path: path, token: token(), id: Int(id)) }
        }
        try vocabulary.forEach { (token, id) throws(TokenizerError) in try check(id, Self.text(token)) }
        for token in newTokens { try check(token.id, token.content) }
    }
}
