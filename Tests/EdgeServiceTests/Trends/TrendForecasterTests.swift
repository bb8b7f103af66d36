// Forecasts from sums: a straight rise of log-odds reaches the rule when it does, and noise reaches nothing.
import Foundation
import MachineHealth
import Testing
import TrendLog

@testable import EdgeService

@Suite struct TrendForecasterTests {
    private let start = Date(timeIntervalSince1970: 1_795_341_600)
    private let dry = LabelID("dry")
    private let forecaster = TrendForecaster(historySeconds: 3 * 86_400)

    /// Buckets of half an hour with these log-odds.
    private func series(_ logOdds: [Double], novelty: (Int) -> NoveltySummary? = { _ in nil }) -> TrendSeries {
        let buckets = logOdds.enumerated().map { index, value in
            let mean = 1 / (1 + exp(-value))
            return TrendBucket(
                start: start.addingTimeInterval(Double(index) * 1_800),
                windows: 360,
                incomplete: 0,
                levelDBFS: -30,
                maximumLevelDBFS: -20,
                scores: [nil, ScoreSummary(minimum: mean, mean: mean, maximum: mean)],
                novelty: novelty(index)
            )
        }
        return TrendSeries(
            machine: "c1",
            since: start,
            until: start.addingTimeInterval(Double(logOdds.count) * 1_800),
            bucketSeconds: 1_800,
            labels: [LabelID("normal"), dry],
            buckets: buckets
        )
    }

    private func forecast(_ logOdds: [Double], limit: Double = 0.75) throws -> TrendForecast {
        try #require(forecaster.forecasts(series(logOdds), limits: [dry: limit])[dry])
    }

    /// A wave without trend, the same every time.
    private func noise(_ index: Int) -> Double { 0.4 * sin(Double(index) * 2.399) }

    @Test func bucketsAreWholeMinutes() {
        #expect(forecaster.bucketSeconds == 1_800)
        #expect(TrendForecaster(historySeconds: 43_200).bucketSeconds == 300)
        #expect(TrendForecaster(historySeconds: 600).bucketSeconds == 60)
    }

    /// From -4 by 0.05 a half hour; log-odds of 0.75 are 1.0986, reached 102 half hours after the first bucket.
    @Test func aStraightRiseIsForeseen() throws {
        let forecast = try forecast((0..<72).map { -4 + 0.05 * Double($0) + noise($0) })
        #expect(forecast.outcome == .between)
        let truth = start.addingTimeInterval(900 + 1_800 * 5.0986 / 0.05)
        let (earliest, latest) = (try #require(forecast.earliest), try #require(forecast.latest))
        #expect(earliest < truth && truth < latest)
        #expect(latest.timeIntervalSince(earliest) < 86_400)
        #expect(forecast.made == start.addingTimeInterval(71 * 1_800 + 900))
    }

    @Test(arguments: [
        (0.0, 72, TrendForecast.Outcome.noSlope), (-0.05, 72, .noSlope), (0.05, 8, .historyTooShort),
        (0.004, 144, .tooFarOff), (0.2, 72, .reached),
    ])
    func whatCannotBeSaidIsNotSaid(step: Double, count: Int, outcome: TrendForecast.Outcome) throws {
        let forecast = try forecast((0..<count).map { -6 + step * Double($0) + noise($0) })
        #expect(forecast.outcome == outcome)
        #expect(forecast.earliest == nil && forecast.latest == nil)
    }

    /// Two calm days, then a rise: the last day shows it while three days say little.
    @Test func aRiseThatHasJustBegunShowsInTheLastDay() throws {
        let values = (0..<144).map { index in -5 + 0.08 * Double(max(0, index - 104)) + noise(index) }
        #expect(try forecast(values).outcome == .between)
    }

    private func measured(_ mean: Double, limit: Double) -> NoveltySummary {
        NoveltySummary(windows: 360, mean: mean, maximum: mean + 1, limit: limit, novel: 0)
    }

    /// From 0.5 by 0.02 a half hour; 2.5 is reached 100 half hours after the first bucket.
    @Test func theDistanceFromNormalSoundIsForeseen() throws {
        let history = series([Double](repeating: -5, count: 72)) { index in
            measured(0.5 + 0.02 * Double(index) + noise(index) / 4, limit: 2.5)
        }
        let forecasts = forecaster.forecasts(history, limits: [dry: 0.75])
        let forecast = try #require(forecasts[.changed])
        #expect(forecast.outcome == .between)
        let truth = start.addingTimeInterval(900 + 1_800 * 100)
        let (earliest, latest) = (try #require(forecast.earliest), try #require(forecast.latest))
        #expect(earliest < truth && truth < latest)
    }

    /// What was measured with another bank says nothing about this one's limit.
    @Test func anotherBankBeginsAnotherHistory() throws {
        let history = series([Double](repeating: -5, count: 72)) { index in
            index < 64 ? measured(0.02 * Double(index), limit: 2.5) : measured(0.3, limit: 1.9)
        }
        #expect(forecaster.forecasts(history, limits: [:])[.changed]?.outcome == .historyTooShort)
        #expect(forecaster.forecasts(series([0, 0]), limits: [:])[.changed] == nil)
    }

    @Test func labelsWithoutALimitAreNotForecast() {
        let forecasts = forecaster.forecasts(series((0..<72).map { 0.05 * Double($0) }), limits: [:])
        #expect(forecasts.isEmpty)
    }

    /// Probabilities of 0 and 1 have no log-odds; what is beyond rounding is held.
    @Test func logOddsAreFinite() {
        #expect(TrendForecaster.logOdds(0) == log(1e-4 / (1 - 1e-4)))
        #expect(abs(TrendForecaster.logOdds(1) + TrendForecaster.logOdds(0)) < 1e-9)
        #expect(TrendForecaster.logOdds(0.5) == 0)
    }

    /// From the trend log's own sums, complete buckets only, and nothing of a machine that fell silent.
    @Test func theHistoryComesFromTheTrendLog() async throws {
        try await ReplaySupport.withStore { store in
            let begin = Date(timeIntervalSince1970: 1_795_341_600)
            let vocabulary = try #require(try ReplaySupport.configuration().vocabularies["compressor"])
            for index in 0..<72 {
                let odds = -4 + 0.05 * Double(index) + noise(index)
                try await store.commit(
                    WindowCommit(
                        window: try ReplaySupport.record(
                            at: begin.addingTimeInterval(Double(index) * 1_800 + 60),
                            dry: 1 / (1 + exp(-odds)),
                            vocabulary: vocabulary
                        )
                    )
                )
            }
            let end = begin.addingTimeInterval(72 * 1_800)
            func forecasts(_ now: Date) async throws -> [LabelID: TrendForecast] {
                try await forecaster.forecasts(store.reader, machine: "c1", limits: [dry: 0.75], now: now)
            }
            let made = try await forecasts(end.addingTimeInterval(5))
            #expect(made[dry]?.outcome == .between)
            #expect(made[dry]?.made == end.addingTimeInterval(-900))
            let before = try await forecasts(end.addingTimeInterval(-5))
            #expect(before[dry]?.made == end.addingTimeInterval(-2_700), "the last bucket is not over yet")
            let later = try await forecasts(end.addingTimeInterval(4 * 3_600))
            #expect(later.isEmpty)
        }
    }
}
