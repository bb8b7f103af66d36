// The face of this room: a client that stays connected by itself and never queues behind the caller's back.

import Foundation
import Logging
import Synchronization

/// A connection to one broker over libmosquitto, on a network thread of its own.
///
///     let client = try MQTTClient(MQTTConfiguration(broker: BrokerAddress(url: "mqtt://localhost")))
///     try await client.subscribe(to: "plant1/+/audio", qos: .atLeastOnce) { message in … }
///     try client.start()
///     try await client.publish(topic: "plant1/pump-1/state", payload: data, qos: .atLeastOnce, retain: true)
///     await client.stop()
///
/// A broker that is away at start or goes away later is not an error: the client keeps trying, with growing pauses,
/// and tells `connectionStates`. Subscriptions are sent again after every reconnect, before `connected` is told.
/// Dropping the last reference ends the connection in the background; `stop()` also waits for it.
public final class MQTTClient: Sendable {
    let core: ClientCore

    /// Checks the settings; nothing is sent yet.
    public init(
        _ configuration: MQTTConfiguration,
        logger: Logger = Logger(label: "ausculta.mqtt")
    ) throws(MQTTError) {
        try configuration.validate()
        core = ClientCore(configuration: configuration, logger: logger)
    }

    deinit { core.requestStop(graceSeconds: 0, publishingWill: false) }

    public var configuration: MQTTConfiguration { core.configuration }

    /// Starts the network thread and returns at once; a second call does nothing. Throws `.stopped` after `stop()`.
    public func start() throws(MQTTError) {
        let isFirst = try core.state.withLock { (state) throws(MQTTError) in
            switch state.phase {
            case .idle:
                state.phase = .running
                return true
            case .running: return false
            case .stopping, .stopped: throw .stopped
            }
        }
        if isFirst { core.startThread() }
    }

    /// Waits for what is pending (at most `graceSeconds`), disconnects cleanly and waits for the thread to end.
    ///
    /// - Parameters:
    ///   - graceSeconds: how long unacknowledged messages may take; afterwards they fail with `.connectionLost`.
    ///   - publishingWill: true lets the will out although the disconnect is intended: the broker does it for
    ///     MQTT 5, and this client publishes it itself for 3.1.1.
    ///
    /// A thread that hangs in a TCP handshake with an unreachable host is left behind after 2 more seconds; it ends
    /// by itself when the handshake times out, and touches nothing.
    public func stop(graceSeconds: Double = 2, publishingWill: Bool = false) async {
        if publishingWill, case .connected(_, .v311) = connectionState, let will = configuration.will() {
            try? await publish(topic: will.topic, payload: will.payload, qos: will.qos, retain: will.retain)
        }
        core.requestStop(graceSeconds: graceSeconds, publishingWill: publishingWill)
        await core.waitForEnd(seconds: graceSeconds + 2)
    }

    // MARK: - State

    /// The connection now.
    public var connectionState: ConnectionState { core.state.withLock { $0.connection } }

    /// A new stream for each caller: the state now, then every change. Ends after `stopped`. A reader that falls more
    /// than 256 changes behind loses the oldest ones.
    public var connectionStates: AsyncStream<ConnectionState> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: ConnectionState.self,
            bufferingPolicy: .bufferingNewest(256)
        )
        let (id, isFinal) = core.state.withLock { state in
            let id = state.makeID()
            continuation.yield(state.connection)
            let isFinal = state.phase == .stopped
            if !isFinal { state.observers[id] = continuation }
            return (id, isFinal)
        }
        if isFinal { continuation.finish() }
        continuation.onTermination = { [core] _ in
            // Taken out first and released outside the lock: releasing may run this closure again.
            let removed = core.state.withLock { $0.observers.removeValue(forKey: id) }
            _ = removed
        }
        return stream
    }

    /// Returns once connected.
    ///
    /// - Throws: `.connectionRefused` as soon as the broker refuses, `.timedOut`, `.stopped`, `CancellationError`.
    public func waitUntilConnected(timeoutSeconds: Double = 60) async throws {
        let states = connectionStates
        let broker = configuration.broker.description
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await state in states {
                    switch state {
                    case .connected: return
                    case .refused(let reason): throw MQTTError.connectionRefused(broker: broker, reason: reason)
                    case .stopped: throw MQTTError.stopped
                    case .connecting, .disconnected: continue
                    }
                }
                throw CancellationError()
            }
            group.addTask { [core] in
                try await Task.sleep(for: .seconds(timeoutSeconds))
                // On a busy machine the clock may be heard before the news.
                let state = core.state.withLock { $0.connection }
                if state.isConnected { return }
                throw MQTTError.timedOut(waitingFor: "MQTT broker \(broker) (\(state))", seconds: timeoutSeconds)
            }
            try await group.next()
            group.cancelAll()
        }
    }

    public var statistics: MQTTStatistics { core.state.withLock { $0.statistics } }

    /// Filters the broker refused on the present connection, with its reason.
    public var refusedSubscriptions: [String: String] { core.state.withLock { $0.refusedFilters } }

    // MARK: - Publish

    /// Sends one message.
    ///
    /// QoS 0 returns when the library has taken the message. QoS 1 and 2 return when the broker has acknowledged it;
    /// at most `maximumInFlight` are on the wire, further callers wait in order. Nothing is kept for later: without a
    /// connection this fails at once.
    ///
    /// - Throws: `MQTTError` (`.invalidTopic`, `.notConnected`, `.connectionLost`, `.publishRefused`,
    ///   `.payloadTooLarge`, `.outgoingQueueFull`), or `CancellationError` when the task is cancelled while it waits;
    ///   the message may then still arrive.
    public func publish(
        topic: String,
        payload: Data,
        qos: MQTTQoS = .atLeastOnce,
        retain: Bool = false,
        properties: MQTTProperties = .none
    ) async throws {
        do {
            try await publish(
                MQTTMessage(topic: topic, payload: payload, qos: qos, retain: retain, properties: properties)
            )
        } catch {
            core.state.withLock { $0.statistics.publishesFailed += 1 }
            throw error
        }
    }

    private func publish(_ message: MQTTMessage) async throws {
        do { try TopicName.validate(message.topic) } catch { throw MQTTError.invalidTopic(error) }
        if message.payload.count > Self.maximumPayloadBytes {
            throw MQTTError.payloadTooLarge(topic: message.topic, bytes: message.payload.count)
        }
        let (link, state) = core.state.withLock { ($0.link, $0.connection) }
        guard let link else {
            throw MQTTError.notConnected(broker: configuration.broker.description, state: state.description)
        }
        if message.qos == .atMostOnce {
            try link.publishUnacknowledged(message)
        } else {
            try await link.publishAcknowledged(message)
        }
    }

    /// The protocol's own limit, 256 MiB less one byte.
    public static let maximumPayloadBytes = 268_435_455
}
