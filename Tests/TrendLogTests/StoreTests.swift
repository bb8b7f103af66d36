// What is committed is what is read back, once, by the writer and by others.
import Foundation
import GRDB
import MachineHealth
import Testing

@testable import TrendLog

@Suite("Trend log: commits and reads")
struct StoreTests {
    private let folder: TemporaryFolder
    private let store: TrendLogStore

    init() throws {
        folder = try TemporaryFolder()
        store = try TrendLogStore(url: folder.store)
    }

    @Test("a window comes back as it was committed, features to half precision")
    func window() async throws {
        let embedding = (0..<512).map { Float(sin(Double($0))) / 16 }
        let descriptor = SoundDescriptor(version: 3, values: [-81.5, 0.25, 12, 70_000])
        let start = Samples.start.addingTimeInterval(0.123)
        let record = Samples.window(
            at: start,
            scores: [0.7499996, 0.2, 0.0500004],
            embedding: embedding,
            descriptor: descriptor
        )
        try await store.commit(WindowCommit(window: record))
        let window = try #require(try await store.reader.windows(machine: "compressor-2").first)
        #expect(window.start.millisecondsSince1970 == start.millisecondsSince1970)
        #expect(window.end.timeIntervalSince(window.start) == 10)
        #expect(window.scores.map(\.label) == [Samples.normal, Samples.oil, Samples.valve])
        for (stored, given) in zip(window.scores, record.observation.scores) {
            #expect(abs(stored.confidence - given.confidence) < 1e-7)
        }
        #expect(window.top == Samples.normal)
        #expect(window.confidence == 0.7499996)
        #expect(window.verdict == "normal")
        #expect(window.quality == .good)
        #expect(window.levelDBFS == -24)
        #expect(window.model == "tiny@1234abcd")
        #expect(window.latencyMS == 41.25)
        let features = try #require(try await store.reader.features(machine: "compressor-2").first)
        let stored = try #require(features.embedding)
        #expect(stored.count == 512)
        #expect(zip(stored, embedding).allSatisfy { abs($0 - $1) < 1e-4 })
        #expect(features.descriptor?.version == 3)
        // Half precision ends at 65504.
        #expect(features.descriptor?.values == [-81.5, 0.25, 12, 65_504])
    }

    @Test("incomplete and silent windows are kept without scores and with a finite level")
    func incomplete() async throws {
        try await store.commit(WindowCommit(window: Samples.incomplete(at: Samples.start)))
        let window = try #require(try await store.reader.latestWindow(machine: "compressor-2"))
        #expect(window.quality == .incomplete)
        #expect(window.verdict == "incomplete")
        #expect(window.scores.isEmpty)
        #expect(window.top == nil)
        #expect(window.levelDBFS == -160)
        #expect(window.missingFraction == 0.4)
    }

    @Test("repeating a commit changes nothing")
    func repeated() async throws {
        let commit = WindowCommit(window: Samples.window(at: Samples.start), events: [Samples.event()])
        let first = try await store.commit(commit)
        let second = try await store.commit(commit)
        #expect(first == CommitReceipt(windowIsNew: true, deliveries: 1))
        #expect(second == CommitReceipt(windowIsNew: false, deliveries: 0))
        #expect(try await store.reader.machine("compressor-2").windows == 1)
        #expect(try await store.reader.events().count == 1)
        #expect(try await store.reader.outboxStatus().pending == 1)
        let series = try await store.reader.series(
            machine: "compressor-2",
            since: Samples.start,
            until: Samples.start.addingTimeInterval(60),
            bucketSeconds: 60
        )
        #expect(series.buckets.map(\.windows) == [1])
    }

    @Test("a commit that fails half way leaves nothing behind")
    func atomic() async throws {
        let id = UUID()
        var broken = Samples.event(id: id)
        // Two rows of the outbox, the second refused by the database (NOT NULL through a negative NaN size is not
        // possible from Swift, so a trigger stands in for the fault).
        broken.deliveries.append(OutboxDelivery(target: "refuse-me", topic: "t", payload: Data()))
        try await store.onWriter { db in
            try db.execute(
                sql: """
                    CREATE TEMP TRIGGER refuse BEFORE INSERT ON outbox WHEN NEW.target = 'refuse-me'
                    BEGIN SELECT RAISE(ABORT, 'refused by the test'); END
                    """
            )
        }
        let commit = WindowCommit(window: Samples.window(at: Samples.start), events: [broken])
        let error = await trendLogError { try await store.commit(commit) }
        #expect(error?.code == .database)
        #expect(error?.description.contains("refused by the test") ?? false)
        #expect(try await store.reader.machines().isEmpty)
        #expect(try await store.reader.events().isEmpty)
        #expect(try await store.reader.outboxStatus().pending == 0)
    }

    @Test("events are synced to the disk before they return, plain windows are not")
    func durability() async throws {
        let level: @Sendable (Bool) async throws -> Int? = { durable in
            try await store.write(durable: durable) { try Int.fetchOne($0, sql: "PRAGMA synchronous") }
        }
        #expect(try await level(true) == 2)
        #expect(try await level(false) == 1)
        let step = AlarmTransition(
            machine: "m",
            label: Samples.oil,
            alarmID: UUID(),
            from: .normal,
            to: .unackActive,
            time: Samples.start
        )
        #expect(WindowCommit(events: [Samples.event()]).isPrecious)
        #expect(WindowCommit(transitions: [step]).isPrecious)
        #expect(!WindowCommit(window: Samples.window(at: Samples.start), alarms: [Samples.alarm()]).isPrecious)
    }

