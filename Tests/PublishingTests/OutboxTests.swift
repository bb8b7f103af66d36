// The outbox against a publisher whose failures are decided here; the broker's own tests are in BrokerTests.
import Foundation
import MachineHealth
import Synchronization
import Testing
import TrendLog

@testable import Publishing

@Suite("Publishing: outbox", .timeLimit(.minutes(20)))
struct OutboxTests {
    private let folder: TemporaryStore
    private var store: TrendLogStore { folder.store }
    private static let quick = RetryDelays(first: .milliseconds(5), longest: .milliseconds(20))

    init() throws { folder = try TemporaryStore() }

    private func outbox(_ publisher: ScriptedPublisher) -> Outbox {
        Outbox(
            store: store,
            publisher: publisher,
            maximumInFlight: 4,
            retryDelays: Self.quick,
            now: { Samples.start },
            logger: Samples.quiet
        )
    }

    private func messages(_ sent: [OutgoingMessage], machine: String) throws -> [String] {
        try sent.filter { $0.topic.contains("/\(machine)/") }.map {
            try PayloadCoder.decode(EventPayload.self, from: $0.payload).message
        }
    }

    @Test("events of each machine go out in order, once, and are marked sent")
    func order() async throws {
        for machine in ["a", "b", "c", "d", "e", "f"] { try await Samples.commit(0..<90, machine: machine, to: store) }
        let publisher = ScriptedPublisher()
        try await running(outbox(publisher).run) { await publisher.waitForSent(540) }
        for machine in ["a", "b", "c", "d", "e", "f"] {
            #expect(try messages(publisher.sent, machine: machine) == (0..<90).map { "event \($0)" })
        }
        #expect(publisher.attempts.count == 540)
    }

    @Test("a connection that fails again and again turns nothing round and loses nothing")
    func flaky() async throws {
        try await Samples.commit(0..<60, machine: "a", to: store)
        try await Samples.commit(0..<60, machine: "b", to: store)
        // Every third message fails twice, as when the connection goes while it is on its way.
        let publisher = ScriptedPublisher { message, before in
            let text = try? PayloadCoder.decode(EventPayload.self, from: message.payload).message
            return before < 2 && text.flatMap { Int($0.dropFirst("event ".count)) }.map { $0 % 3 == 1 } ?? true
                ? .connection : nil
        }
        try await running(outbox(publisher).run) { await publisher.waitForSent(120) }
        for machine in ["a", "b"] {
            #expect(try messages(publisher.sent, machine: machine) == (0..<60).map { "event \($0)" })
        }
        #expect(publisher.attempts.count == 120 + 2 * 40)
    }

    @Test("without a connection nothing is tried; with it everything goes, rows committed meanwhile too")
    func away() async throws {
        try await Samples.commit(0..<10, to: store)
        let publisher = ScriptedPublisher(isConnected: false)
        let outbox = outbox(publisher)
        try await running(outbox.run) {
            try await Samples.commit(10..<20, to: store)
            outbox.wake()
            #expect(publisher.attempts.isEmpty)
            #expect(try await store.reader.outboxStatus().pending == 20)
            publisher.connect(true)
            await publisher.waitForSent(20)
            try await Samples.commit(20..<25, to: store)
            outbox.wake()
            await publisher.waitForSent(25)
        }
        #expect(try messages(publisher.sent, machine: "compressor-2") == (0..<25).map { "event \($0)" })
    }

    @Test("a topic the broker refuses waits and is tried again; others are not held up by it")
    func refusedTopic() async throws {
        try await Samples.commit(0..<100, machine: "denied", to: store)
        try await Samples.commit(0..<20, machine: "allowed", to: store)
        let shared = SharedFlag()
        let publisher = ScriptedPublisher { message, _ in
            message.topic.contains("/denied/") && !shared.isSet ? .topic : nil
        }
        try await running(outbox(publisher).run) {
            await publisher.waitForSent(20)
            #expect(try messages(publisher.sent, machine: "allowed").count == 20)
            #expect(try messages(publisher.attempts, machine: "denied").allSatisfy { $0 == "event 0" })
            let status = try await store.reader.outboxStatus()
            #expect(status.pending >= 100)
            shared.set()
            await publisher.waitForSent(120)
        }
        #expect(try messages(publisher.sent, machine: "denied") == (0..<100).map { "event \($0)" })
    }

    @Test("a message the broker can never take is set aside, tried again after a restart, and blocks nothing")
    func impossibleMessage() async throws {
        try await Samples.commit(0..<5, to: store)
        let publisher = ScriptedPublisher { message, _ in
            String(decoding: message.payload, as: UTF8.self).contains("\"event 2\"") ? .message : nil
        }
        try await running(outbox(publisher).run) { await publisher.waitForSent(4) }
        #expect(
            try messages(publisher.sent, machine: "compressor-2") == ["event 0", "event 1", "event 3", "event 4"]
        )
        #expect(try messages(publisher.attempts, machine: "compressor-2").count { $0 == "event 2" } == 1)
        #expect(try await store.reader.outboxStatus().pending == 1)
        #expect(try await store.reader.outboxStatus().lastError != nil)
        try store.close()
        let again = try TrendLogStore(url: folder.store.url)
        #expect(try await again.pendingTopics(target: "json").count == 1)
    }

    @Test("what was not acknowledged before the process died goes out again with the same id")
    func restart() async throws {
        try await Samples.commit(0..<3, to: store)
        // The broker takes the first, but the process ends before the row is marked: the same as never having run.
        let first = ScriptedPublisher()
        let rows = try await store.pendingMessages(
            target: "json",
            topic: "ausculta/plant1/compressor-2/event",
            limit: 1
        )
        let row = try #require(rows.first)
        try await first.publish(OutgoingMessage(topic: row.topic, payload: row.payload))
        try store.close()
        let again = try TrendLogStore(url: folder.store.url)
        let publisher = ScriptedPublisher()
        let outbox = Outbox(store: again, publisher: publisher, now: { Samples.start }, logger: Samples.quiet)
        try await running(outbox.run) { await publisher.waitForSent(3) }
        #expect(publisher.sent.first == first.sent.first)
        #expect(
            publisher.sent.first.map { String(decoding: $0.payload, as: UTF8.self).contains(row.eventID.text) } ?? false
        )
    }
}

/// A flag both a test and a publisher see.
final class SharedFlag: Sendable {
    private let flag = Atomic<Bool>(false)
    var isSet: Bool { flag.load(ordering: .acquiring) }
    func set() { flag.store(true, ordering: .releasing) }
}
