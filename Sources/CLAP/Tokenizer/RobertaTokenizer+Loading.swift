// Reading a tokenizer from a checkpoint's folder.
import Foundation

extension RobertaTokenizer {
    /// Reads `tokenizer.json`, or `vocab.json` and `merges.txt` where that is absent, and `tokenizer_config.json` where there
    /// is one.
    ///
    /// - Parameters:
    ///   - modelFolder: the checkpoint's folder.
    ///   - modelVocabularySize: rows of the text encoder's embedding table, which every id must be below.
    /// - Throws: `TokenizerError` naming the file and the entry.
    public init(modelFolder: URL, modelVocabularySize: Int? = nil) throws(TokenizerError) {
        let settings = try Self.settings(in: modelFolder)
        let whole = modelFolder.appendingPathComponent("tokenizer.json")
        if FileManager.default.fileExists(atPath: whole.path) {
            try self.init(tokenizerFile: whole, settings: settings, modelVocabularySize: modelVocabularySize)
            return
        }
        let vocabulary = modelFolder.appendingPathComponent("vocab.json")
        let merges = modelFolder.appendingPathComponent("merges.txt")
        let missing = [vocabulary, merges].filter { !FileManager.default.fileExists(atPath: $0.path) }
        if !missing.isEmpty {
            throw .missingFiles(folder: modelFolder.path, missing: missing.map(\.lastPathComponent))
        }
        try self.init(
            vocabularyFile: vocabulary,
            mergesFile: merges,
            settings: settings,
            modelVocabularySize: modelVocabularySize
        )
    }

    /// Reads `vocab.json` and `merges.txt`.
    ///
    /// - Throws: `TokenizerError`.
    public init(
        vocabularyFile: URL,
        mergesFile: URL,
        modelVocabularySize: Int? = nil
    ) throws(TokenizerError) {
        try self.init(
            vocabularyFile: vocabularyFile,
            mergesFile: mergesFile,
            settings: TokenizerSettings(),
            modelVocabularySize: modelVocabularySize
        )
    }

    private init(
        vocabularyFile: URL,
        mergesFile: URL,
        settings: TokenizerSettings,
        modelVocabularySize: Int?
    ) throws(TokenizerError) {
        var builder = TokenizerBuilder(path: vocabularyFile.path)
        var reader = JSONReader(try Self.bytes(of: vocabularyFile), path: vocabularyFile.path)
        try builder.readVocabulary(&reader)
        try reader.end()
        try builder.readMergeLines(try Self.bytes(of: mergesFile), path: mergesFile.path)
        for name in [settings.start, settings.padding, settings.end, settings.unknown, settings.mask] {
            guard let id = builder.vocabulary.id(of: name.utf8) else { continue }
            builder.addedTokens.append(
                AddedToken(content: name, id: id, stripsLeft: name == settings.mask && settings.maskStripsLeft)
            )
        }
        self.init(try builder.definition(settings, modelVocabularySize: modelVocabularySize))
    }

    private init(
        tokenizerFile: URL,
        settings: TokenizerSettings,
        modelVocabularySize: Int?
    ) throws(TokenizerError) {
        var builder = TokenizerBuilder(path: tokenizerFile.path)
        try builder.readTokenizerFile(try Self.bytes(of: tokenizerFile))
        self.init(try builder.definition(settings, modelVocabularySize: modelVocabularySize))
    }

    private static func settings(in folder: URL) throws(TokenizerError) -> TokenizerSettings {
        let file = folder.appendingPathComponent("tokenizer_config.json")
        guard FileManager.default.fileExists(atPath: file.path) else { return TokenizerSettings() }
        let data = Data(try bytes(of: file))
        guard let values = (try? JSONSerialization.jsonObject(with: data)) as? [String: Any] else {
            throw .malformedJSON(path: file.path, byteOffset: 0, problem: "no JSON object")
        }
        return try TokenizerSettings(values: values, path: file.path)
    }

    private static func bytes(of file: URL) throws(TokenizerError) -> [UInt8] {
        do {
            return [UInt8](try Data(contentsOf: file))
        } catch {
            throw .unreadable(path: file.path, reason: error.localizedDescription)
        }
    }
}
