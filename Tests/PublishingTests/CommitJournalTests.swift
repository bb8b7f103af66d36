// A disk that is full for a while: commits wait in order, events before windows, and are written when it is not.
import Foundation
import MachineHealth
import Testing

@testable import Publishing
@testable import TrendLog

@Suite("Publishing: commit journal", .timeLimit(.minutes(20)))
struct CommitJournalTests {
    private let folder: TemporaryStore
    private var store: TrendLogStore { folder.store }

    init() throws { folder = try TemporaryStore() }

    private func setFull(_ isFull: Bool) async throws {
        let pages = isFull ? 1 : 1_000_000
        try await store.onWriter { try $0.execute(sql: "PRAGMA max_page_count = \(pages)") }
    }

    private func event(_ number: Int) throws -> WindowCommit {
        let profile = JSONProfile(topics: try Samples.topics())
        // Large enough to need a page of its own, so that a full database refuses every one of them.
        var event = try profile.eventRecord(Samples.event(number), name: nil)
        event.payload = Data(count: 8_192)
        return WindowCommit(events: [event])
    }

    @Test("commits refused by a full disk are written in order once there is room")
    func recovers() async throws {
        let journal = CommitJournal(store: store, logger: Samples.quiet)
        try await journal.write(event(0))
        try await setFull(true)
        for number in 1...5 {
            let commit = try event(number)
            let error = await #expect(throws: TrendLogError.self) { try await journal.write(commit) }
            #expect(error?.code == .diskFull)
        }
        #expect(await journal.waitingCount == 5)
        #expect(try await store.reader.events().count == 1)
        try await setFull(false)
        try await journal.write(event(6))
        #expect(await journal.waitingCount == 0)
        #expect(try await store.reader.events().map(\.message) == (0...6).map { "event \($0)" })
    }

    @Test("when there is no more room in memory, windows go before events")
    func bounded() async throws {
        let journal = CommitJournal(store: store, capacity: 10, logger: Samples.quiet)
        try await setFull(true)
        for number in 0..<40 {
            let commit =
                number % 8 == 0
                ? try event(number)
                : WindowCommit(window: Samples.window(at: Samples.start.addingTimeInterval(Double(number) * 600)))
            try? await journal.write(commit)
        }
        #expect(await journal.waitingCount <= 10)
        #expect(await journal.lostCount > 0)
        try await setFull(false)
        try await journal.write(event(40))
        #expect(try await store.reader.events().map(\.message) == [0, 8, 16, 24, 32, 40].map { "event \($0)" })
    }
}
