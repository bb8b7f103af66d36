// All machines' trends: warnings as events, what others see, what is stored.
import Foundation
import MachineHealth
import Testing

@testable import EdgeService

@Suite struct TrendDeskTests {
    private let start = ReplaySupport.start
    private let dry = LabelID("dry")

    private func monitor() throws -> MachineMonitor {
        let configuration = try ReplaySupport.configuration()
        let machine = try #require(configuration.machine("c1"))
        return MachineMonitor(
            machine: "c1",
            vocabulary: try #require(configuration.vocabulary(of: machine)),
            rules: machine.rules,
            startingAt: start
        )
    }

    private func observation(_ number: Int, _ confidence: Double) throws -> Observation {
        let vocabulary = try #require(try ReplaySupport.configuration().vocabularies["compressor"])
        return try ReplaySupport.record(
            at: start.addingTimeInterval(Double(number) * 5),
            dry: confidence,
            vocabulary: vocabulary
        ).observation
    }

    private func forecasts(_ number: Int) -> [LabelID: TrendForecast] {
        let made = start.addingTimeInterval(Double(number) * 1_800)
        let day = 86_400.0
        return [
            dry: TrendForecast(
                .between,
                earliest: made.addingTimeInterval(2.5 * day),
                latest: made.addingTimeInterval(4 * day),
                made: made
            )
        ]
    }

    /// Opens a desk with one machine and one window, and gives it three forecasts.
    private func events(_ change: (inout TrendSettings) -> Void = { _ in }) throws -> [HealthEvent] {
        var settings = TrendSettings()
        change(&settings)
        let monitor = try monitor()
        var desk = TrendDesk(board: OutlookBoard())
        desk.open(settings, monitors: ["c1": monitor], stored: [:])
        desk.observe(try observation(0, 0.3), verdict: .undetermined, of: monitor)
        return (1...3).flatMap { desk.take(forecasts($0), of: monitor) }
    }

