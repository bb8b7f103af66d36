// One connection to the broker from CONNECT to its end: what is in flight on it, and how it ended.

import CMosquitto
import Foundation
import Synchronization

/// What a link tells its owner. All calls arrive on the network thread, with no lock of the link held.
protocol BrokerLinkOwner: AnyObject, Sendable {
    func linkDidConnect(_ link: BrokerLink, sessionPresent: Bool)
    func linkDidReceive(_ message: MQTTMessage, identifiers: [UInt32])
    func linkDidFinishPublish(bytes: Int, succeeded: Bool)
    func linkDidFinishSubscribe(to filter: String, refusal: String?)
}

/// Thread-safe; holds no thread itself. Order of locks: owner, link, library.
final class BrokerLink: Sendable {
    /// The broker's answer to CONNECT.
    enum Answer: Sendable, Hashable {
        case none
        case accepted
        case refused(code: Int32, reason: String)
    }

    private typealias Waiter = CheckedContinuation<Void, any Error>

    private struct Outgoing {
        let ticket: UInt64
        let message: MQTTMessage
        var waiter: Waiter?
    }

    private struct Subscribing {
        let filter: String
        let waiter: Waiter?
    }

    private struct State {
        var answer = Answer.none
        var allowsIdentifiers = true
        /// Why the broker closed the connection, where it said so.
        var brokerReason: String?
        /// Set when the connection is over.
        var endReason: String?
        var lastLog: String?
        var disconnectSent = false
        /// Sent and not yet acknowledged, by message id.
        var inFlight: [Int32: Outgoing] = [:]
        /// Sent with QoS 0 and not yet written to the socket: message id to payload size.
        var unwritten: [Int32: Int] = [:]
        /// Waiting for room in flight, oldest first.
        var queue: [Outgoing] = []
        var subscribing: [Int32: Subscribing] = [:]
        var nextTicket: UInt64 = 0
    }

    let handle: MosquittoHandle
    let version: MQTTProtocolVersion
    private let configuration: MQTTConfiguration
    private let owner: any BrokerLinkOwner
    private let state = Mutex(State())

    init(
        configuration: MQTTConfiguration,
        version: MQTTProtocolVersion,
        owner: any BrokerLinkOwner
    ) throws(MQTTError) {
        self.configuration = configuration
        self.version = version
        self.owner = owner
        handle = try MosquittoHandle(configuration: configuration, version: version, will: configuration.will())
        handle.setCallbacks(for: self)
    }

    var answer: Answer { state.withLock { $0.answer } }
    var lastLog: String? { state.withLock { $0.lastLog } }
    var brokerReason: String? { state.withLock { $0.brokerReason } }
    /// True once our own DISCONNECT is on its way.
    var isDisconnecting: Bool { state.withLock { $0.disconnectSent } }

    // MARK: - Publish

    /// Hands a QoS 0 message to the library, or refuses it where too many wait to be written.
    func publishUnacknowledged(_ message: MQTTMessage) throws(MQTTError) {
        try state.withLock { (state) throws(MQTTError) in
            if let reason = state.endReason { throw .connectionLost(topic: message.topic, reason: reason) }
            let limit = configuration.maximumQueuedQoS0
            if state.unwritten.count >= limit { throw .outgoingQueueFull(topic: message.topic, limit: limit) }
            let messageID = try handle.publish(message, version: version)
            state.unwritten[messageID] = message.payload.count
        }
    }

