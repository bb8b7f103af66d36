// The part of the client that lives on its network thread: connect, move bytes, wait, connect again.

import CMosquitto
import Foundation
import Logging
import Synchronization

/// Shared by the client and its network thread. The thread keeps it alive; dropping the client ends the thread.
final class ClientCore: BrokerLinkOwner {
    struct Registration: Sendable {
        let filter: TopicFilter
        let qos: MQTTQoS
        let handler: @Sendable (MQTTMessage) -> Void
        /// Called once when no message can come any more because the client stopped.
        let onEnd: @Sendable () -> Void
    }

    struct State {
        enum Phase { case idle, running, stopping, stopped }
        var phase = Phase.idle
        var connection = ConnectionState.disconnected(reason: "not started")
        /// The link, while the broker's acceptance stands.
        var link: BrokerLink?
        var registrations: [UInt64: Registration] = [:]
        var refusedFilters: [String: String] = [:]
        var observers: [UInt64: AsyncStream<ConnectionState>.Continuation] = [:]
        var stopWaiters: [OneShot] = []
        var nextID: UInt64 = 0
        var stopDeadline: ContinuousClock.Instant?
        var publishesWillOnStop = false
        var statistics = MQTTStatistics()

        mutating func makeID() -> UInt64 {
            nextID += 1
            return nextID
        }
    }

    let configuration: MQTTConfiguration
    let logger: Logger
    let state = Mutex(State())
    /// Ends the pause between two attempts.
    private let wakeUp = DispatchSemaphore(value: 0)

