// Limits, batches and texts of every length.
import Foundation
import Testing

@testable import CLAP

@Suite struct RobertaTokenizerTests {
    static func tokenizer() throws -> RobertaTokenizer {
        try RobertaTokenizer(modelFolder: TokenizerParityTests.folder.appendingPathComponent("pair"))
    }

    @Test func keepsTheStartOfALongText() throws {
        let tokenizer = try Self.tokenizer()
        let all = tokenizer.tokens(of: String(repeating: "bearing lacking oil, ", count: 400))
        let cut = tokenizer.encode(String(repeating: "bearing lacking oil, ", count: 400))
        #expect(cut.count == 512)
        #expect(cut.first == 0 && cut.last == 2)
        #expect(Array(cut[1..<511]) == Array(all[..<510]))
        #expect(tokenizer.encode("oil", maximumLength: 2) == [0, 2])
    }

    @Test func padsABatchOnTheRight() throws {
        let tokenizer = try Self.tokenizer()
        let texts = ["a bearing lacking oil", "", "normal"]
        let batch = tokenizer.encode(batch: texts)
        let alone = texts.map(tokenizer.encode)
        #expect(batch.count == 3)
        #expect(batch.length == alone[0].count)
        for (row, ids) in alone.enumerated() {
            let slice = batch.ids[row * batch.length..<(row + 1) * batch.length]
            let mask = batch.attentionMask[row * batch.length..<(row + 1) * batch.length]
            #expect(Array(slice) == ids + [Int32](repeating: 1, count: batch.length - ids.count))
            #expect(mask.reduce(0, +) == Int32(ids.count))
            #expect(mask.prefix(ids.count).allSatisfy { $0 == 1 })
        }
        #expect(tokenizer.encode(batch: []) == TokenBatch(sequences: [], paddingID: 1))
    }

    @Test func manyMergesOfOneLongWordStayQuick() throws {
        // Quadratic merging would take minutes here.
        let ids = try Self.tokenizer().tokens(of: String(repeating: "compressor", count: 5000))
        #expect(ids.count >= 5000)
        #expect(ids.count < 25_000)
    }

    @Test func mergesTheLowestRankFirstAndTheLeftmostAmongEquals() {
        var merges = BytePairMerges()
        merges.append(left: 1, right: 1, merged: 10, rank: 0)
        merges.append(left: 10, right: 1, merged: 11, rank: 1)
        merges.append(left: 2, right: 10, merged: 12, rank: 2)
        #expect(merges.apply(to: [1, 1, 1]) == [11])
        #expect(merges.apply(to: [2, 1, 1, 1, 1]) == [12, 10])
        #expect(merges.apply(to: [2, 1, 1, 1]) == [2, 11])
        #expect(merges.apply(to: [1]) == [1])
        #expect(merges.apply(to: []) == [])
        #expect(merges.apply(to: [3, 4, 5]) == [3, 4, 5])
    }

    @Test func spellsEveryByteOnce() {
        #expect(Set(ByteSpelling.scalars).count == 256)
        #expect(ByteSpelling.scalars[0x20] == "Ġ")
        #expect(ByteSpelling.scalars[0x0a] == "Ċ")
        #expect(ByteSpelling.scalars[0] == "Ā")
        #expect(ByteSpelling.scalars[0x41] == "A")
        #expect(ByteSpelling.scalars[0xad] == "Ń")
    }
}
