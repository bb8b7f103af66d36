// Ranks under weights and intervals against scikit-learn's, SciPy's and NumPy's values.
import Foundation
import Testing

@testable import Detection

private struct EvaluationFixture: Decodable {
    struct Rank: Decodable {
        var name: String
        var scores: [Double]
        var truth: [Bool]
        var weights: [Double]
        var area: Double
        var partialArea: Double
    }

    struct Count: Decodable {
        var count: Int
        var low: Double
        var high: Double
    }

    struct Percentiles: Decodable {
        var values: [Double]
        var low: Double
        var high: Double
    }

    var ranks: [Rank]
    var counts: [Count]
    var intervals: [Percentiles]

    static func read() throws -> EvaluationFixture { try DetectionFixture.read("evaluation", as: Self.self) }
}

@Suite struct EvaluationStatisticsTests {
    @Test func weightedAreasAreScikitLearns() throws {
        let ranks = try EvaluationFixture.read().ranks
        #expect(ranks.count == 3)
        for rank in ranks {
            let ranking = WeightedRanking(scores: rank.scores, isPositive: rank.truth)
            let area = try #require(ranking.areaUnderCurve(weights: rank.weights))
            let partial = try #require(ranking.partialArea(maximumFalseRate: 0.1, weights: rank.weights))
            #expect(agree([area, partial], [rank.area, rank.partialArea], within: 1e-12), "\(rank.name)")
        }
    }

    @Test func aWeightIsAsManyRepetitions() throws {
        for rank in try EvaluationFixture.read().ranks {
            let repeated = zip(zip(rank.scores, rank.truth), rank.weights).flatMap { item, weight in
                [(Double, Bool)](repeating: item, count: Int(weight))
            }
            let weighted = WeightedRanking(scores: rank.scores, isPositive: rank.truth)
            let plain = WeightedRanking(scores: repeated.map(\.0), isPositive: repeated.map(\.1))
            let found = try #require(weighted.areaUnderCurve(weights: rank.weights))
            let expected = try #require(plain.areaUnderCurve())
            #expect(agree([found], [expected], within: 1e-12))
        }
    }

    @Test func withoutWeightOnOneSideThereIsNoArea() {
        let ranking = WeightedRanking(scores: [1, 2, 3], isPositive: [false, true, true])
        #expect(ranking.areaUnderCurve() == 1)
        #expect(ranking.areaUnderCurve(weights: [0, 1, 1]) == nil)
        #expect(ranking.areaUnderCurve(weights: [1, 0, 0]) == nil)
        #expect(WeightedRanking(scores: [1, .nan], isPositive: [false, true]).areaUnderCurve() == nil)
        #expect(ranking.partialArea(maximumFalseRate: 0) == nil)
    }

    @Test func countedEventsHaveExactLimits() throws {
        for item in try EvaluationFixture.read().counts {
            let interval = Interval(eventsCounted: item.count)
            #expect(agree([interval.low, interval.high], [item.low, item.high], within: 1e-9), "\(item.count)")
        }
    }

    @Test func percentilesAreNumPys() throws {
        for item in try EvaluationFixture.read().intervals {
            let interval = try #require(Interval(resamples: item.values.reversed()))
            #expect(agree([interval.low, interval.high], [item.low, item.high], within: 1e-12))
        }
        #expect(Interval(resamples: []) == nil)
        #expect(Interval(resamples: [.nan]) == nil)
    }

    @Test func drawsRepeatAndStayWithinTheirRange() {
        var (first, second, other) = (SeededDraws(seed: 7), SeededDraws(seed: 7), SeededDraws(seed: 7, stream: 1))
        let places = (0..<3_000).map { _ in first.place(among: 5) }
        #expect(places == (0..<3_000).map { _ in second.place(among: 5) })
        #expect(places != (0..<3_000).map { _ in other.place(among: 5) })
        // Binomial(3000, 1/5): five deviations of 22 around 600.
        for place in 0..<5 { #expect((490...710).contains(places.count { $0 == place })) }
        #expect(first.shuffled(Array(0..<50)).sorted() == Array(0..<50))
        #expect(first.shuffled(Array(0..<50)) != Array(0..<50))
    }
}