    init(configuration: MQTTConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    // MARK: - The network thread

    func startThread() {
        let thread = Thread { [self] in run() }
        thread.name = "mqtt"
        thread.stackSize = 1 << 20
        thread.start()
    }

    private func run() {
        var backOff = BackOff(limits: configuration.reconnect)
        var negotiation = ProtocolNegotiation(preferred: configuration.preferredVersion)
        while !isStopping {
            setConnection(.connecting)
            state.withLock { $0.statistics.connectionAttempts += 1 }
            let end = connectOnce(version: negotiation.version)
            if isStopping { break }
            if negotiation.attemptEnded(end.outcome) {
                logger.info("broker refused MQTT 5, trying 3.1.1", metadata: ["broker": "\(configuration.broker)"])
                continue
            }
            setConnection(end.isRefusal ? .refused(reason: end.reason) : .disconnected(reason: end.reason))
            backOff.connectionEnded(afterSeconds: end.connectedSeconds)
            let pauseSeconds = end.isRefusal ? configuration.refusedRetrySeconds : backOff.nextPauseSeconds()
            _ = wakeUp.wait(timeout: .now() + pauseSeconds)
        }
        finish()
    }

    private struct AttemptEnd {
        var outcome = AttemptOutcome.other
        var reason: String
        var isRefusal = false
        var connectedSeconds = 0.0
    }

    /// One life of a connection; returns when it is over.
    private func connectOnce(version: MQTTProtocolVersion) -> AttemptEnd {
        let link: BrokerLink
        let connectCode: Int32
        do throws(MQTTError) {
            link = try BrokerLink(configuration: configuration, version: version, owner: self)
            connectCode = try link.handle.connect(configuration, version: version)
        } catch {
            return AttemptEnd(reason: error.description, isRefusal: true)
        }
        guard connectCode == MosquittoHandle.success else {
            let reason = describe(connectCode, link)
            link.close(reason: reason)
            return AttemptEnd(reason: reason, isRefusal: isCertificateProblem(reason))
        }
        configuration.connectWasSent()
        let started = ContinuousClock.now
        let code = pump(link, answerBy: started + .seconds(configuration.connectTimeoutSeconds))
        let answer = link.answer
        let reason = link.brokerReason ?? describe(code, link)
        // First the link goes, then what waits on it fails: a caller that tries again sees "not connected".
        state.withLock { $0.link = nil }
        link.close(reason: reason)
        switch answer {
        case .accepted:
            let seconds = (ContinuousClock.now - started) / .seconds(1)
            let isSuspicious =
                code == MOSQ_ERR_CONN_LOST.rawValue && seconds < configuration.reconnect.stableAfterSeconds
            let hint = isSuspicious && link.brokerReason == nil ? Self.sameIDHint(configuration.clientID) : ""
            return AttemptEnd(outcome: .accepted, reason: reason + hint, connectedSeconds: seconds)
        case .refused(let refusalCode, let text):
            let refusal = Refusal(code: refusalCode, version: version)
            return AttemptEnd(
                outcome: refusal == .version ? .versionRefused : .other,
                reason: text,
                isRefusal: refusal != .temporary
            )
        case .none:
            let isCertificate = isCertificateProblem(reason)
            let closed = code == MOSQ_ERR_CONN_LOST.rawValue && !isCertificate
            return AttemptEnd(
                outcome: closed ? .closedWithoutAnswer : .other,
                reason: closed ? "\(configuration.broker) closed the connection without an answer" : reason,
                isRefusal: isCertificate
            )
        }
    }

    /// Runs the library's loop until the connection ends; returns the code it ended with.
    private func pump(_ link: BrokerLink, answerBy deadline: ContinuousClock.Instant) -> Int32 {
        while true {
            let code = link.handle.loop(timeoutMilliseconds: 250)
            if code != MosquittoHandle.success { return code }
            if link.answer == .none, ContinuousClock.now > deadline || isStopping {
                return MOSQ_ERR_TIMEOUT.rawValue
            }
            disconnectIfDue(link)
        }
    }

    /// While stopping: says goodbye as soon as nothing is pending any more, or the grace is over.
    private func disconnectIfDue(_ link: BrokerLink) {
        let (deadline, publishesWill) = state.withLock { ($0.stopDeadline, $0.publishesWillOnStop) }
        guard let deadline, link.isDrained || ContinuousClock.now >= deadline else { return }
        link.disconnect(publishingWill: publishesWill)
    }

    private func describe(_ code: Int32, _ link: BrokerLink) -> String {
        if link.isDisconnecting { return "disconnected by this client" }
        let text = MosquittoHandle.text(ofError: code)
        let detail = link.lastLog.map { "; \($0)" } ?? ""
        let remedy = CertificateHint.remedy(for: detail, broker: configuration.broker)
        return "\(configuration.broker): \(text)\(detail)\(remedy)"
    }

    /// mosquitto 2.0 throws a client with a stolen id out without a word.
    private static func sameIDHint(_ clientID: String) -> String {
        " (soon after it was made; if this repeats, another client uses the id '\(clientID)')"
    }

    private func isCertificateProblem(_ reason: String) -> Bool {
        let text = reason.lowercased()
        return text.contains("certificate") || text.contains("alert") || text.contains("host name")
    }

    private func finish() {
        setConnection(.stopped)
        // Taken out under the lock, released outside: handlers may own streams whose end calls back in here.
        let last = state.withLock { state in
            let last = state
            state.phase = .stopped
            state.link = nil
            state.observers = [:]
            state.stopWaiters = []
            state.registrations = [:]
            return last
        }
        for registration in last.registrations.values { registration.onEnd() }
        for observer in last.observers.values { observer.finish() }
        for waiter in last.stopWaiters { waiter.resume() }
    }

    // MARK: - Stopping

    var isStopping: Bool { state.withLock { $0.phase == .stopping || $0.phase == .stopped } }

    /// Asks the thread to end; returns at once. The thread flushes for at most `graceSeconds`.
    func requestStop(graceSeconds: Double, publishingWill: Bool) {
        let (link, neverRan) = state.withLock { state -> (BrokerLink?, Bool) in
            guard state.phase != .stopped, state.phase != .stopping else { return (nil, false) }
            let neverRan = state.phase == .idle
            state.phase = .stopping
            state.stopDeadline = .now + .seconds(graceSeconds)
            state.publishesWillOnStop = publishingWill
            return (state.link, neverRan)
        }
        wakeUp.signal()
        if neverRan { finish() }
        if let link { disconnectIfDue(link) }
    }

    /// Cuts the TCP connection without a DISCONNECT, as a pulled cable would, for tests of wills and reconnects.
    func cutLine() {
        guard let link = state.withLock({ $0.link }) else { return }
        shutdown(link.handle.socketDescriptor, Int32(SHUT_RDWR))
    }

    // MARK: - State

    func setConnection(_ connection: ConnectionState) {
        let changed = state.withLock { state in
            let changed = state.connection != connection
            state.connection = connection
            if changed { for observer in state.observers.values { observer.yield(connection) } }
            return changed
        }
        guard changed else { return }
        let metadata: Logger.Metadata = ["broker": "\(configuration.broker)", "client": "\(configuration.clientID)"]
        switch connection {
        case .connecting: logger.debug("mqtt: connecting", metadata: metadata)
        case .connected, .stopped: logger.info("mqtt: \(connection)", metadata: metadata)
        case .disconnected: logger.warning("mqtt: \(connection)", metadata: metadata)
        case .refused: logger.error("mqtt: \(connection)", metadata: metadata)
        }
    }

    // MARK: - BrokerLinkOwner, on the network thread

    func linkDidConnect(_ link: BrokerLink, sessionPresent: Bool) {
        state.withLock { state in
            state.link = link
            state.statistics.connectionsMade += 1
            state.refusedFilters = [:]
            // Before the state changes: who publishes on `connected` already hears the answers.
            for (filter, qos) in Self.wanted(state.registrations) {
                link.subscribe(to: filter, qos: qos, onlyNewRetained: sessionPresent)
            }
        }
        setConnection(.connected(sessionPresent: sessionPresent, protocolVersion: link.version))
    }

    /// Hands the message to those it was sent for. Brokers send one copy for each overlapping subscription of an
    /// MQTT 5 client; by the identifiers each handler takes its own copy only.
    func linkDidReceive(_ message: MQTTMessage, identifiers: [UInt32]) {
        let registrations = state.withLock { state in
            state.statistics.messagesIn += 1
            state.statistics.bytesIn += message.payload.count
            return state.registrations
        }
        let matching = registrations.values.filter { $0.filter.matches(message.topic) }
        let addressed = matching.filter { identifiers.contains($0.filter.subscriptionIdentifier) }
        // No identifier of ours: 3.1.1, or a session that remembers filters we have dropped.
        for registration in addressed.isEmpty ? matching : addressed { registration.handler(message) }
    }

    func linkDidFinishPublish(bytes: Int, succeeded: Bool) {
        // Refusals are counted where the caller learns of them.
        guard succeeded else { return }
        state.withLock { state in
            state.statistics.messagesOut += 1
            state.statistics.bytesOut += bytes
        }
    }

    func linkDidFinishSubscribe(to filter: String, refusal: String?) {
        state.withLock { $0.refusedFilters[filter] = refusal }
        guard let refusal else { return }
        logger.error(
            "mqtt: the broker refused a subscription",
            metadata: ["filter": "\(filter)", "reason": "\(refusal)"]
        )
    }

    /// Each filter once, with the highest QoS any of its subscribers asked for.
    static func wanted(_ registrations: [UInt64: Registration]) -> [TopicFilter: MQTTQoS] {
        var wanted: [TopicFilter: MQTTQoS] = [:]
        for registration in registrations.values {
            wanted[registration.filter] = max(wanted[registration.filter] ?? .atMostOnce, registration.qos)
        }
        return wanted
    }
}

/// What a refused CONNECT means for the next attempt.
enum Refusal: Sendable, Hashable {
    /// The other protocol version may do.
    case version
    /// Someone has to change credentials, rules or the client id.
    case needsAction
    /// The broker is busy or moving; it may take us later.
    case temporary

    /// Reason codes of MQTT 5 (section 3.2.2.2) and return codes of 3.1.1.
    init(code: Int32, version: MQTTProtocolVersion) {
        if version == .v311 || code < 128 {
            self = code == 1 ? .version : code == 3 ? .temporary : .needsAction
            return
        }
        switch UInt32(bitPattern: code) {
        case MQTT_RC_UNSUPPORTED_PROTOCOL_VERSION.rawValue: self = .version
        case MQTT_RC_UNSPECIFIED.rawValue, MQTT_RC_SERVER_UNAVAILABLE.rawValue, MQTT_RC_SERVER_BUSY.rawValue,
            MQTT_RC_SERVER_SHUTTING_DOWN.rawValue, MQTT_RC_QUOTA_EXCEEDED.rawValue,
            MQTT_RC_CONNECTION_RATE_EXCEEDED.rawValue:
            self = .temporary
        default: self = .needsAction
        }
    }
}
