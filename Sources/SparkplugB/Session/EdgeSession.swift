// An edge node's session with its broker, without broker or clock: what to say, and when nothing may be said.
// Specification 3.0, chapter 5.

/// What the surroundings of a session have to do, in this order.
public enum SessionAction: Hashable, Sendable {
    /// Publish NBIRTH with sequence number 0.
    case nodeBirth
    /// Publish a device's DBIRTH.
    case deviceBirth(String)
    /// Publish a device's DDEATH.
    case deviceDeath(String)
    /// Births are out: what was stored goes first, then what is new.
    case sendData
    /// Publish NDEATH, disconnect and connect again.
    case leave
    /// Call `tick` after so many milliseconds.
    case wake(afterMS: Int)
}

/// The order of births, data and deaths of one edge node and its devices.
///
/// A value without clock or I/O: times come with the calls, as milliseconds of any steady clock.
public struct EdgeSession: Sendable {
    /// Where the session stands.
    public enum Phase: Hashable, Sendable {
        /// No connection.
        case offline
        /// Connected; the primary host is not known to be online.
        case awaitingHost
        /// Births were sent.
        case born
        /// NDEATH and DISCONNECT are due.
        case leaving
    }

    /// Between two births that a host asked for. Requests that come sooner are answered together.
    public static let rebirthSpacingMS = 1_000

    /// Where the session stands.
    public private(set) var phase = Phase.offline
    /// Devices whose stream is there, whether or not their birth was sent.
    public private(set) var liveDevices: Set<String> = []
    /// Devices a host believes alive.
    public private(set) var bornDevices: Set<String> = []
    /// Whether a host asked for births that were not sent yet. No data goes out meanwhile.
    public private(set) var isRebirthDue = false

    private let waitsForHost: Bool
    private var hostTimestamp: UInt64?
    private var lastBirthMS: Int?
    private var sequence = MessageSequence()

    /// Makes a session that is offline.
    ///
    /// - Parameter waitsForHost: whether a primary host has to be online before anything is said.
    public init(waitsForHost: Bool) {
        self.waitsForHost = waitsForHost
    }

    /// Whether node data may be sent now.
    public var takesData: Bool { phase == .born && !isRebirthDue }

    /// Whether data of a device may be sent now.
    public func takesData(of device: String) -> Bool { takesData && bornDevices.contains(device) }

    /// The number of the message that is sent now; NBIRTH begins at 0.
    public mutating func takeSequence(for type: MessageType) -> UInt64 {
        if type == .nodeBirth { sequence.reset() }
        return sequence.take()
    }

    /// The broker accepted the connection; subscriptions to commands and host state are sent.
    public mutating func connected(atMS time: Int) -> [SessionAction] {
        bornDevices = []
        isRebirthDue = false
        guard !waitsForHost else {
            phase = .awaitingHost
            return []
        }
        return births(atMS: time)
    }

    /// The connection is gone, or was given up.
    public mutating func disconnected() {
        phase = .offline
        bornDevices = []
        isRebirthDue = false
    }

    /// The primary host said something of itself. What is older than what it said before is not believed.
    public mutating func host(_ state: HostState, atMS time: Int) -> [SessionAction] {
        guard waitsForHost, state.timestamp >= hostTimestamp ?? 0 else { return [] }
        hostTimestamp = state.timestamp
        switch (phase, state.online) {
        case (.awaitingHost, true): return births(atMS: time)
        case (.born, false): return leave()
        default: return []
        }
    }

    /// Tells which devices are there now.
    ///
    /// - Parameter redefined: devices whose set of metrics is another than in their birth.
    public mutating func devices(_ live: Set<String>, redefined: Set<String> = []) -> [SessionAction] {
        liveDevices = live
        guard phase == .born else { return [] }
        let gone = bornDevices.subtracting(live).sorted()
        let new = live.subtracting(bornDevices).union(redefined.intersection(live)).sorted()
        bornDevices = live
        return gone.map { .deviceDeath($0) } + new.map { .deviceBirth($0) }
    }

    /// The node's own set of metrics is another than in its birth.
    public mutating func nodeRedefined(atMS time: Int) -> [SessionAction] {
        phase == .born ? births(atMS: time) : []
    }

    /// A host asks for all births again.
    public mutating func rebirthRequested(atMS time: Int) -> [SessionAction] {
        guard phase == .born, !isRebirthDue else { return [] }
        let due = (lastBirthMS ?? time) + Self.rebirthSpacingMS
        guard time < due else { return births(atMS: time) }
        isRebirthDue = true
        return [.wake(afterMS: due - time)]
    }

    /// Time passed.
    public mutating func tick(atMS time: Int) -> [SessionAction] {
        guard phase == .born, isRebirthDue else { return [] }
        let due = (lastBirthMS ?? time) + Self.rebirthSpacingMS
        return time < due ? [.wake(afterMS: due - time)] : births(atMS: time)
    }

    /// The service ends, or wants another connection.
    public mutating func leave() -> [SessionAction] {
        guard phase == .born || phase == .awaitingHost else { return [] }
        phase = .leaving
        bornDevices = []
        isRebirthDue = false
        return [.leave]
    }

    private mutating func births(atMS time: Int) -> [SessionAction] {
        phase = .born
        isRebirthDue = false
        lastBirthMS = time
        bornDevices = liveDevices
        return [.nodeBirth] + liveDevices.sorted().map { .deviceBirth($0) } + [.sendData]
    }
}
