// Novelty as a whole: what is strange scores high, whatever the bank.
import Foundation
import Testing

@testable import Detection

@Suite struct NoveltyModelTests {
    private func bank(
        _ count: Int,
        seed: UInt64,
        spread: Double = 0.2,
        descriptorWidth: Int = 6
    ) throws -> (bank: NormalBank, centre: [Float], generator: SeededGenerator) {
        var generator = SeededGenerator(seed: seed)
        let centre = generator.vector(24)
        let windows = (0..<count).map { _ in
            NormalWindow(
                embedding: generator.near(centre, by: spread),
                descriptor: generator.vector(descriptorWidth)
            )
        }
        return (try NormalBank(windows: ["": windows]), centre, generator)
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func strangeSoundScoresAboveNormal(seed: UInt64) throws {
        var (bank, centre, generator) = try bank(40, seed: seed)
        let novelty = MachineNovelty(bank)
        let limit = try OpenSetLimit(normalScores: novelty.models[0].normalScores)
        for _ in 0..<10 {
            let normal = NormalWindow(embedding: generator.near(centre, by: 0.2), descriptor: generator.vector(6))
            let strange = NormalWindow(
                embedding: generator.near(generator.vector(24), by: 0.2),
                descriptor: generator.vector(6).map { $0 + 8 }
            )
            let (usual, unusual) = (try novelty.score(normal), try novelty.score(strange))
            #expect(unusual.combined > usual.combined + 3)
            #expect(limit.isExceeded(by: unusual.combined))
            #expect(!limit.isExceeded(by: usual.combined))
            for method in NoveltyMethod.allCases {
                let (low, high) = (usual.embedding.zScores[method], unusual.embedding.zScores[method])
                #expect(try #require(high) > #require(low), "\(method)")
            }
        }
    }

    @Test(arguments: [1, 2, 3, 4, 5], [false, true])
    func tinyAndIdenticalBanksGiveFiniteScores(count: Int, isIdentical: Bool) throws {
        var generator = SeededGenerator(seed: UInt64(count))
        let first = NormalWindow(embedding: generator.vector(16), descriptor: generator.vector(4))
        let windows = (0..<count).map { _ in
            isIdentical
                ? first : NormalWindow(embedding: generator.vector(16), descriptor: generator.vector(4))
        }
        let bank = try NormalBank(windows: ["": windows])
        #expect(bank.points == (isIdentical ? 1 : count))
        let model = NoveltyModel(bank.states[0])
        #expect(!model.isReliable)
        #expect(model.normalScores.allSatisfy { $0.isFinite })
        let strange = NormalWindow(embedding: first.embedding.map { -$0 }, descriptor: generator.vector(4))
        let silent = NormalWindow(embedding: [Float](repeating: 0, count: 16), descriptor: first.descriptor)
        for window in [windows[0], strange, silent] {
            let score = try model.score(window)
            #expect(score.combined.isFinite)
            #expect(score.embedding.zScores.values.allSatisfy { $0.isFinite })
        }
        #expect(try model.score(strange).combined > model.score(windows[0]).combined)
    }

    @Test func aBankOfIdenticalPointsKeptAsTheyAreIsFinite() {
        // Straight to the space: a bank would keep one of them.
        let rows = RowMatrix([[Float]](repeating: [0.6, 0.8, 0, 0], count: 12), columns: 4)
        let options = NoveltyOptions()
        for space in [
            NoveltySpace(embeddings: rows, options: options), NoveltySpace(descriptors: rows, options: options),
        ] {
            #expect(space.leaveOneOut.count == 12 && space.leaveOneOut.allSatisfy { $0.isFinite })
            let (same, other) = (space.score([0.6, 0.8, 0, 0]), space.score([0, 0, 1, 0]))
            #expect(same.combined.isFinite && other.combined.isFinite)
            #expect(other.combined > same.combined + 3)
        }
    }

    @Test func scoresAreTheSameEveryTime() throws {
        var (bank, centre, generator) = try bank(30, seed: 5)
        let window = NormalWindow(embedding: generator.near(centre, by: 0.5), descriptor: generator.vector(6))
        let first = try NoveltyModel(bank.states[0]).score(window)
        for _ in 0..<5 { #expect(try NoveltyModel(bank.states[0]).score(window) == first) }
    }

    @Test func aStateIsChosenByFitOrByName() throws {
        var generator = SeededGenerator(seed: 9)
        let (idle, load) = (generator.vector(16), generator.vector(16))
        let windows = ["idle": idle, "load": load].mapValues { centre in
            (0..<20).map { _ in NormalWindow(embedding: generator.near(centre, by: 0.2)) }
        }
        let novelty = MachineNovelty(try NormalBank(windows: windows))
        let window = NormalWindow(embedding: generator.near(load, by: 0.2))
        #expect(try novelty.score(window).state == "load")
        #expect(try novelty.score(window).descriptor == nil)
        #expect(try novelty.score(window, state: "idle").combined > novelty.score(window).combined)
        #expect(throws: DetectionError.self) { try novelty.score(window, state: "off") }
        #expect(throws: DetectionError.self) { try novelty.score(NormalWindow(embedding: [1, 2])) }
        #expect(throws: DetectionError.self) {
            try novelty.score(NormalWindow(embedding: [Float](repeating: .nan, count: 16)))
        }
    }

    @Test func combinationRules() {
        #expect(CombinationRule.minimum.combine([3, 1, 2]) == 1)
        #expect(CombinationRule.meanOfBestTwo.combine([3, 1, 2]) == 1.5)
        #expect(CombinationRule.meanOfBestTwo.combine([3]) == 3)
        #expect(CombinationRule.mean.combine([3, 1, 2]) == 2)
        #expect(CombinationRule.allCases.allSatisfy { $0.combine([]) == nil })
    }

    @Test func onlyTheMethodsAskedForAreUsed() throws {
        let (bank, centre, _) = try bank(20, seed: 3)
        let options = NoveltyOptions(methods: [.nearest, .mahalanobis], methodRule: .mean)
        let model = NoveltyModel(bank.states[0], options: options)
        let score = try model.score(NormalWindow(embedding: centre, descriptor: [Float](repeating: 0, count: 6)))
        #expect(Set(score.embedding.zScores.keys) == [.nearest, .mahalanobis])
        #expect(score.embedding.combined == (score.embedding.zScores.values.reduce(0, +)) / 2)
    }

    @Test func aValueThatNeverMovedIsNotInfinitelyStrange() {
        let rows = RowMatrix((0..<10).map { [Float($0), 0] }, columns: 2)
        let standardisation = Standardisation(rows)
        #expect(standardisation.apply([4.5, 0.001])[1] == Float(Standardisation.farthest))
        #expect(standardisation.apply([4.5, 0]) == [0, 0])
    }
}
