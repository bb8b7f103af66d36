// What goes and what stays.
import Foundation
import MachineHealth
import Testing

@testable import TrendLog

@Suite("Trend log: retention")
struct RetentionTests {
    private let folder: TemporaryFolder
    private let store: TrendLogStore
    private let day = 86_400.0

    init() throws {
        folder = try TemporaryFolder()
        store = try TrendLogStore(url: folder.store)
    }

    @Test("windows, features, minute sums and told events go by age; hourly sums stay")
    func age() async throws {
        for number in 0..<100 {
            let time = Samples.start.addingTimeInterval(Double(number) * 3_600)
            try await store.commit(
                WindowCommit(
                    window: Samples.window(at: time, embedding: [Float](repeating: 0.5, count: 64)),
                    events: [Samples.event(time: time)]
                )
            )
        }
        for row in try await store.pendingMessages(
            target: "json",
            topic: "ausculta/plant1/compressor-2/event",
            limit: 200
        ) {
            try await store.markSent([row.id], at: Samples.start)
        }
        let now = Samples.start.addingTimeInterval(100 * 3_600)
        let report = try await store.enforce(RetentionPolicy(maximumAgeSeconds: 2 * day), now: now, chunkSize: 7)
        #expect(report.windows == 52)
        #expect(report.events == 52)
        let reader = store.reader
        let cutoff = now.addingTimeInterval(-2 * day)
        #expect(try await reader.windows(machine: "compressor-2").first?.start == cutoff)
        #expect(try await reader.features(machine: "compressor-2").count == 48)
        #expect(try await reader.events().count == 48)
        let minutes = try await reader.series(
            machine: "compressor-2",
            since: Samples.start,
            until: now,
            bucketSeconds: 60
        )
        #expect(minutes.buckets.count <= 49)
        let hours = try await reader.series(
            machine: "compressor-2",
            since: Samples.start,
            until: now,
            bucketSeconds: 3_600
        )
        #expect(hours.buckets.count == 100)
        // Nothing more to do the second time.
        let again = try await store.enforce(RetentionPolicy(maximumAgeSeconds: 2 * day), now: now)
        #expect(again.windows == 0 && again.events == 0)
    }

    @Test("unsent messages, standing alarms and what belongs to them stay, however old")
    func kept() async throws {
        let standing = Samples.alarm(state: .ackActive)
        let over = Samples.alarm(label: Samples.valve, state: .normal)
        let standingID = try #require(standing.alarmID)
        let overID = try #require(over.alarmID)
        func step(_ id: UUID, _ label: LabelID) -> AlarmTransition {
            AlarmTransition(
                machine: "compressor-2",
                label: label,
                alarmID: id,
                from: .normal,
                to: .unackActive,
                time: Samples.start
            )
        }
        let ofStanding = Samples.event(alarmID: standingID)
        let unsent = Samples.event(alarmID: overID)
        let told = Samples.event(alarmID: overID)
        try await store.commit(
            WindowCommit(
                alarms: [standing, over],
                transitions: [step(standingID, Samples.oil), step(overID, Samples.valve)],
                events: [ofStanding, unsent, told]
            )
        )
        for row in try await store.pendingMessages(
            target: "json",
            topic: "ausculta/plant1/compressor-2/event",
            limit: 9
        )
        where row.eventID != unsent.event.id {
            try await store.markSent([row.id], at: Samples.start)
        }
        // Set aside is not sent either.
        try await store.enforce(
            RetentionPolicy(maximumAgeSeconds: day, maximumBytes: 1),
            now: Samples.start.addingTimeInterval(1_000 * day)
        )
        let events = try await store.reader.events()
        #expect(Set(events.map(\.id)) == [ofStanding.event.id, unsent.event.id])
        #expect(try await store.reader.outboxStatus().pending == 1)
        #expect(try await store.reader.transitions().map(\.alarmID) == [standingID])
        #expect(try await store.reader.alarms(includingNormal: true).count == 2)
    }

    @Test("by size the oldest windows of all machines go first, and the file shrinks")
    func size() async throws {
        // Incompressible features make the windows worth deleting; one machine's history is older than the other's.
        for number in 0..<600 {
            let embedding = (0..<512).map { Float(($0 * 7 + number) % 97) }
            let machine = number < 300 ? "compressor-1" : "compressor-2"
            let time = Samples.start.addingTimeInterval(Double(number) * 5)
            try await store.commit(WindowCommit(window: Samples.window(machine, at: time, embedding: embedding)))
        }
        let before = try await store.reader.status()
        let limit = before.usedBytes / 2
        let report = try await store.enforce(
            RetentionPolicy(maximumBytes: limit),
            now: Samples.start.addingTimeInterval(9_000),
            chunkSize: 50
        )
        #expect(!report.isStillOverLimit)
        #expect(report.usedBytes <= limit)
        #expect(report.freedBytes > 0)
        let after = try await store.reader.status()
        #expect(after.fileBytes < before.fileBytes)
        let older = try await store.reader.windows(machine: "compressor-1", limit: 1_000)
        let newer = try await store.reader.windows(machine: "compressor-2", limit: 1_000)
        #expect(newer.count == 300 || older.isEmpty)
        #expect(older.count + newer.count == 600 - report.windows)
        // What cannot be reached is said.
        let impossible = try await store.enforce(RetentionPolicy(maximumBytes: 1), now: Samples.start)
        #expect(impossible.isStillOverLimit)
        #expect(try await store.reader.windows(machine: "compressor-2").isEmpty)
    }
}
