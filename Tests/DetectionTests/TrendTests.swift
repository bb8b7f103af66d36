// Trends over irregular times, gaps and hostile clocks; forecasts that keep silent when they should.
import Foundation
import Testing

@testable import Detection

struct TrendFixture: Decodable {
    struct Line: Decodable, Sendable, CustomTestStringConvertible {
        var name: String
        var times: [Double]
        var values: [Double]
        var slope: Double
        var intercept: Double
        var low: Double
        var high: Double

        var testDescription: String { name }
    }

    struct Exponential: Decodable {
        var times: [Double]
        var values: [Double]
        var memory: Double
        var mean: Double
        var slope: Double
        var standardError: Double
        var effectiveCount: Double
    }

    var lines: [Line]
    var exponential: Exponential

    static let stored = Result { try DetectionFixture.read("trends", as: TrendFixture.self) }
    static var lines: [Line] { (try? stored.get().lines) ?? [] }
}

@Suite struct TrendTests {
    @Test(arguments: TrendFixture.lines)
    func theilSenAgrees(line: TrendFixture.Line) throws {
        let fit = try #require(TheilSen(times: line.times, values: line.values))
        #expect(
            agree(
                [fit.slope, fit.intercept, fit.lowSlope, fit.highSlope],
                [line.slope, line.intercept, line.low, line.high],
                within: 1e-9
            )
        )
        #expect(TheilSen(times: [1, 1, 1], values: [1, 2, 3]) == nil)
        #expect(TheilSen(times: [], values: []) == nil)
    }

    @Test func exponentialTrendAgreesWithTheWeightedLine() throws {
        let item = try TrendFixture.stored.get().exponential
        var trend = try ExponentialTrend(memorySeconds: item.memory)
        // A clock of today: the sums must not lose the slope in large numbers.
        let epoch = 1_765_432_109.0
        for (time, value) in zip(item.times, item.values) {
            trend.observe(value, atSeconds: epoch + time)
            trend.observe(99, atSeconds: epoch + time)
            trend.observe(99, atSeconds: epoch + time - 50)
            trend.observe(.nan, atSeconds: epoch + time + 1)
        }
        let slope = try #require(trend.slope)
        let mean = try #require(trend.mean)
        #expect(agree([mean, slope.effectiveCount], [item.mean, item.effectiveCount], within: 1e-5))
        #expect((slope.perSecond - item.slope).magnitude < 1e-5 * item.slope.magnitude)
        #expect((slope.standardError - item.standardError).magnitude < 1e-5 * item.standardError)
        #expect(trend.count == item.times.count && trend.ignored == 3 * item.times.count)
        let copy = try JSONDecoder().decode(ExponentialTrend.self, from: JSONEncoder().encode(trend))
        #expect(copy == trend)
    }

    @Test func aTrendForgetsAcrossAGap() throws {
        var trend = try ExponentialTrend(memorySeconds: 60)
        #expect(trend.mean == nil && trend.slope == nil)
        for index in 0..<50 { trend.observe(5, atSeconds: Double(index) * 10) }
        trend.observe(1, atSeconds: 1e7)
        #expect(trend.mean == 1)
        #expect(trend.slope == nil)
        #expect(throws: DetectionError.self) { try ExponentialTrend(memorySeconds: 0) }
    }

    @Test(arguments: 0..<10 as Range<UInt64>)
    func countWithinIsWhatItSays(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let (needed, window) = (Int.random(in: 1...4, using: &generator), Int.random(in: 4...8, using: &generator))
        var count = try CountWithin(needed: needed, of: window, staleAfterSeconds: 60)
        var history: [(time: Double, isHit: Bool)] = []
        var time = 0.0
        for _ in 0..<300 {
            let step = Double.random(in: -5...15, using: &generator)
            time += Int.random(in: 0..<20, using: &generator) == 0 ? 100 : step
            let isHit = Bool.random(using: &generator)
            if time > history.last?.time ?? -.infinity {
                if let last = history.last, time - last.time > 60 { history = [] }
                history.append((time, isHit))
            }
            let expected = history.suffix(window).count { $0.isHit } >= needed
            #expect(count.observe(isHit: isHit, atSeconds: time) == expected)
        }
        #expect(throws: DetectionError.self) { try CountWithin(needed: 6, of: 5, staleAfterSeconds: 60) }
        #expect(throws: DetectionError.self) { try CountWithin(needed: 0, of: 5, staleAfterSeconds: 60) }
    }

    @Test(arguments: 0..<10 as Range<UInt64>)
    func timeInStateAddsUp(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var record = TimeInState(longestGapSeconds: 60)
        var (time, gaps) = (0.0, 0.0)
        for _ in 0..<200 {
            record.observe(["on", "idle"].randomElement(using: &generator) ?? "on", atSeconds: time)
            record.observe("never", atSeconds: time - 1)
            let isGap = Int.random(in: 0..<20, using: &generator) == 0
            let step = isGap ? 500 : Double.random(in: 1...60, using: &generator)
            if isGap { gaps += step }
            time += step
        }
        record.observe("on", atSeconds: time)
        #expect(agree([record.totals.values.reduce(0, +)], [time - gaps], within: 1e-9))
        #expect(record.state == "on" && record.totals["never"] == nil)
    }

    @Test func timeInStateStartsAnewAfterAGap() {
        var record = TimeInState(longestGapSeconds: 60)
        #expect(record.lastedSeconds == 0)
        for time in [0.0, 30, 60] { record.observe("on", atSeconds: time) }
        #expect(record.lastedSeconds == 60)
        record.observe("on", atSeconds: 1_000)
        #expect(record.lastedSeconds == 0 && record.totals == ["on": 60])
        record.observe("idle", atSeconds: 1_030)
        #expect(record.totals == ["on": 90] && record.sinceSeconds == 1_030)
    }
}

