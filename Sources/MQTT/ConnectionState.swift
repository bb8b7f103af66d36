// What the client tells about its connection.

/// The connection as the client sees it now.
public enum ConnectionState: Sendable, Hashable, CustomStringConvertible {
    case connecting
    /// The broker accepted, and all subscriptions were sent again: retained state can be published now.
    case connected(sessionPresent: Bool, protocolVersion: MQTTProtocolVersion)
    /// Not started yet, broker away, or connection lost; the client tries again by itself.
    case disconnected(reason: String)
    /// The broker does not want this client (credentials, access rules, certificate). Someone must act; the client
    /// keeps trying, slowly.
    case refused(reason: String)
    /// `stop()` was called. Final.
    case stopped

    public var isConnected: Bool {
        if case .connected = self { true } else { false }
    }

    public var description: String {
        switch self {
        case .connecting: "connecting"
        case .connected(let sessionPresent, let version):
            "connected (MQTT \(version.rawValue)\(sessionPresent ? ", session resumed" : ""))"
        case .disconnected(let reason): "disconnected: \(reason)"
        case .refused(let reason): "refused: \(reason)"
        case .stopped: "stopped"
        }
    }
}

/// Counters since the client was made.
public struct MQTTStatistics: Sendable, Hashable {
    public var messagesIn = 0
    public var bytesIn = 0
    /// Messages written (QoS 0) or acknowledged (QoS 1 and 2).
    public var messagesOut = 0
    public var bytesOut = 0
    /// Publishes that failed: not connected, connection lost, refused, queue full.
    public var publishesFailed = 0
    /// Messages that slow readers of `messages(filter:)` lost.
    public var messagesDropped = 0
    public var connectionAttempts = 0
    public var connectionsMade = 0

    /// Connections after the first.
    public var reconnects: Int { max(0, connectionsMade - 1) }

    public init() {}
}
