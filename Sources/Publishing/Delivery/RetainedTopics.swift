// Retained topics: what they should read, sent on change and all again after every reconnect.
import Foundation
import Logging
import Synchronization

/// Keeps the broker's retained topics as they should be.
///
/// Only the newest value of a topic is ever sent: values that changed while the broker was away are not told one by
/// one. After every reconnect all are sent again, because a broker that restarted may have forgotten them.
public final class RetainedTopics: Sendable {
    private struct Entry {
        /// Nil takes the topic off the broker.
        var payload: Data?
        /// Counts new values and new connections: what was sent for an earlier one does not make this one sent.
        var version = 0
        var isDirty = true
    }

    private let publisher: any MessagePublisher
    private let maximumInFlight: Int
    private let retryDelays: RetryDelays
    private let logger: Logger
    private let signal = WakeSignal()
    private let isConnected = Atomic<Bool>(false)
    private let entries = Mutex<[String: Entry]>([:])

    /// Makes the keeper of a connection's retained topics.
    public init(
        publisher: any MessagePublisher,
        maximumInFlight: Int = 16,
        retryDelays: RetryDelays = RetryDelays(),
        logger: Logger
    ) {
        self.publisher = publisher
        self.maximumInFlight = max(1, maximumInFlight)
        self.retryDelays = retryDelays
        self.logger = logger
    }

    /// Says what a topic should read; nothing is sent where it does already.
    public func set(_ message: OutgoingMessage) { set(message.topic, to: message.payload) }

    /// Takes a topic off the broker, for a machine or label that is configured no more.
    public func remove(_ topic: String) { set(topic, to: nil) }

    private func set(_ topic: String, to payload: Data?) {
        let isNew = entries.withLock { entries in
            guard let entry = entries[topic] else {
                entries[topic] = Entry(payload: payload)
                return true
            }
            guard entry.payload != payload else { return false }
            entries[topic] = Entry(payload: payload, version: entry.version + 1)
            return true
        }
        if isNew { signal.ring() }
    }

    /// Topics that read differently on the broker, as far as is known.
    public var pendingCount: Int { entries.withLock { $0.values.count { $0.isDirty } } }

    /// Sends until the task is cancelled. Runs once in a keeper's life.
    public func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { [self] in
                for await connected in publisher.connectivity {
                    isConnected.store(connected, ordering: .releasing)
                    if connected {
                        entries.withLock { entries in
                            entries = entries.mapValues { Entry(payload: $0.payload, version: $0.version + 1) }
                        }
                    }
                    signal.ring()
                }
            }
            var alarmClock = AlarmClock(signal)
            var failures = 0
            for await _ in signal.rings where isConnected.load(ordering: .acquiring) {
                failures = await sendDirty() ? 0 : failures + 1
                if failures > 0 { alarmClock.ring(after: retryDelays.delay(failures: failures), in: &group) }
            }
            group.cancelAll()
        }
    }

    /// Sends every topic that needs it once; false where one failed and is to be tried again.
    private func sendDirty() async -> Bool {
        var tried: Set<String> = []
        var allSent = true
        while isConnected.load(ordering: .acquiring), !Task.isCancelled {
            let batch = entries.withLock { entries in
                entries.filter { $0.value.isDirty && !tried.contains($0.key) }.sorted { $0.key < $1.key }
                    .prefix(maximumInFlight).map { (topic: $0.key, entry: $0.value) }
            }
            guard !batch.isEmpty else { return allSent }
            tried.formUnion(batch.map(\.topic))
            let failed = await withTaskGroup(of: String?.self) { group in
                for (topic, entry) in batch {
                    group.addTask { await self.send(topic, entry) ? nil : topic }
                }
                return await group.reduce(into: Set<String>()) { failed, topic in
                    if let topic { failed.insert(topic) }
                }
            }
            allSent = allSent && failed.isEmpty
            // A topic set anew while it was on its way is sent again in this same round.
            tried.subtract(batch.map(\.topic).filter { !failed.contains($0) })
        }
        return allSent
    }

    private func send(_ topic: String, _ entry: Entry) async -> Bool {
        do {
            try await publisher.publish(
                OutgoingMessage(topic: topic, payload: entry.payload ?? Data(), qos: 1, retain: true)
            )
        } catch {
            logger.debug("retained topic not sent", metadata: ["topic": "\(topic)", "error": "\(error)"])
            return false
        }
        entries.withLock { entries in
            guard entries[topic]?.version == entry.version else { return }
            if entry.payload == nil { entries[topic] = nil } else { entries[topic]?.isDirty = false }
        }
        return true
    }
}
