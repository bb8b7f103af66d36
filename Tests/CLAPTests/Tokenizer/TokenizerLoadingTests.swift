// Files that are missing, broken or of another kind, and what is said about them.
import Foundation
import Testing

@testable import CLAP

@Suite struct TokenizerLoadingTests {
    static let vocabulary = #"{"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3, "a": 4, "b": 5, "ab": 6, "<mask>": 7}"#
    static let model = #""type": "BPE", "vocab": \#(vocabulary), "merges": ["a b"]"#
    static let rest = #""pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false}"#

    /// Loads a folder with these files.
    static func load(_ files: [String: String], modelVocabularySize: Int? = nil) throws -> RobertaTokenizer {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("ausculta-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, text) in files { try Data(text.utf8).write(to: folder.appendingPathComponent(name)) }
        return try RobertaTokenizer(modelFolder: folder, modelVocabularySize: modelVocabularySize)
    }

    static let accepted: [[String: String]] = [
        ["vocab.json": vocabulary, "merges.txt": "#version: 0.2\na b\n"],
        ["vocab.json": vocabulary, "merges.txt": "a b"],
        ["vocab.json": vocabulary, "merges.txt": "#version: 0.2\r\na b\r\n\r\n"],
        ["vocab.json": "\u{feff}" + vocabulary, "merges.txt": "a b"],
        ["tokenizer.json": "{\"model\": {\(model)}, \(rest)}"],
        ["tokenizer.json": #"{"model": {"merges": [["a", "b"]], "vocab": \#(vocabulary), "dropout": null}, \#(rest)}"#],
        [
            "tokenizer.json": #"""
            {"model": {\#(model)}, \#(rest), "post_processor": {"type": "TemplateProcessing", "single": [
             {"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
             {"SpecialToken": {"id": "</s>", "type_id": 0}}]}}
            """#
        ],
        ["vocab.json": vocabulary, "merges.txt": "a b", "tokenizer_config.json": #"{"model_max_length": 1e30}"#],
    ]

    @Test(arguments: accepted)
    func reads(files: [String: String]) throws {
        let tokenizer = try Self.load(files, modelVocabularySize: 8)
        #expect(tokenizer.encode("abba") == [0, 6, 5, 4, 2])
        #expect(tokenizer.maximumLength == 512)
        #expect(tokenizer.vocabularySize == 8)
        // Bytes the vocabulary does not spell are left out, as in the reference.
        #expect(tokenizer.encode("xabx") == [0, 6, 2])
    }

    @Test func anUnknownTokenStandsForBytesWithoutSpelling() throws {
        let tokenizer = try Self.load([
            "tokenizer.json": #"{"model": {"unk_token": "<unk>", \#(Self.model)}, \#(Self.rest)}"#
        ])
        #expect(tokenizer.encode("xab") == [0, 3, 6, 2])
    }

    @Test func settingsChangeNamesAndSpaces() throws {
        let tokenizer = try Self.load([
            "vocab.json": #"{"[C]": 0, "[P]": 1, "[S]": 2, "a": 3, "Ġ": 4, "Ġa": 5}"#,
            "merges.txt": "Ġ a",
            "tokenizer_config.json": #"""
            {"cls_token": "[C]", "sep_token": {"content": "[S]", "lstrip": false}, "pad_token": "[P]",
             "add_prefix_space": true, "model_max_length": 4}
            """#,
        ])
        #expect(tokenizer.encode("a a a a") == [0, 5, 5, 2])
        #expect(tokenizer.specialTokens.padding == 1)
        #expect(tokenizer.specialTokens.mask == nil)
    }

    static let refused: [([String: String], String)] = [
        ([:], "no tokenizer.json, and no vocab.json and no merges.txt"),
        (["vocab.json": vocabulary], "and no merges.txt"),
        (["vocab.json": "{\"a\": 1", "merges.txt": ""], "vocab.json: expected '}' at byte 7"),
        (["vocab.json": "[]", "merges.txt": ""], "expected '{' at byte 0"),
        (["vocab.json": vocabulary + "x", "merges.txt": ""], "text after the end"),
        (["vocab.json": #"{"a": "b"}"#, "merges.txt": ""], "expected a whole number"),
        (["vocab.json": #"{"a": -1}"#, "merges.txt": ""], "token \"a\" has id -1"),
        (["vocab.json": #"{"a": 99999999999}"#, "merges.txt": ""], "token \"a\" has id 99999999999"),
        (["vocab.json": #"{"a": 1, "a": 2}"#, "merges.txt": ""], "\"a\" or its id 2 appears twice"),
        (
            ["vocab.json": #"{"<s>": 0, "<pad>": 1, "</s>": 1}"#, "merges.txt": ""],
            "\"</s>\" or its id 1 appears twice"
        ),
        (["vocab.json": #"{"a": 0}"#, "merges.txt": ""], "special token \"<s>\" has no id"),
        (["vocab.json": vocabulary, "merges.txt": "a b\nab\n"], "merges.txt: merge 1 is \"ab\": expected two tokens"),
        (["vocab.json": vocabulary, "merges.txt": "a b c\n"], "merge 0 is \"a b c\""),
        (["vocab.json": vocabulary, "merges.txt": "a x\n"], "the right part \"x\" is not in the vocabulary"),
        (["vocab.json": vocabulary, "merges.txt": "b a\n"], "the result \"ba\" is not in the vocabulary"),
        (
            ["vocab.json": vocabulary, "merges.txt": "", "tokenizer_config.json": #"{"model_max_length": 1}"#],
            "\"model_max_length\" is 1.0"
        ),
        (
            ["vocab.json": vocabulary, "merges.txt": "", "tokenizer_config.json": "["],
            "tokenizer_config.json: no JSON object"
        ),
        (["tokenizer.json": "{}"], "\"model\" is absent"),
        (["tokenizer.json": "{\"model\": {\(model)"], "tokenizer.json: expected '}'"),
        (["tokenizer.json": #"{"model": {"type": "WordPiece"}}"#], "\"model.type\" is WordPiece"),
        (["tokenizer.json": #"{"model": {"vocab": {}}}"#], "\"model.merges\" is absent"),
        (["tokenizer.json": #"{"model": {"merges": []}}"#], "\"model.vocab\" is absent"),
        (["tokenizer.json": #"{"model": {\#(model), "dropout": 0.1}}"#], "\"model.dropout\" is 0.1"),
        (["tokenizer.json": #"{"model": {\#(model), "byte_fallback": true}}"#], "model.byte_fallback"),
        (["tokenizer.json": #"{"model": {\#(model), "end_of_word_suffix": "</w>"}}"#], "model.end_of_word_suffix"),
        (["tokenizer.json": #"{"model": {"vocab": {}, "merges": [["a"]]}}"#], "a merge of 1 tokens, expected 2"),
        (["tokenizer.json": #"{"model": {\#(model)}, "normalizer": {"type": "NFC"}}"#], "\"normalizer\" is"),
        (
            ["tokenizer.json": #"{"model": {\#(model)}, "pre_tokenizer": {"type": "Whitespace"}}"#],
            "\"pre_tokenizer\" is"
        ),
        (["tokenizer.json": #"{"model": {\#(model)}, "post_processor": {"type": "Bert"}}"#], "\"post_processor\" is"),
        (["tokenizer.json": #"{"model": {\#(model)}, "added_tokens": [{"id": 1}]}"#], "\"added_tokens\" is"),
    ]

    @Test(arguments: refused)
    func saysWhatIsWrong(files: [String: String], problem: String) {
        #expect {
            try Self.load(files)
        } throws: { error in
            error is TokenizerError && "\(error)".contains(problem)
        }
    }

    @Test func namesAnIDBeyondTheModel() {
        #expect {
            try Self.load(["vocab.json": Self.vocabulary, "merges.txt": ""], modelVocabularySize: 7)
        } throws: { error in
            "\(error)".contains("token \"<mask>\" has id 7, but the model has 7 tokens")
        }
    }
}
