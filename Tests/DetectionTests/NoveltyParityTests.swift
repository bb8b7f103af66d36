// Scorers against scikit-learn's values.
import Foundation
import Testing

@testable import Detection

struct NoveltyFixture: Decodable {
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        var name: String
        var kind: String
        var neighbours: Int
        var bank: [[Float]]
        var queries: [[Float]]
        var nearest: [Double]
        var nearestOwn: [Double]
        var blocks: [Int]
        var nearestOwnOfOtherBlocks: [Double]
        var localDensity: [Double]
        var localDensityOwn: [Double]
        var shrinkage: Double
        var mahalanobisSquared: [Double]
        var mahalanobisSquaredOwn: [Double]
        var components: Int
        var residual: [Double]
        var residualOwn: [Double]

        var testDescription: String { name }
    }

    struct Ranks: Decodable {
        var scores: [Double]
        var truth: [Bool]
        var area: Double
        var partialArea: Double
    }

    struct Eigen: Decodable {
        var matrix: [[Double]]
        var values: [Double]
    }

    var cases: [Case]
    var ranks: Ranks
    var eigen: Eigen

    static let stored = Result { try DetectionFixture.read("novelty", as: NoveltyFixture.self) }
    static var cases: [Case] { (try? stored.get().cases) ?? [] }
}

@Suite struct NoveltyParityTests {
    // Banks keep float32 at length one: cosine distances carry an absolute error of about 1e-7.
    private static let tolerance = 2e-6

    private func space(_ item: NoveltyFixture.Case, blocks: [Int]? = nil) -> NoveltySpace {
        let options = NoveltyOptions(neighbours: item.neighbours)
        let width = item.bank.first?.count ?? 0
        guard item.kind == "embedding" else {
            return NoveltySpace(descriptors: RowMatrix(item.bank, columns: width), blocks: blocks, options: options)
        }
        let rows = RowMatrix(item.bank.map { $0.normalised() }, columns: width)
        return NoveltySpace(embeddings: rows, blocks: blocks, options: options)
    }

    @Test func theFixtureIsThere() throws {
        #expect(try NoveltyFixture.stored.get().cases.count == 4)
    }

    @Test(arguments: NoveltyFixture.cases)
    func nearestAgrees(item: NoveltyFixture.Case) {
        let space = space(item)
        let scores = item.queries.map { space.score($0).raw[.nearest] ?? .nan }
        #expect(agree(scores, item.nearest, within: Self.tolerance))
        #expect(agree(space.nearest.leaveOneOut, item.nearestOwn, within: Self.tolerance))
    }

    @Test(arguments: NoveltyFixture.cases)
    func nearestOfOtherBlocksAgrees(item: NoveltyFixture.Case) {
        #expect(TimeBlocks.contiguous(item.bank.count) == item.blocks)
        let space = space(item, blocks: item.blocks)
        #expect(agree(space.nearest.leaveOneOut, item.nearestOwnOfOtherBlocks, within: Self.tolerance))
        // What a window scores does not change, only what normal ones score does.
        let scores = item.queries.map { space.score($0).raw[.nearest] ?? .nan }
        #expect(agree(scores, item.nearest, within: Self.tolerance))
    }

    @Test(arguments: NoveltyFixture.cases)
    func localDensityAgrees(item: NoveltyFixture.Case) {
        let space = space(item)
        let scores = item.queries.map { space.score($0).raw[.localDensity] ?? .nan }
        // A ratio of small cosine distances carries their error relatively.
        #expect(agree(scores, item.localDensity, within: 1e-4))
        #expect(agree(space.localDensity.leaveOneOut, item.localDensityOwn, within: 1e-4))
    }

    @Test(arguments: NoveltyFixture.cases)
    func mahalanobisAgrees(item: NoveltyFixture.Case) throws {
        let space = space(item)
        let scorer = try #require(space.mahalanobis)
        let width = Double(space.points.columns)
        #expect((scorer.shrunk.shrinkage - item.shrinkage).magnitude < Self.tolerance)
        let squares = item.queries.map { query in
            let score = space.score(query).raw[.mahalanobis] ?? .nan
            return score * score * width
        }
        #expect(agree(squares, item.mahalanobisSquared, within: 1e-4))
        #expect(agree(scorer.leaveOneOut.map { $0 * $0 * width }, item.mahalanobisSquaredOwn, within: 1e-4))
    }

    @Test(arguments: NoveltyFixture.cases)
    func residualAgrees(item: NoveltyFixture.Case) throws {
        let space = space(item)
        let scorer = try #require(space.residual)
        let scale = item.kind == "embedding" ? 1 : Double(space.points.columns).squareRoot()
        #expect(scorer.components.rows == item.components)
        #expect(agree(item.queries.map { space.score($0).raw[.pcaResidual] ?? .nan }, item.residual, within: 1e-5))
        #expect(agree(scorer.leaveOneOut.map { $0 / scale }, item.residualOwn, within: 1e-5))
    }

    @Test func ranksAgree() throws {
        let ranks = try NoveltyFixture.stored.get().ranks
        let area = RankQuality.areaUnderCurve(scores: ranks.scores, isPositive: ranks.truth)
        let partial = RankQuality.partialArea(scores: ranks.scores, isPositive: ranks.truth, maximumFalseRate: 0.1)
        #expect(agree([area ?? .nan, partial ?? .nan], [ranks.area, ranks.partialArea], within: 1e-12))
        #expect(RankQuality.areaUnderCurve(scores: [1, 2], isPositive: [true, true]) == nil)
        #expect(RankQuality.areaUnderCurve(scores: [1, .nan], isPositive: [true, false]) == nil)
        #expect(RankQuality.partialArea(scores: [2, 1], isPositive: [true, false], maximumFalseRate: 0) == nil)
    }

    @Test func eigenvaluesAgreeAndVectorsAreTheirs() throws {
        let eigen = try NoveltyFixture.stored.get().eigen
        let size = eigen.values.count
        let found = SymmetricEigen(eigen.matrix.flatMap { $0 }, size: size)
        #expect(agree(found.values, eigen.values, within: 1e-10))
        for (value, vector) in zip(found.values, found.vectors) {
            let image = eigen.matrix.map { row in zip(row, vector).reduce(0) { $0 + $1.0 * $1.1 } }
            #expect(agree(image, vector.map { $0 * value }, within: 1e-10))
            #expect((vector.reduce(0) { $0 + $1 * $1 } - 1).magnitude < 1e-12)
        }
    }

    @Test(arguments: 0...3)
    func smallAndFlatSpectra(size: Int) {
        let flat = SymmetricEigen([Double](repeating: 0, count: size * size), size: size)
        #expect(flat.values == [Double](repeating: 0, count: size))
        let ones = SymmetricEigen([Double](repeating: 1, count: size * size), size: size)
        #expect(agree(Array(ones.values.prefix(1)), size > 0 ? [Double(size)] : [], within: 1e-12))
    }
}