    /// Sends a QoS 1 or 2 message and returns when the broker has acknowledged it.
    func publishAcknowledged(_ message: MQTTMessage) async throws {
        let ticket = state.withLock { state in
            state.nextTicket += 1
            return state.nextTicket
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (waiter: Waiter) in
                enqueue(Outgoing(ticket: ticket, message: message, waiter: waiter))
                // A cancellation between the check inside and here would otherwise be missed.
                if Task.isCancelled { cancel(ticket: ticket) }
            }
        } onCancel: {
            cancel(ticket: ticket)
        }
    }

    private func enqueue(_ outgoing: Outgoing) {
        let failure = state.withLock { state -> MQTTError? in
            if let reason = state.endReason {
                return .connectionLost(topic: outgoing.message.topic, reason: reason)
            }
            if state.inFlight.count >= configuration.maximumInFlight {
                state.queue.append(outgoing)
                return nil
            }
            return send(outgoing, &state)
        }
        if let failure { outgoing.waiter?.resume(throwing: failure) }
    }

    /// Under the lock, so that the acknowledgement cannot come before the message id is known.
    private func send(_ outgoing: Outgoing, _ state: inout State) -> MQTTError? {
        do throws(MQTTError) {
            let messageID = try handle.publish(outgoing.message, version: version)
            state.inFlight[messageID] = outgoing
            return nil
        } catch {
            return error
        }
    }

    /// The caller stops waiting. A message already sent keeps its place until the broker answers.
    private func cancel(ticket: UInt64) {
        let waiter = state.withLock { state -> Waiter? in
            if let index = state.queue.firstIndex(where: { $0.ticket == ticket }) {
                return state.queue.remove(at: index).waiter
            }
            for (messageID, outgoing) in state.inFlight where outgoing.ticket == ticket {
                state.inFlight[messageID]?.waiter = nil
                return outgoing.waiter
            }
            return nil
        }
        waiter?.resume(throwing: CancellationError())
    }

    /// True where nothing is on its way any more.
    var isDrained: Bool {
        state.withLock { $0.inFlight.isEmpty && $0.queue.isEmpty && $0.unwritten.isEmpty }
    }

    // MARK: - Subscribe

    /// Sends a SUBSCRIBE; the waiter, if any, learns the broker's answer.
    func subscribe(
        to filter: TopicFilter,
        qos: MQTTQoS,
        onlyNewRetained: Bool = false,
        waiter: CheckedContinuation<Void, any Error>? = nil
    ) {
        let failure = state.withLock { state -> MQTTError? in
            if let reason = state.endReason { return .notConnected(broker: broker, state: reason) }
            do throws(MQTTError) {
                let isV5 = version == .v5
                let messageID = try handle.subscribe(
                    filter.text,
                    qos: qos,
                    identifier: isV5 && state.allowsIdentifiers ? filter.subscriptionIdentifier : nil,
                    onlyNewRetained: isV5 && onlyNewRetained
                )
                state.subscribing[messageID] = Subscribing(filter: filter.text, waiter: waiter)
                return nil
            } catch {
                return error
            }
        }
        if let failure { waiter?.resume(throwing: failure) }
    }

    /// Sends our DISCONNECT, once.
    func disconnect(publishingWill: Bool) {
        let isFirst = state.withLock { state in
            defer { state.disconnectSent = true }
            return !state.disconnectSent
        }
        if isFirst { handle.disconnect(publishingWill: publishingWill, version: version) }
    }

    /// Fails everything still pending. Called by the network thread when the connection is over.
    func close(reason: String) {
        let (publishing, subscribing) = state.withLock { state in
            state.endReason = reason
            defer {
                state.inFlight = [:]
                state.queue = []
                state.unwritten = [:]
                state.subscribing = [:]
            }
            return (Array(state.inFlight.values) + state.queue, state.subscribing.values)
        }
        for outgoing in publishing {
            outgoing.waiter?.resume(throwing: MQTTError.connectionLost(topic: outgoing.message.topic, reason: reason))
        }
        for entry in subscribing {
            entry.waiter?.resume(throwing: MQTTError.notConnected(broker: broker, state: reason))
        }
    }

    private var broker: String { configuration.broker.description }

    // MARK: - Callbacks, on the network thread

    func didConnect(reason: Int32, sessionPresent: Bool, allowsIdentifiers: Bool, reasonString: String?) {
        guard reason == 0 else {
            let text = Self.reasonText(reason, reasonString, version)
            state.withLock { $0.answer = .refused(code: reason, reason: text) }
            return
        }
        state.withLock { state in
            state.answer = .accepted
            state.allowsIdentifiers = allowsIdentifiers
        }
        owner.linkDidConnect(self, sessionPresent: sessionPresent)
    }

    func didDisconnect(reason: Int32, reasonString: String?) {
        // Codes from 128 came from the broker; lower ones are the library's own, told again by `loop`.
        guard reason >= 128 else { return }
        let text = Self.reasonText(reason, reasonString, version)
        let takenOver = reason == Int32(MQTT_RC_SESSION_TAKEN_OVER.rawValue)
        let hint = takenOver ? " (another client uses the id '\(configuration.clientID)')" : ""
        state.withLock { $0.brokerReason = "the broker closed the connection: \(text)\(hint)" }
    }

    func didPublish(messageID: Int32, reason: Int32, reasonString: String?) {
        var failedNext: [(Waiter?, MQTTError)] = []
        let (finished, writtenBytes) = state.withLock { state -> (Outgoing?, Int?) in
            if let bytes = state.unwritten.removeValue(forKey: messageID) { return (nil, bytes) }
            let finished = state.inFlight.removeValue(forKey: messageID)
            while !state.queue.isEmpty, state.inFlight.count < configuration.maximumInFlight {
                let next = state.queue.removeFirst()
                if let failure = send(next, &state) { failedNext.append((next.waiter, failure)) }
            }
            return (finished, nil)
        }
        if let writtenBytes { owner.linkDidFinishPublish(bytes: writtenBytes, succeeded: true) }
        if let finished {
            owner.linkDidFinishPublish(bytes: finished.message.payload.count, succeeded: reason < 128)
            if reason < 128 {
                finished.waiter?.resume()
            } else {
                let text = Self.reasonText(reason, reasonString, version)
                let error = MQTTError.publishRefused(topic: finished.message.topic, reason: text)
                finished.waiter?.resume(throwing: error)
            }
        }
        for (waiter, failure) in failedNext { waiter?.resume(throwing: failure) }
    }

    func didReceive(_ message: MQTTMessage, identifiers: [UInt32]) {
        owner.linkDidReceive(message, identifiers: identifiers)
    }

    func didSubscribe(messageID: Int32, granted: Int32, reasonString: String?) {
        guard let entry = state.withLock({ $0.subscribing.removeValue(forKey: messageID) }) else { return }
        guard granted >= 128 else {
            owner.linkDidFinishSubscribe(to: entry.filter, refusal: nil)
            entry.waiter?.resume()
            return
        }
        let text = Self.reasonText(granted, reasonString, .v5)
        owner.linkDidFinishSubscribe(to: entry.filter, refusal: text)
        entry.waiter?.resume(throwing: MQTTError.subscriptionRefused(filter: entry.filter, reason: text))
    }

    func didLog(_ text: String) {
        state.withLock { $0.lastLog = text }
    }

    private static func reasonText(_ code: Int32, _ reasonString: String?, _ version: MQTTProtocolVersion) -> String {
        let text = MosquittoHandle.text(ofReason: code, version: version)
        return reasonString.map { "\(text) (\($0))" } ?? text
    }
}
