// One machine's trends: what is smoothed, what survives, and when a warning is given.
import Foundation
import MachineHealth
import Testing

@testable import EdgeService

@Suite struct TrendFollowerTests {
    private let start = Date(timeIntervalSince1970: 1_795_341_600)
    private let dry = LabelID("dry")

    private func follower(memory: Double = 3_600) -> TrendFollower {
        TrendFollower(memorySeconds: memory, longestGapSeconds: 60)
    }

    private func window(_ number: Int, _ confidence: Double, novelty: Double? = nil) -> Observation {
        let start = start.addingTimeInterval(Double(number) * 30)
        return Observation(
            machine: "c1",
            start: start,
            end: start.addingTimeInterval(10),
            scores: [
                LabelScore(label: LabelID("normal"), confidence: 1 - confidence),
                LabelScore(label: dry, confidence: confidence),
            ],
            levelDBFS: -30,
            missingFraction: 0,
            quality: .good,
            novelty: novelty.map { Novelty(score: $0, limit: 3, share: 0.5) }
        )
    }

    private func reading(_ follower: TrendFollower, _ label: LabelID?) throws -> TrendReading {
        try #require(
            follower.outlook(machine: "c1", limits: [(dry, 0.75)]).readings.first { $0.label == label }
        )
    }

    @Test func aSteadyRiseIsItsSlope() throws {
        var follower = follower()
        // 0.001 a window, a window every 30 s: 0.12 an hour.
        for number in 0..<400 {
            follower.observe(window(number, 0.1 + 0.001 * Double(number)), verdict: .undetermined, faults: [dry])
        }
        let reading = try reading(follower, dry)
        #expect(abs(try #require(reading.slopePerHour) - 0.12) < 1e-6)
        #expect(reading.smoothed < 0.5 && reading.smoothed > 0.3)
        #expect(reading.limit == 0.75)
        #expect(reading.forecast == nil)
    }

    /// A sixth of an hour has to pass before an hourly slope is shown.
    @Test func aMinuteHasNoSlope() throws {
        var follower = follower()
        for number in 0..<20 {
            follower.observe(window(number, 0.1 + 0.02 * Double(number)), verdict: .undetermined, faults: [dry])
        }
        #expect(try reading(follower, dry).slopePerHour == nil)
        follower.observe(window(20, 0.5), verdict: .undetermined, faults: [dry])
        #expect(abs(try #require(try reading(follower, dry).slopePerHour) - 2.4) < 1e-6)
    }

    @Test func noveltyIsFollowedWhereWindowsCarryIt() throws {
        var follower = follower()
        follower.observe(window(0, 0.1), verdict: .undetermined, faults: [dry])
        #expect(follower.outlook(machine: "c1", limits: [(dry, nil)]).readings.map(\.label) == [dry])
        follower.observe(window(1, 0.1, novelty: 1.5), verdict: .undetermined, faults: [dry])
        let reading = try reading(follower, nil)
        #expect(reading.smoothed == 1.5)
        #expect(reading.limit == 3)
    }

    @Test func timeInAVerdictEndsWithItAndWithSilence() {
        var follower = follower()
        func since() -> Double? {
            follower.outlook(machine: "c1", limits: []).verdictSince?.timeIntervalSince(start)
        }
        for number in 0..<4 { follower.observe(window(number, 0.1), verdict: .label(LabelID("normal")), faults: []) }
        #expect(since() == 10)
        follower.observe(window(4, 0.1), verdict: .incomplete, faults: [])
        #expect(since() == 10, "a window that was not classified says nothing")
        follower.observe(window(5, 0.9), verdict: .label(dry), faults: [])
        #expect(since() == 160)
        follower.observe(window(8, 0.9), verdict: .label(dry), faults: [])
        #expect(since() == 250, "after a minute and a half of silence it begins anew")
    }

    @Test func itGoesOnFromWhatIsStored() throws {
        var one = follower()
        for number in 0..<50 { one.observe(window(number, 0.2), verdict: .undetermined, faults: [dry]) }
        let data = try JSONEncoder().encode(one)
        let back = try JSONDecoder().decode(TrendFollower.self, from: data)
        #expect(back == one)
        var two = back.continued(memorySeconds: 3_600, longestGapSeconds: 60, faults: [dry])
        for number in 50..<100 {
            one.observe(window(number, 0.6), verdict: .undetermined, faults: [dry])
            two.observe(window(number, 0.6), verdict: .undetermined, faults: [dry])
        }
        #expect(one == two)
    }

    @Test func anotherMemoryBeginsAnewAndRemovedLabelsGo() throws {
        var follower = follower()
        for number in 0..<50 { follower.observe(window(number, 0.2), verdict: .undetermined, faults: [dry]) }
        let other = follower.continued(memorySeconds: 60, longestGapSeconds: 60, faults: [dry])
        #expect(other.outlook(machine: "c1", limits: [(dry, 0.75)]).readings.isEmpty)
        let without = follower.continued(memorySeconds: 3_600, longestGapSeconds: 60, faults: [])
        #expect(without.outlook(machine: "c1", limits: [(dry, 0.75)]).readings.isEmpty)
        // A changed stale time breaks no trend.
        let kept = follower.continued(memorySeconds: 3_600, longestGapSeconds: 90, faults: [dry])
        #expect(kept.outlook(machine: "c1", limits: [(dry, 0.75)]).readings.count == 1)
    }

    // MARK: - Warnings

    /// Gives forecasts half an hour apart; `days` is the late end, nil no rise.
    private func warn(
        _ follower: inout TrendFollower,
        _ days: [Double?],
        from first: Int = 0,
        alarm: Set<LabelID> = []
    ) -> [Bool] {
        days.enumerated().map { index, days in
            let made = start.addingTimeInterval(Double(first + index) * 1_800)
            let forecast =
                days.map {
                    TrendForecast(
                        .between,
                        earliest: made.addingTimeInterval($0 * 43_200),
                        latest: made.addingTimeInterval($0 * 86_400),
                        made: made
                    )
                } ?? TrendForecast(.noSlope, made: made)
            return !follower.take([dry: forecast], withinSeconds: 7 * 86_400, hasAlarm: alarm).isEmpty
        }
    }

    @Test func threeForecastsInARowWarnOnce() {
        var follower = follower()
        #expect(warn(&follower, [6, 6, 6, 5, 4, 3]) == [false, false, true, false, false, false])
    }

    @Test func aForecastBeyondTheHorizonBreaksTheRow() {
        var follower = follower()
        #expect(warn(&follower, [6, 6, 7.1, 6, nil, 6, 6]).allSatisfy { !$0 })
        #expect(warn(&follower, [6], from: 7) == [true])
    }

    @Test func theSameForecastTwiceConfirmsNothing() {
        var follower = follower()
        #expect(warn(&follower, [6]) == [false])
        for _ in 0..<5 { #expect(warn(&follower, [6]) == [false]) }
    }

    /// With an hour of memory a new rise is told after two calm hours, not before.
    @Test func aNewRiseIsToldAfterACalm() {
        var follower = follower()
        #expect(warn(&follower, [6, 6, 6]) == [false, false, true])
        #expect(warn(&follower, [nil, nil, 6, 6, 6], from: 3).allSatisfy { !$0 })
        #expect(
            warn(&follower, [nil, nil, nil, nil, nil, 6, 6, 6], from: 8) == Array(repeating: false, count: 7) + [true]
        )
    }

    @Test func whereTheAlarmSpokeTheTrendIsSilent() {
        var follower = follower()
        #expect(warn(&follower, [6, 6, 6, 6], alarm: [dry]).allSatisfy { !$0 })
        #expect(warn(&follower, [6, 6, 6, 6], from: 4).allSatisfy { !$0 }, "the same rise, acknowledged and over")
    }

    @Test func whatWasToldIsNotToldAgainAfterARestart() throws {
        var follower = follower()
        #expect(warn(&follower, [6, 6, 6]) == [false, false, true])
        let data = try JSONEncoder().encode(follower)
        var back = try JSONDecoder().decode(TrendFollower.self, from: data)
            .continued(memorySeconds: 7_200, longestGapSeconds: 60, faults: [dry])
        #expect(warn(&back, [6, 6, 6, 6], from: 3).allSatisfy { !$0 })
    }
}
