// Decisions about any stored window, and the calibrations learned from them.
import Foundation
import GRDB
import MachineHealth
import Testing

@testable import TrendLog

@Suite("Trend log: teaching")
struct TeachingTests {
    private let folder: TemporaryFolder
    private let store: TrendLogStore
    private let machine = "compressor-2"

    init() throws {
        folder = try TemporaryFolder()
        store = try TrendLogStore(url: folder.store)
    }

    /// Windows of ten seconds, five apart.
    private func hear(_ count: Int) async throws {
        for index in 0..<count {
            let record = Samples.heard(
                at: Samples.start.addingTimeInterval(Double(index) * 5),
                novelty: nil,
                embedding: [Float(index), 1]
            )
            try await store.commit(WindowCommit(window: record))
        }
    }

    private func teach(at seconds: Double, verdict: ReviewVerdict = .label) async throws -> ReviewDecision {
        try await store.teach(
            machine: machine,
            at: Samples.start.addingTimeInterval(seconds),
            verdict: verdict,
            label: Samples.oil,
            user: "mei",
            comment: "heard it",
            time: Samples.start.addingTimeInterval(100)
        )
    }

    @Test(
        "the window meant is the one that starts then, else the one the moment lies deepest in",
        arguments: [(0.0, 0.0), (5, 5), (4, 0), (7, 0), (8, 5), (14, 10), (19.5, 15)]
    )
    func whichWindow(moment: Double, start: Double) async throws {
        try await hear(4)
        let decision = try await teach(at: moment)
        #expect(decision.start == Samples.start.addingTimeInterval(start))
        #expect(decision.end == decision.start.addingTimeInterval(10))
        #expect(decision.embedding == [Float(start / 5), 1])
        #expect(decision.model == "tiny@1234abcd")
        #expect(decision.label == Samples.oil)
        #expect(decision.verdict == .label)
        #expect(decision.user == "mei")
        #expect(decision.comment == "heard it")
    }

    @Test("a moment without a window and a window that was decided are refused")
    func refusals() async throws {
        try await hear(2)
        let nowhere = Samples.start.addingTimeInterval(500)
        await #expect(throws: ReviewRefusal.noWindow(machine: machine, at: nowhere)) { try await teach(at: 500) }
        let decision = try await teach(at: 0, verdict: .reject)
        await #expect(throws: ReviewRefusal.alreadyDecided(decision.itemID, by: "mei")) { try await teach(at: 0) }
        _ = try await store.undo(decision: decision.id, user: "li", at: Samples.start.addingTimeInterval(200))
        let again = try await teach(at: 0)
        #expect(again.itemID == decision.itemID)
        let unknown = await trendLogError {
            _ = try await store.teach(
                machine: "pump-9",
                at: Samples.start,
                verdict: .label,
                label: Samples.oil,
                user: "mei",
                time: Samples.start
            )
        }
        #expect(unknown?.code == .notFound)
    }

    @Test("a window that waits on the review list is decided there")
    func waiting() async throws {
        try await hear(1)
        let item = ReviewItem(
            machine: machine,
            start: Samples.start,
            end: Samples.start.addingTimeInterval(10),
            reason: .undetermined,
            label: Samples.normal,
            confidence: 0.6,
            distance: 0.1,
            scores: [],
            model: "tiny@1234abcd",
            created: Samples.start
        )
        try await store.add(item)
        #expect(try await teach(at: 0).itemID == item.id)
        #expect(try await store.reader.openReviewCount() == 0)
        #expect(try await store.reader.reviewItem(item.id)?.state == .decided)
    }

    @Test("decisions outlive their windows")
    func retention() async throws {
        try await hear(3)
        let decision = try await teach(at: 5)
        _ = try await store.enforce(
            RetentionPolicy(maximumAgeSeconds: 3_600),
            now: Samples.start.addingTimeInterval(365 * 86_400)
        )
        #expect(try await store.reader.windows(machine: machine).isEmpty)
        #expect(try await store.reader.decisions() == [decision])
    }

    @Test("the newest calibration of a profile is read back, and not for ever many are kept")
    func calibrations() async throws {
        func record(_ temperature: Double, profile: String = "compressor") -> CalibrationRecord {
            CalibrationRecord(
                profile: profile,
                model: "tiny@1234",
                isUsed: temperature > 1,
                temperature: temperature,
                logPriors: [-0.5, -1.25],
                decisions: 24,
                report: Data(#"{"ece_before":0.25}"#.utf8),
                created: Samples.start
            )
        }
        #expect(try await store.reader.calibration(profile: "compressor") == nil)
        for step in 0..<30 { try await store.save(record(0.5 + Double(step))) }
        try await store.save(record(2, profile: "pump"))
        #expect(try await store.reader.calibration(profile: "compressor") == record(29.5))
        #expect(try await store.reader.calibrations() == [record(29.5), record(2, profile: "pump")])
        let rows = try await store.write { try Int.fetchOne($0, sql: "SELECT count(*) FROM calibrations") }
        #expect(rows == 21)
    }
}