    @Test("alarms, their steps and trackers survive closing and opening")
    func survives() async throws {
        let alarm = Samples.alarm()
        let alarmID = try #require(alarm.alarmID)
        let step = AlarmTransition(
            machine: "compressor-2",
            label: Samples.oil,
            alarmID: alarmID,
            replacedAlarmID: UUID(),
            from: .rtnUnack,
            to: .unackActive,
            time: Samples.start,
            user: "mei",
            comment: "夜班"
        )
        let tracker = TrackerSnapshot(machine: "compressor-2", state: Data([1, 2, 255]), time: Samples.start)
        try await store.commit(WindowCommit(alarms: [alarm], transitions: [step], tracker: tracker))
        try store.close()

        let again = try TrendLogStore(url: folder.store)
        #expect(try await again.reader.alarms() == [alarm])
        #expect(try await again.reader.transitions() == [step])
        #expect(try await again.reader.trackers() == [tracker])
        var cleared = alarm
        cleared.state = .normal
        try await again.commit(WindowCommit(alarms: [cleared]))
        #expect(try await again.reader.alarms().isEmpty)
        #expect(try await again.reader.alarms(includingNormal: true) == [cleared])
    }

    @Test("an event comes back whole, filtered by machine, label, type and time")
    func events() async throws {
        let windows = [EventWindow(start: Samples.start, confidence: 0.8)]
        let alarmID = UUID()
        let raised = Samples.event(windows: windows, time: Samples.start, alarmID: alarmID)
        let lost = Samples.event(.streamLost, label: nil, time: Samples.start.addingTimeInterval(60))
        let other = Samples.event(.nearMiss, "pump-1", time: Samples.start.addingTimeInterval(30))
        try await store.commit(WindowCommit(events: [raised, lost, other]))
        let reader = store.reader
        let event = try #require(try await reader.events(label: Samples.oil, types: [.faultRaised]).first)
        #expect(event.id == raised.event.id)
        #expect(event.type == "fault_raised")
        #expect(event.windows == windows)
        #expect(event.alarmID == alarmID)
        #expect(event.confidence == 0.91)
        #expect(event.payload == raised.payload)
        #expect(event.unsent == 1)
        #expect(try await reader.events().map(\.id) == [raised, other, lost].map(\.event.id))
        #expect(try await reader.events(machine: "pump-1").map(\.id) == [other.event.id])
        #expect(try await reader.events(limit: 1).map(\.id) == [lost.event.id])
        #expect(
            try await reader.events(since: Samples.start.addingTimeInterval(1), until: lost.event.time).map(\.id)
                == [other.event.id]
        )
    }

    @Test("machines, labels and their order are those registered last")
    func registration() async throws {
        try await store.register([Samples.registration("compressor-2"), Samples.registration("compressor-1")])
        var changed = Samples.registration("compressor-1")
        changed.labels.reverse()
        changed.site = "plant2"
        try await store.register([changed])
        let machines = try await store.reader.machines()
        #expect(machines.map(\.machine) == ["compressor-1", "compressor-2"])
        #expect(machines.map(\.site) == ["plant2", "plant1"])
        #expect(machines[0].labels.map(\.id) == [Samples.valve, Samples.oil, Samples.normal])
        #expect(machines[1].labels.map(\.name.bilingual)[1] == "Bearing lacking oil / 轴承缺油")
        #expect(machines[1].labels[2].severity == .critical)
        #expect(machines[0].latest == nil)
    }

    @Test("windows are filtered by label on top, whatever vocabulary judged them, and paged")
    func filters() async throws {
        for number in 0..<20 {
            let time = Samples.start.addingTimeInterval(Double(number) * 5)
            // The same label stands at another place of a changed vocabulary.
            let window =
                number < 10
                ? Samples.window(at: time, scores: number % 2 == 0 ? [0.1, 0.8, 0.1] : [0.8, 0.1, 0.1])
                : Samples.window(at: time, scores: [0.9, 0.1], labels: [Samples.oil, LabelID("other")])
            try await store.commit(WindowCommit(window: window))
        }
        let reader = store.reader
        #expect(try await reader.windows(machine: "compressor-2", label: Samples.oil).count == 15)
        #expect(try await reader.windows(machine: "compressor-2", label: LabelID("unheard-of")).isEmpty)
        let newest = try await reader.windows(machine: "compressor-2", limit: 3)
        #expect(newest.map { $0.start.timeIntervalSince(Samples.start) } == [85, 90, 95])
        var starts: [Double] = []
        let count = try await reader.forEachWindow(machine: "compressor-2", pageSize: 7) {
            starts.append($0.start.timeIntervalSince(Samples.start))
        }
        #expect(count == 20)
        #expect(starts == (0..<20).map { Double($0) * 5 })
    }

    @Test("an unknown machine is named together with those there are")
    func unknownMachine() async throws {
        try await store.register([Samples.registration("compressor-1")])
        let error = await trendLogError { _ = try await store.reader.windows(machine: "compresor-1") }
        #expect(error?.code == .notFound)
        #expect(error?.description.contains("\"compresor-1\"") ?? false)
        #expect(error?.description.contains("it has: compressor-1") ?? false)
    }

    @Test("commits are not undone by the cancellation of their task")
    func cancellation() async throws {
        let store = store
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return try await store.commit(WindowCommit(window: Samples.window(at: Samples.start)))
        }
        task.cancel()
        #expect(try await task.value.windowIsNew)
        #expect(try await store.reader.machine("compressor-2").windows == 1)
    }

    @Test("people's own queries find windows in plain words")
    func view() async throws {
        try await store.commit(WindowCommit(window: Samples.window(at: Samples.start)))
        let line = try await store.reader.read { db in
            try String.fetchOne(
                db,
                sql: "SELECT machine || ' ' || start || ' ' || label || ' ' || verdict FROM windows"
            )
        }
        #expect(line == "compressor-2 2026-11-22T10:00:00.000Z normal label")
    }
}
