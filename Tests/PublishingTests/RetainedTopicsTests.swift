// Retained topics: on change only, the newest value only, all again after a reconnect.
import Foundation
import Testing

@testable import Publishing

@Suite("Publishing: retained topics", .timeLimit(.minutes(20)))
struct RetainedTopicsTests {
    private func message(_ topic: String, _ text: String) -> OutgoingMessage {
        OutgoingMessage(topic: topic, payload: Data(text.utf8), retain: true)
    }

    private func texts(_ messages: [OutgoingMessage]) -> [String] {
        messages.map { "\($0.topic)=\(String(decoding: $0.payload, as: UTF8.self))" }
    }

    @Test("equal values are not sent again; all are after a reconnect")
    func onChange() async throws {
        let publisher = ScriptedPublisher()
        let retained = RetainedTopics(publisher: publisher, logger: Samples.quiet)
        try await running(retained.run) {
            retained.set(message("a", "1"))
            await publisher.waitForSent(1)
            retained.set(message("a", "1"))
            retained.set(message("b", "1"))
            await publisher.waitForSent(2)
            retained.set(message("a", "2"))
            await publisher.waitForSent(3)
            #expect(texts(publisher.sent) == ["a=1", "b=1", "a=2"])
            #expect(publisher.sent.allSatisfy { $0.retain && $0.qos == 1 })
            publisher.connect(false)
            publisher.connect(true)
            await publisher.waitForSent(5)
        }
        #expect(Set(texts(Array(publisher.sent.suffix(2)))) == ["a=2", "b=1"])
        #expect(retained.pendingCount == 0)
    }

    @Test("values that changed while the broker was away are not told one by one")
    func newestOnly() async throws {
        let publisher = ScriptedPublisher(isConnected: false)
        let retained = RetainedTopics(publisher: publisher, logger: Samples.quiet)
        try await running(retained.run) {
            for value in 0..<50 { retained.set(message("a", "\(value)")) }
            publisher.connect(true)
            await publisher.waitForSent(1)
        }
        #expect(texts(publisher.sent) == ["a=49"])
    }

    @Test("a failure is tried again, the other topics go on, and a newer value replaces the failed one")
    func failure() async throws {
        let publisher = ScriptedPublisher { message, before in
            message.topic == "a" && before < 2 ? .topic : nil
        }
        let retained = RetainedTopics(
            publisher: publisher,
            maximumInFlight: 1,
            retryDelays: RetryDelays(first: .milliseconds(5), longest: .milliseconds(5)),
            logger: Samples.quiet
        )
        try await running(retained.run) {
            for topic in ["a", "b", "c"] { retained.set(message(topic, "1")) }
            await publisher.waitForSent(3)
        }
        #expect(texts(publisher.sent) == ["b=1", "c=1", "a=1"])
    }

    @Test("a topic that is configured no more is taken off the broker with an empty payload, once")
    func removal() async throws {
        let publisher = ScriptedPublisher()
        let retained = RetainedTopics(publisher: publisher, logger: Samples.quiet)
        try await running(retained.run) {
            retained.set(message("a", "1"))
            await publisher.waitForSent(1)
            retained.remove("a")
            await publisher.waitForSent(2)
            publisher.connect(false)
            publisher.connect(true)
            retained.set(message("b", "1"))
            await publisher.waitForSent(3)
        }
        #expect(texts(publisher.sent) == ["a=1", "a=", "b=1"])
    }
}
