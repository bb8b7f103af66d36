// A machine over time: steps, holes, marks.
import Foundation
import HummingbirdTesting
import MachineHealth
import Testing
import TrendLog

@testable import Dashboard

@Suite struct TrendTests {
    private let start = StagedPlant.start
    private let fine = [0.9, 0.06, 0.04]
    private let dry = [0.05, 0.9, 0.05]

    @Test(
        arguments: [
            (3_600.0, 1_000, 5.0, "windows", 0.0), (3_600, 600, 5, "windows", 10), (86_400, 600, 5, "minutes", 180),
            (90 * 86_400, 600, 5, "hours", 14_400), (90 * 86_400, 10, 5, "hours", 1_209_600),
            (600, 10, 120, "windows", 0),
            (36_000, 20, 3_000, "windows", 0), (3_600, 10, 30, "minutes", 600), (7_200, 61, 90, "minutes", 120),
        ] as [(Double, Int, Double, String, Double)]
    )
    func stepsFitThePointsAskedFor(range: Double, points: Int, hop: Double, source: String, seconds: Double) {
        let step = TrendStep(rangeSeconds: range, points: points, hopSeconds: hop)
        #expect(step.source == source)
        guard case .buckets(let length) = step else {
            #expect(seconds == 0)
            return
        }
        #expect(length == seconds)
        #expect(length >= hop * 1.2)
        #expect(range / length + 1 <= Double(points) + 0.001)
    }

    @Test func runsNearMissesAlarmsAndGapsAreMarked() async throws {
        let plant = try await StagedPlant(["m"])
        var time = try await plant.hear("m", from: start, count: 4, fine)
        time = try await plant.hear("m", from: time, count: 2, dry)
        time = try await plant.hear("m", from: time, count: 2, fine)
        let raised = time
        time = try await plant.hear("m", from: time, count: 3, dry)
        time = try await plant.hear("m", from: time, count: 4, fine)
        // A minute without sound, then a window with too much missing.
        let silence = time
        try await plant.hear("m", at: silence.addingTimeInterval(60), nil)
        try await plant.hear("m", from: silence.addingTimeInterval(65), count: 3, dry)
        // The end is exclusive, and the last alarm was raised this very moment.
        let until = Int64(plant.now.timeIntervalSince1970 * 1_000) + 1
        let since = Int64(start.timeIntervalSince1970 * 1_000)
        try await plant.application().test(.router) { client in
            let path = "/api/v1/machines/m/trend?since=\(since)&until=\(until)&points=200"
            let document = try await plant.json(path, client)
            #expect(document["source"] as? String == "windows")
            #expect(document["labels"] as? [String] == ["normal", "bearing-lacking-oil", "valve-plate-broken"])
            let times = try #require(document["times"] as? [Int64])
            #expect(times.first == since)
            #expect(times == times.sorted())
            let maxima = try #require((document["max"] as? [String: [Any]])?["bearing-lacking-oil"])
            #expect(maxima.count == times.count)
            #expect(maxima.contains { $0 is NSNull }, "the line breaks where nothing was heard")
            #expect(
                (document["threshold"] as? [String: Double]) == [
                    "bearing-lacking-oil": 0.75, "valve-plate-broken": 0.75,
                ]
            )
            let misses = try #require(document["near_misses"] as? [[String: Any]])
            #expect(misses.count == 1)
            #expect(misses.first?["count"] as? Int == 2)
            let text = try #require(misses.first?["text"] as? [String: String])
            #expect(text["en"] == "2 of 3; the third was Normal running at 0.90")
            #expect(text["zh"] == "2/3；第 3 个窗口为“正常运行”（0.90）")
            let runs = try #require(document["runs"] as? [[String: Any]])
            #expect(runs.count == 2)
            #expect(runs.first?["start"] as? String == RFC3339.text(raised))
            let alarms = try #require(document["alarms"] as? [[String: Any]])
            #expect(alarms.map { $0["end"] is NSNull } == [false, true])
            let gaps = try #require(document["gaps"] as? [[String: Any]])
            #expect(gaps.map { $0["reason"] as? String } == ["no_audio", "not_classified"])
            #expect(gaps.first?["end"] as? String == RFC3339.text(silence.addingTimeInterval(60)))
        }
    }

    @Test func anAlarmRaisedBeforeTheRangeIsABandInIt() async throws {
        let plant = try await StagedPlant(["m"])
        let time = try await plant.hear("m", from: start, count: 40, dry)
        let since = RFC3339.text(time.addingTimeInterval(-60))
        try await plant.application().test(.router) { client in
            let document = try await plant.json("/api/v1/machines/m/trend?since=\(since)", client)
            #expect((document["alarms"] as? [[String: Any]])?.count == 1)
            let later = RFC3339.text(time.addingTimeInterval(600))
            let past = "/api/v1/machines/m/trend?since=\(RFC3339.text(start.addingTimeInterval(-600)))&until=\(since)"
            #expect(((try await plant.json(past, client))["alarms"] as? [[String: Any]])?.count == 1)
            let wrong = try await client.execute(
                uri: "/api/v1/machines/m/trend?since=\(later)&until=\(since)",
                method: .get
            )
            #expect(wrong.status == .badRequest)
            let empty = "/api/v1/machines/m/trend?since=0&until=1000"
            #expect(((try await plant.json(empty, client))["alarms"] as? [[String: Any]])?.isEmpty == true)
        }
    }

    @Test func bucketsCoverTheRangeEvenWhereNothingWasHeard() async throws {
        let plant = try await StagedPlant(["m"])
        try await plant.hear("m", from: start, count: 24, fine)
        try await plant.hear("m", from: start.addingTimeInterval(600), count: 24, fine)
        plant.setNow(start.addingTimeInterval(1_200))
        try await plant.application().test(.router) { client in
            let since = Int64(start.timeIntervalSince1970 * 1_000)
            let path = "/api/v1/machines/m/trend?since=\(since)&until=\(since + 1_200_000)&points=21"
            let document = try await plant.json(path, client)
            #expect(document["source"] as? String == "minutes")
            #expect(document["step_s"] as? Double == 60)
            let times = try #require(document["times"] as? [Int64])
            #expect(times == (0..<20).map { since + $0 * 60_000 })
            #expect(
                document["windows"] as? [Int] == [12, 12] + Array(repeating: 0, count: 8) + [12, 12]
                    + Array(repeating: 0, count: 8)
            )
            let gaps = try #require(document["gaps"] as? [[String: Any]])
            try #require(gaps.count == 2)
            #expect(gaps[0]["start"] as? String == RFC3339.text(start.addingTimeInterval(120)))
            #expect(gaps[0]["end"] as? String == RFC3339.text(start.addingTimeInterval(600)))
            // The last windows may still be on their way: no hole is told before they must have been judged.
            #expect(gaps[1]["end"] as? String == RFC3339.text(start.addingTimeInterval(1_175)))
        }
    }
}
