// Subscriptions: a synchronous handler for intake, a bounded asynchronous sequence for everything else.

import Foundation
import Synchronization

/// A standing subscription. It lives until `cancel()` or until the client stops.
public struct MQTTSubscription: Sendable {
    public let filter: TopicFilter
    let id: UInt64
    let core: ClientCore

    /// Takes the handler away, and the filter from the broker if nobody else wants it.
    public func cancel() {
        core.removeRegistration(id)
    }
}

/// Messages of one filter in a bounded buffer; a slow reader loses the oldest, and each loss is counted.
public struct MQTTMessageStream: AsyncSequence, Sendable {
    public typealias Element = MQTTMessage

    final class Drops: Sendable {
        let count = Atomic<Int>(0)
    }

    let stream: AsyncStream<MQTTMessage>
    let drops: Drops

    /// Messages lost so far because the buffer was full.
    public var droppedCount: Int { drops.count.load(ordering: .relaxed) }

    public func makeAsyncIterator() -> AsyncStream<MQTTMessage>.Iterator {
        stream.makeAsyncIterator()
    }
}

extension MQTTClient {
    /// Calls `handler` for every message that matches `filter`, now and after every reconnect.
    ///
    /// The handler runs on the network thread: copy what is needed and return. Connected, this waits for the broker's
    /// answer; not connected, it returns at once and the subscription is sent as soon as the connection stands.
    ///
    /// - Throws: `MQTTError.invalidTopic`, or `.subscriptionRefused`, in which case nothing stays registered.
    @discardableResult
    public func subscribe(
        to filter: String,
        qos: MQTTQoS = .atLeastOnce,
        handler: @escaping @Sendable (MQTTMessage) -> Void
    ) async throws -> MQTTSubscription {
        try await subscribe(to: filter, qos: qos, handler: handler, onEnd: {})
    }

    /// Returns when the broker has taken everything that was sent before, QoS 0 included.
    ///
    /// Brokers take the packets of a connection in their order, so the answer to a subscription that is sent once more
    /// answers for all before it.
    ///
    /// - Parameter filter: one this client is subscribed to, without stored messages on its topics: they would come again.
    /// - Throws: `.notConnected` where the connection ended before the answer: nothing is known then.
    public func confirmDelivery(bySubscribingAgainTo filter: String, qos: MQTTQoS = .atLeastOnce) async throws {
        let checked: TopicFilter
        do { checked = try TopicFilter(filter) } catch { throw MQTTError.invalidTopic(error) }
        let (link, state) = core.state.withLock { ($0.link, $0.connection) }
        guard let link else {
            throw MQTTError.notConnected(broker: configuration.broker.description, state: state.description)
        }
        try await withCheckedThrowingContinuation { waiter in link.subscribe(to: checked, qos: qos, waiter: waiter) }
    }

    private func subscribe(
        to filter: String,
        qos: MQTTQoS,
        handler: @escaping @Sendable (MQTTMessage) -> Void,
        onEnd: @escaping @Sendable () -> Void
    ) async throws -> MQTTSubscription {
        let checked: TopicFilter
        do { checked = try TopicFilter(filter) } catch { throw MQTTError.invalidTopic(error) }
        let id = core.state.withLock { $0.makeID() }
        let registration = ClientCore.Registration(filter: checked, qos: qos, handler: handler, onEnd: onEnd)
        do {
            try await withCheckedThrowingContinuation { waiter in
                core.addRegistration(id, registration, waiter: waiter)
            }
        } catch let error as MQTTError {
            // The connection went away while the answer was due: the reconnect will send the subscription again.
            if case .notConnected = error { return MQTTSubscription(filter: checked, id: id, core: core) }
            core.removeRegistration(id)
            throw error
        }
        return MQTTSubscription(filter: checked, id: id, core: core)
    }

    /// The messages of `filter` as a sequence that keeps the newest `bufferLimit` of them.
    ///
    /// The subscription ends when the reading task is cancelled or the sequence is dropped; the sequence ends when the client stops.
    public func messages(
        of filter: String,
        qos: MQTTQoS = .atLeastOnce,
        bufferLimit: Int = 1_000
    ) async throws -> MQTTMessageStream {
        let (stream, continuation) = AsyncStream.makeStream(
            of: MQTTMessage.self,
            bufferingPolicy: .bufferingNewest(max(1, bufferLimit))
        )
        let drops = MQTTMessageStream.Drops()
        let deliver: @Sendable (MQTTMessage) -> Void = { [core] message in
            if case .dropped = continuation.yield(message) {
                drops.count.add(1, ordering: .relaxed)
                core.state.withLock { $0.statistics.messagesDropped += 1 }
            }
        }
        let subscription = try await subscribe(
            to: filter,
            qos: qos,
            handler: deliver,
            onEnd: { continuation.finish() }
        )
        continuation.onTermination = { _ in subscription.cancel() }
        return MQTTMessageStream(stream: stream, drops: drops)
    }
}

extension ClientCore {
    /// Registers first, so that no message between SUBSCRIBE and its answer is missed.
    func addRegistration(
        _ id: UInt64,
        _ registration: Registration,
        waiter: CheckedContinuation<Void, any Error>
    ) {
        let (isStopped, isWaiting) = state.withLock { state -> (Bool, Bool) in
            if state.phase == .stopping || state.phase == .stopped { return (true, false) }
            state.registrations[id] = registration
            guard let link = state.link else { return (false, false) }
            let qos = Self.wanted(state.registrations)[registration.filter] ?? registration.qos
            link.subscribe(to: registration.filter, qos: qos, waiter: waiter)
            return (false, true)
        }
        if isStopped {
            waiter.resume(throwing: MQTTError.stopped)
        } else if !isWaiting {
            waiter.resume()
        }
    }

    func removeRegistration(_ id: UInt64) {
        // The registration leaves the lock with us: its handler may own a stream whose end calls back in here.
        let removed = state.withLock { state -> Registration? in
            guard let removed = state.registrations.removeValue(forKey: id) else { return nil }
            let isStillWanted = state.registrations.values.contains { $0.filter == removed.filter }
            if !isStillWanted {
                state.link?.handle.unsubscribe(removed.filter.text)
                state.refusedFilters[removed.filter.text] = nil
            }
            return removed
        }
        _ = removed
    }

    /// Returns when the thread has ended, or after `seconds`.
    func waitForEnd(seconds: Double) async {
        await withCheckedContinuation { (waiter: CheckedContinuation<Void, Never>) in
            let once = OneShot(waiter)
            let isOver = state.withLock { state in
                if state.phase == .stopped { return true }
                state.stopWaiters.append(once)
                return false
            }
            if isOver { once.resume() }
            DispatchQueue.global().asyncAfter(deadline: .now() + seconds) { once.resume() }
        }
    }
}

/// A continuation that two parties may resume; the first one counts.
final class OneShot: Sendable {
    private let waiter: Mutex<CheckedContinuation<Void, Never>?>

    init(_ waiter: CheckedContinuation<Void, Never>) {
        self.waiter = Mutex(waiter)
    }

    func resume() {
        let waiter = waiter.withLock { waiter in
            defer { waiter = nil }
            return waiter
        }
        waiter?.resume()
    }
}