@Suite struct ForecastTests {
    private static let day = 86_400.0

    /// Values every fifteen minutes with noise that remembers a little, with gaps.
    private func samples(
        days: Double,
        perDay slope: Double,
        seed: UInt64,
        memory: Double = 0.5
    ) -> [Forecast.Sample] {
        var generator = SeededGenerator(seed: seed)
        var noise = 0.0
        return stride(from: 0, to: days * Self.day, by: 900).compactMap { time in
            noise = memory * noise + 0.5 * generator.normal()
            guard Int.random(in: 0..<5, using: &generator) > 0 else { return nil }
            return Forecast.Sample(timeSeconds: 1.7e9 + time, value: slope * time / Self.day + noise)
        }
    }

    @Test func theTrueTimeLiesInTheIntervalAsOftenAsPromised() {
        // 1 a day for three days, limit 5: two days to go.
        var (held, made, width) = (0, 0, 0.0)
        for seed in 0..<40 as Range<UInt64> {
            let forecast = Forecast(samples: samples(days: 3, perDay: 1, seed: seed), limit: 5)
            guard case .between(let earliest, let latest) = forecast else { continue }
            made += 1
            held += (earliest...latest).contains(2 * Self.day) ? 1 : 0
            width += (latest - earliest) / Self.day
        }
        #expect(made >= 38)
        #expect(held >= made * 9 / 10)
        #expect(width / Double(made) < 2, "an interval of \(width / Double(made)) days says nothing")
    }

    @Test func healthyMachinesAreLeftInPeace() {
        var made = 0
        for seed in 100..<140 as Range<UInt64> {
            let forecast = Forecast(samples: samples(days: 3, perDay: 0, seed: seed, memory: 0.8), limit: 6)
            if forecast != .none(.noSlope) && forecast != .none(.tooFarOff) { made += 1 }
        }
        #expect(made <= 2)
    }

    @Test func silenceWithItsReason() {
        let short = samples(days: 0.1, perDay: 50, seed: 1)
        #expect(Forecast(samples: short, limit: 100) == .none(.historyTooShort))
        #expect(Forecast(samples: [], limit: 1) == .none(.historyTooShort))
        let falling = samples(days: 3, perDay: -1, seed: 1)
        #expect(Forecast(samples: falling, limit: 5) == .none(.noSlope))
        let rising = samples(days: 3, perDay: 1, seed: 1)
        #expect(Forecast(samples: rising, limit: 100) == .none(.tooFarOff))
        #expect(Forecast(samples: rising, limit: 2) == .reached)
        #expect(Forecast(samples: rising, limit: .nan) == .none(.historyTooShort))
        let still = (0..<100).map { Forecast.Sample(timeSeconds: 0, value: Double($0)) }
        #expect(Forecast(samples: still, limit: 5) == .none(.historyTooShort))
        let flat = (0..<100).map { Forecast.Sample(timeSeconds: Double($0) * 900, value: 1) }
        #expect(Forecast(samples: flat, limit: 5) == .none(.noSlope))
    }

    @Test func orderAndBadValuesDoNotMatter() {
        let rising = samples(days: 3, perDay: 1, seed: 2)
        var generator = SeededGenerator(seed: 3)
        let bad = [
            Forecast.Sample(timeSeconds: .nan, value: 1), Forecast.Sample(timeSeconds: 0, value: .infinity),
        ]
        let shuffled = (rising + bad).shuffled(using: &generator)
        #expect(Forecast(samples: shuffled, limit: 5) == Forecast(samples: rising, limit: 5))
    }

    @Test func anExactLineGivesAnExactTime() {
        let line = (0..<150).map { Forecast.Sample(timeSeconds: Double($0) * 3_600, value: Double($0)) }
        guard case .between(let earliest, let latest) = Forecast(samples: line, limit: 199) else {
            Issue.record("no forecast from an exact line")
            return
        }
        #expect(agree([earliest, latest], [50 * 3_600, 50 * 3_600], within: 1e-6))
    }

    @Test func forecastsReadAsSentences() {
        let forecast = Forecast.between(earliestSeconds: 2.5 * Self.day, latestSeconds: 4 * Self.day)
        #expect(forecast.text.english == "Reaches the limit in 2.5 to 4.0 days.")
        #expect(forecast.text.chinese == "预计在 2.5 至 4.0 天后达到限值。")
        let soon = Forecast.between(earliestSeconds: 600, latestSeconds: 5_400)
        #expect(soon.text.english == "Reaches the limit in 10.0 to 90.0 minutes.")
        for reason in Forecast.Reason.allCases {
            #expect(!Forecast.none(reason).text.english.isEmpty && !Forecast.none(reason).text.chinese.isEmpty)
        }
    }
}
