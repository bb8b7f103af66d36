// The outbox at work: committed messages go to the broker in order and stay until it has acknowledged them.
import Foundation
import Logging
import Synchronization
import TrendLog

/// Publishes a target's pending outbox rows for as long as `run` runs.
///
/// Order: the messages of one topic go out one after the other, the next when the broker has acknowledged the one
/// before, so that neither a retry nor a reconnect can turn them round. Different topics go side by side, at most
/// `maximumInFlight` at once.
///
/// A broker that is away costs nothing: rows wait in the database, however long, and over restarts. A message that was
/// acknowledged just before the process died is sent once more, with the same event id.
public final class Outbox: Sendable {
    /// Messages of one topic sent before others that came meanwhile get their turn.
    private static let batchSize = 64

    private let store: TrendLogStore
    private let publisher: any MessagePublisher
    private let target: String
    private let maximumInFlight: Int
    private let retryDelays: RetryDelays
    private let now: @Sendable () -> Date
    private let logger: Logger
    private let signal = WakeSignal()
    private let isConnected = Atomic<Bool>(false)
    /// Failures in a row per topic that refused, and when to try it again.
    private let blocked = Mutex<[String: (failures: Int, until: ContinuousClock.Instant)]>([:])

    /// Makes an outbox.
    ///
    /// - Parameters:
    ///   - target: the publish profile whose rows it sends.
    ///   - now: the present time, for the rows' sent time.
    public init(
        store: TrendLogStore,
        publisher: any MessagePublisher,
        target: String = JSONProfile.target,
        maximumInFlight: Int = 16,
        retryDelays: RetryDelays = RetryDelays(),
        now: @escaping @Sendable () -> Date,
        logger: Logger
    ) {
        self.store = store
        self.publisher = publisher
        self.target = target
        self.maximumInFlight = max(1, maximumInFlight)
        self.retryDelays = retryDelays
        self.now = now
        self.logger = logger
    }

    /// Says that rows were committed.
    public func wake() { signal.ring() }

    /// Sends until the task is cancelled. Runs once in an outbox's life.
    public func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { [self] in
                for await connected in publisher.connectivity {
                    isConnected.store(connected, ordering: .releasing)
                    // Whatever refused before may be allowed on a new connection.
                    if connected { blocked.withLock { $0.removeAll() } }
                    signal.ring()
                }
            }
            var alarmClock = AlarmClock(signal)
            for await _ in signal.rings where isConnected.load(ordering: .acquiring) {
                if let delay = await drain() { alarmClock.ring(after: delay, in: &group) }
            }
            group.cancelAll()
        }
    }

    /// Sends what can be sent; returns after which time to try again what could not, nil where nothing is left to try.
    private func drain() async -> Duration? {
        do {
            while !Task.isCancelled, isConnected.load(ordering: .acquiring) {
                let topics = try await store.pendingTopics(target: target)
                let clock = ContinuousClock.now
                let waiting = blocked.withLock { $0 }
                let open = topics.filter { topic in waiting[topic].map { $0.until <= clock } ?? true }
                guard !open.isEmpty else {
                    return topics.compactMap { waiting[$0]?.until }.min().map { max(clock.duration(to: $0), .zero) }
                }
                guard try await send(open) else { return retryDelays.delay(failures: 1) }
            }
        } catch is CancellationError {
            return nil
        } catch {
            logger.error("outbox stands still", metadata: ["error": "\(error)"])
            return retryDelays.delay(failures: 3)
        }
        return nil
    }

    /// Sends a batch of each topic; false where the connection failed under it.
    private func send(_ topics: [String]) async throws -> Bool {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            var isConnectionSound = true
            var next = topics.makeIterator()
            for _ in 0..<maximumInFlight {
                guard let topic = next.next() else { break }
                group.addTask { try await self.send(topic) }
            }
            while let sound = try await group.next() {
                isConnectionSound = isConnectionSound && sound
                guard isConnectionSound, let topic = next.next() else { continue }
                group.addTask { try await self.send(topic) }
            }
            return isConnectionSound
        }
    }

    private func send(_ topic: String) async throws -> Bool {
        for message in try await store.pendingMessages(target: target, topic: topic, limit: Self.batchSize) {
            do {
                try await publisher.publish(
                    OutgoingMessage(
                        topic: message.topic,
                        payload: message.payload,
                        qos: message.qos,
                        retain: message.retain
                    )
                )
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                let scope = publisher.failureScope(of: error)
                try await store.markFailed(message.id, reason: "\(error)", settingAside: scope == .message)
                switch scope {
                case .connection:
                    return false
                case .topic:
                    // Order within a topic matters more than speed: what follows waits with it, other topics go on.
                    block(topic, because: error, event: message.eventID)
                    return true
                case .message:
                    logger.error(
                        "message can never be sent and is set aside",
                        metadata: ["topic": "\(topic)", "event": "\(message.eventID.text)", "error": "\(error)"]
                    )
                    continue
                }
            }
            try await store.markSent([message.id], at: now())
            blocked.withLock { $0[topic] = nil }
        }
        return true
    }

    private func block(_ topic: String, because error: any Error, event: UUID) {
        let failures = blocked.withLock { blocked in
            let failures = (blocked[topic]?.failures ?? 0) + 1
            blocked[topic] = (failures, .now + retryDelays.delay(failures: failures))
            return failures
        }
        logger.log(
            level: failures == 1 ? .error : .debug,
            "message not accepted; it stays in the outbox",
            metadata: ["topic": "\(topic)", "event": "\(event.text)", "error": "\(error)"]
        )
    }
}
