import Foundation
import Testing
import TrendLog

@testable import Evidence

@Suite struct ClipPlannerTests {
    private let settings = EvidenceSettings(ringSeconds: 60, beforeSeconds: 10, afterSeconds: 10)

    private func request(_ start: Double, _ end: Double, _ reason: ClipReason = .nearMiss, _ machine: String = "a")
        -> ClipRequest
    {
        ClipRequest(
            machine: machine,
            cause: ClipCause(reason: reason, start: TestSounds.seconds(start), end: TestSounds.seconds(end))
        )
    }

    @Test func aRequestOpensAClipWithSoundBeforeAndAfter() {
        var planner = ClipPlanner()
        let id = UUID()
        let step = planner.plan(request(100, 120), settings: settings, newID: id)
        #expect(step == .open(id, from: TestSounds.seconds(90), to: TestSounds.seconds(130)))
    }

    @Test func overlappingRequestsOfOneMachineShareAClipThatGrows() {
        var planner = ClipPlanner()
        let id = UUID()
        _ = planner.plan(request(100, 110), settings: settings, newID: id)
        let shared = planner.plan(request(100, 110, .review), settings: settings)
        #expect(shared == .share(id))
        let longer = planner.plan(request(105, 125, .alarm), settings: settings)
        #expect(longer == .extend(id, to: TestSounds.seconds(135)))
        let other = UUID()
        let elsewhere = planner.plan(request(105, 125, .alarm, "b"), settings: settings, newID: other)
        #expect(elsewhere == .open(other, from: TestSounds.seconds(95), to: TestSounds.seconds(135)))
        let closed = planner.close(id)
        #expect(closed?.causes.map(\.reason) == [.nearMiss, .review, .alarm])
        let again = planner.close(id)
        #expect(again == nil)
    }

    @Test func aClipDoesNotGrowForEver() {
        var planner = ClipPlanner()
        _ = planner.plan(request(100, 110), settings: settings)
        let next = UUID()
        // 90 to 165 would be 75 s; the ring and the tail together hold 70.
        let step = planner.plan(request(115, 155), settings: settings, newID: next)
        #expect(step == .open(next, from: TestSounds.seconds(105), to: TestSounds.seconds(165)))
    }

    @Test func aRunLongerThanTheRingKeepsItsEnd() {
        var planner = ClipPlanner()
        let id = UUID()
        let step = planner.plan(request(100, 300, .alarm), settings: settings, newID: id)
        #expect(step == .open(id, from: TestSounds.seconds(240), to: TestSounds.seconds(310)))
    }

    @Test func aClipJustWrittenIsShared() {
        var planner = ClipPlanner()
        let id = UUID()
        _ = planner.plan(request(100, 110), settings: settings, newID: id)
        _ = planner.close(id)
        let shared = planner.plan(request(102, 112, .review), settings: settings)
        #expect(shared == .share(id))
        // An alarm wants its ten seconds after as well.
        let alarm = UUID()
        let alarmed = planner.plan(request(102, 112, .alarm), settings: settings, newID: alarm)
        #expect(alarmed == .open(alarm, from: TestSounds.seconds(92), to: TestSounds.seconds(122)))
        // Both are gone, or hold less than was planned: nothing is left to share.
        planner.settle(id, from: TestSounds.seconds(90), to: TestSounds.seconds(105))
        _ = planner.close(alarm)
        planner.forget(alarm)
        let again = UUID()
        let anew = planner.plan(request(102, 112, .review), settings: settings, newID: again)
        #expect(anew == .open(again, from: TestSounds.seconds(92), to: TestSounds.seconds(122)))
    }
}

@Suite struct ClipRetentionTests {
    private func clips(_ rows: [(day: Int, bytes: Int64, isProtected: Bool)]) -> [ClipFile] {
        rows.map { row in
            ClipFile(
                id: UUID(),
                file: "a/\(row.day)/x.flac",
                start: TestSounds.start.addingTimeInterval(Double(row.day) * 86_400),
                bytes: row.bytes,
                isProtected: row.isProtected
            )
        }
    }

    private func days(_ rows: [(day: Int, bytes: Int64, isProtected: Bool)], _ settings: EvidenceSettings) -> [String] {
        let now = TestSounds.start.addingTimeInterval(10 * 86_400)
        return ClipRetention.surplus(clips(rows), settings: settings, now: now).map(\.file)
    }

    @Test func ageNumberAndSizeEachDecide() {
        let rows: [(day: Int, bytes: Int64, isProtected: Bool)] = [
            (0, 5, false), (2, 5, true), (4, 5, false), (6, 5, false), (8, 5, false),
        ]
        let keepAll = EvidenceSettings(retainSeconds: 100 * 86_400)
        #expect(days(rows, keepAll).isEmpty)
        var settings = keepAll
        settings.retainSeconds = 5 * 86_400
        #expect(days(rows, settings) == ["a/0/x.flac", "a/4/x.flac"])
        settings = keepAll
        settings.maxClips = 3
        #expect(days(rows, settings) == ["a/0/x.flac", "a/4/x.flac"])
        settings = keepAll
        settings.maxBytes = 12
        #expect(days(rows, settings) == ["a/0/x.flac", "a/4/x.flac", "a/6/x.flac"])
    }

    @Test func whatAnOpenAlarmNeedsStaysEvenOverTheLimits() {
        let settings = EvidenceSettings(retainSeconds: 3_600, maxBytes: 1_000_000, maxClips: 1)
        #expect(days([(0, 9_000_000, true), (1, 9_000_000, true)], settings).isEmpty)
    }
}
