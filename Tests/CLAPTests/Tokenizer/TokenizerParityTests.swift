// Our ids against the reference library's, for a table of awkward texts (Models/reference/tokenizer_fixtures.py).
import Foundation
import Testing

@testable import CLAP

@Suite struct TokenizerParityTests {
    struct Case: Decodable {
        let text: String
        let pair: [Int32]
        let whole: [Int32]
        let real: [Int32]
    }

    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../Fixtures/tokenizer")

    /// roberta-base's vocabulary, beside the repository; it is too large to keep in it.
    static let realFolder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("shared/roberta")

    static let hasRealVocabulary: Bool = {
        let exists = FileManager.default.fileExists(atPath: realFolder.appendingPathComponent("vocab.json").path)
        if !exists {
            print("skipped: tokenizer parity with roberta-base needs ../shared/roberta/vocab.json, merges.txt")
        }
        return exists
    }()

    static func cases() throws -> [Case] {
        try JSONDecoder().decode([Case].self, from: Data(contentsOf: folder.appendingPathComponent("cases.json")))
    }

    private func compare(_ tokenizer: RobertaTokenizer, _ expected: (Case) -> [Int32]) throws {
        let cases = try Self.cases()
        #expect(cases.count > 200)
        for item in cases {
            let found = tokenizer.encode(item.text)
            #expect(found == expected(item), "\(item.text.debugDescription.prefix(120))")
        }
    }

    @Test func vocabularyAndMerges() throws {
        try compare(RobertaTokenizer(modelFolder: Self.folder.appendingPathComponent("pair"))) { $0.pair }
    }

    @Test func tokenizerFile() throws {
        let tokenizer = try RobertaTokenizer(modelFolder: Self.folder.appendingPathComponent("whole"))
        #expect(tokenizer.maximumLength == 24)
        try compare(tokenizer) { $0.whole }
    }

    @Test(.enabled(if: hasRealVocabulary))
    func realVocabulary() throws {
        let tokenizer = try RobertaTokenizer(modelFolder: Self.realFolder, modelVocabularySize: 50_265)
        #expect(tokenizer.vocabularySize == 50_265)
        #expect(tokenizer.encode("Hello world") == [0, 31414, 232, 2])
        #expect(
            tokenizer.encode("This is a sound of an air compressor with a bearing lacking oil")
                == [0, 713, 16, 10, 2369, 9, 41, 935, 41698, 19, 10, 12205, 12622, 681, 2]
        )
        #expect(
            tokenizer.specialTokens
                == RobertaTokenizer.SpecialTokens(start: 0, end: 2, padding: 1, unknown: 3, mask: 50_264)
        )
        try compare(tokenizer) { $0.real }
    }

    @Test(.enabled(if: hasRealVocabulary))
    func realVocabularyIsOneTooLargeForASmallerModel() {
        #expect {
            try RobertaTokenizer(modelFolder: Self.realFolder, modelVocabularySize: 50_264)
        } throws: { error in
            "\(error)".contains("token \"<mask>\" has id 50264, but the model has 50264 tokens")
        }
    }
}