    @Test func aWarningIsAnAdvisoryEvent() throws {
        let events = try events()
        let event = try #require(events.first)
        #expect(events.count == 1)
        #expect(event.type == .trendWarning)
        #expect(event.severity == .advisory)
        #expect(event.label == dry)
        #expect(event.alarmID == nil)
        #expect(event.time == start.addingTimeInterval(3 * 1_800))
        #expect(event.forecast?.latest == event.time.addingTimeInterval(4 * 86_400))
        #expect(
            event.message
                == "c1: Bearing lacking oil rises: smoothed 0.30, reaches 0.75 in 2.5 to 4.0 days if it goes on like this"
        )
    }

    /// The distance from normal sound is warned of in its own words, and is no confidence.
    @Test func aRisingDistanceIsWarnedOf() throws {
        let monitor = try monitor()
        var desk = TrendDesk(board: OutlookBoard())
        desk.open(TrendSettings(), monitors: ["c1": monitor], stored: [:])
        let heard = try observation(0, 0.3)
        let observation = Observation(
            machine: heard.machine,
            start: heard.start,
            end: heard.end,
            scores: heard.scores,
            levelDBFS: heard.levelDBFS,
            missingFraction: 0,
            quality: .good,
            novelty: Novelty(score: 1.5, limit: 2.25, share: 0.9)
        )
        desk.observe(observation, verdict: .undetermined, of: monitor)
        let events = (1...3).flatMap { number in
            desk.take([.changed: forecasts(number)[dry]].compactMapValues { $0 }, of: monitor)
        }
        let event = try #require(events.first)
        #expect(events.count == 1)
        #expect(event.label == .changed && event.confidence == nil && event.severity == .advisory)
        #expect(
            event.message
                == "c1: the distance from its normal sound rises: smoothed 1.50, reaches 2.25 in 2.5 to 4.0 days if it "
                + "goes on like this"
        )
        let reading = desk.outlook(monitor)?.readings.last
        #expect(reading?.label == nil && reading?.forecast?.outcome == .between)
    }

    @Test func itCanBeTurnedOff() throws {
        #expect(try events { $0.warns = false }.isEmpty)
        #expect(try events { $0.isOn = false }.isEmpty)
        #expect(try events { $0.warnWithinSeconds = 3 * 86_400 }.isEmpty, "the late end counts")
    }

    @Test func othersSeeTheOutlookOfMachinesThatAreFollowed() throws {
        let board = OutlookBoard()
        let monitor = try monitor()
        var desk = TrendDesk(board: board)
        desk.open(TrendSettings(), monitors: ["c1": monitor], stored: [:])
        #expect(board.outlook(of: "c1")?.readings == [])
        desk.observe(try observation(0, 0.3), verdict: .undetermined, of: monitor)
        _ = desk.take(forecasts(1), of: monitor)
        let reading = try #require(board.outlook(of: "c1")?.readings.first)
        #expect(reading.label == dry)
        #expect(reading.limit == 0.75)
        #expect(reading.forecast?.outcome == .between)
        var off = TrendSettings()
        off.isOn = false
        desk.open(off, monitors: ["c1": monitor], stored: [:])
        #expect(board.outlook(of: "c1") == nil)
        #expect(desk["c1"] == nil)
    }

    /// A reload goes on from what is there, a restart from what is stored.
    @Test func trendsGoOnAfterAReloadAndARestart() throws {
        let monitor = try monitor()
        var desk = TrendDesk(board: OutlookBoard())
        desk.open(TrendSettings(), monitors: ["c1": monitor], stored: [:])
        for number in 0..<10 { desk.observe(try observation(number, 0.3), verdict: .undetermined, of: monitor) }
        let before = try #require(desk["c1"])
        desk.open(TrendSettings(), monitors: ["c1": monitor], stored: [:])
        #expect(desk["c1"] == before)

        let data = try JSONEncoder().encode(StoredTracker(monitor: monitor.snapshot, trend: before))
        let stored = try JSONDecoder().decode(StoredTracker.self, from: data)
        var second = TrendDesk(board: OutlookBoard())
        second.open(TrendSettings(), monitors: ["c1": monitor], stored: ["c1": try #require(stored.trend)])
        #expect(second["c1"] == before)
        #expect(stored.monitor == monitor.snapshot)
    }

    /// What an earlier version stored has no trends; what this one stores can be read by an earlier one.
    @Test func storedTrackersFitOtherVersions() throws {
        let snapshot = try monitor().snapshot
        let old = try JSONEncoder().encode(snapshot)
        #expect(try JSONDecoder().decode(StoredTracker.self, from: old).trend == nil)
        let follower = TrendFollower(memorySeconds: 60, longestGapSeconds: 60)
        let new = try JSONEncoder().encode(StoredTracker(monitor: snapshot, trend: follower))
        #expect(try JSONDecoder().decode(MachineMonitorSnapshot.self, from: new) == snapshot)
        var object = try #require(try JSONSerialization.jsonObject(with: new) as? [String: Any])
        object["trend"] = ["unknown": 1]
        let other = try JSONDecoder().decode(StoredTracker.self, from: JSONSerialization.data(withJSONObject: object))
        #expect(other.trend == nil)
        #expect(other.monitor == snapshot)
    }

    @Test(arguments: [
        ("trend: {memory: 2h, history: 2d, warn_within: 5d}", 7_200.0, 172_800.0, 432_000.0, true, true),
        ("trend: {warn: false}", 21_600, 259_200, 604_800, true, false),
        ("trend: {follow: false}", 21_600, 259_200, 604_800, false, true), ("", 21_600, 259_200, 604_800, true, true),
    ])
    func theConfigurationSaysHow(
        text: String,
        memory: Double,
        history: Double,
        within: Double,
        follows: Bool,
        warns: Bool
    ) throws {
        let trend = try ReplaySupport.configuration(ReplaySupport.yaml + "\n" + text).trend
        #expect(trend.memorySeconds == memory)
        #expect(trend.historySeconds == history)
        #expect(trend.warnWithinSeconds == within)
        #expect(trend.isOn == follows && trend.warns == warns)
    }

    @Test(arguments: [
        ("trend: {memory: 6}", "6"), ("trend: {history: 1h}", "12h"), ("trend: {warn_witin: 7d}", "warn_within"),
        ("trend: often", "a section"),
    ])
    func mistakesAreTold(text: String, says part: String) {
        let problems = ConfigurationSupport.problems(ReplaySupport.yaml + "\n" + text)
        #expect(problems.count == 1)
        #expect(problems.first?.message.contains(part) ?? false, "\(problems)")
    }
}
