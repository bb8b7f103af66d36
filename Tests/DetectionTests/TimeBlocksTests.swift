// Blocks of time: how windows are parted, what the bank keeps of it, and that the limit then holds on sound of another hour.
import Foundation
import Testing

@testable import Detection

@Suite struct TimeBlocksTests {
    @Test(arguments: [
        (7, 3, [0, 0, 0, 1, 1, 2, 2]), (4, 6, [0, 1, 2, 3]), (3, 1, [0, 0, 0]), (2, 0, [0, 0]), (0, 6, []),
    ])
    func blocksAreContiguousAndEven(count: Int, blocks: Int, expected: [Int]) {
        #expect(TimeBlocks.contiguous(count, blocks: blocks) == expected)
    }

    @Test func blocksAreNumberedAsTheyAppear() {
        #expect(TimeBlocks.numbered([9, 9, nil, 4, nil, 9]) == [0, 0, 1, 2, 3, 0])
        #expect(TimeBlocks.numbered([nil, nil, nil]) == [0, 1, 2])
    }

    /// Windows of a machine whose stretches differ by more than the windows of one do.
    private func stretches(_ count: Int, seed: UInt64, windows: Int = 30) -> [[NormalWindow]] {
        var generator = SeededGenerator(seed: seed)
        let (centre, still) = (generator.vector(16), generator.vector(4))
        return (0..<count).map { block in
            let (sound, values) = (generator.near(centre, by: 0.1), generator.near(still, by: 0.5))
            return (0..<windows).map { _ in
                NormalWindow(
                    embedding: generator.near(sound, by: 0.05),
                    descriptor: generator.near(values, by: 0.25),
                    block: block
                )
            }
        }
    }

    /// Share of windows above the limit that was learned from a bank's normal scores.
    private func novelShare(_ windows: [NormalWindow], bank: NormalBank) throws -> Double {
        let model = NoveltyModel(bank.states[0], options: NoveltyOptions(methods: [.nearest]))
        let limit = try OpenSetLimit(normalScores: model.normalScores)
        let novel = try windows.filter { limit.isExceeded(by: try model.score($0).combined) }
        return Double(novel.count) / Double(windows.count)
    }

    @Test(arguments: 0..<6 as Range<UInt64>)
    func theLimitHoldsOnStretchesThatWereNotEnrolled(seed: UInt64) throws {
        let all = stretches(26, seed: seed)
        let (enrolled, later) = (Array(all[..<6].joined()), Array(all[6...].joined()))
        let alone = enrolled.map { NormalWindow(embedding: $0.embedding, descriptor: $0.descriptor) }
        let blocked = try novelShare(later, bank: NormalBank(windows: ["": enrolled]))
        let plain = try novelShare(later, bank: NormalBank(windows: ["": alone]))
        #expect(blocked < 0.15, "\(blocked) of the windows of other stretches are novel")
        #expect(plain > 0.3 && plain > 3 * blocked, "\(plain) without blocks, \(blocked) with them")
    }

    @Test func oneBlockIsJudgedWindowByWindow() throws {
        let windows = stretches(1, seed: 3)[0]
        let alone = windows.map { NormalWindow(embedding: $0.embedding, descriptor: $0.descriptor) }
        let scores = try [windows, alone].map { try NoveltyModel(NormalBank(windows: ["": $0]).states[0]).normalScores }
        #expect(scores[0] == scores[1])
    }

    @Test func blocksAreStoredAndSurviveThinning() throws {
        let windows = Array(stretches(4, seed: 5, windows: 10).joined())
        let bank = try NormalBank(windows: ["": windows], capacity: 24)
        #expect(Set(bank.states[0].blocks) == [0, 1, 2, 3])
        #expect(try NormalBank(encoded: bank.encoded()) == bank)
        let shared = try bank.replacing(state: "idle", with: windows, capacity: 24)
        #expect(shared.states.map(\.points) == [12, 12])
        for state in shared.states {
            // Points of one block are still together: each is found among the windows of that block.
            let origins = (0..<state.points).map { point in
                windows.first { $0.embedding.normalised() == Array(state.embeddings[point]) }?.block
            }
            #expect(TimeBlocks.numbered(origins) == state.blocks)
        }
    }

    @Test func banksStoredBeforeThereWereBlocksAreRead() throws {
        let windows = Array(stretches(2, seed: 8, windows: 6).joined())
        let alone = windows.map { NormalWindow(embedding: $0.embedding, descriptor: $0.descriptor) }
        let bank = try NormalBank(windows: ["": alone])
        // Version 1 ended with the descriptors.
        var bytes = Array(bank.encoded().dropLast(8 + 4 * bank.points))
        bytes[4] = 1
        let sum = bytes.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
        bytes += (0..<8).map { UInt8(truncatingIfNeeded: sum >> (8 * UInt64($0))) }
        #expect(try NormalBank(encoded: Data(bytes)) == bank)
    }
}
