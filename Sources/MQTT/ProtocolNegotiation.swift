// Which MQTT version the next connection attempt speaks.

/// How an attempt ended, as far as the protocol version is concerned.
enum AttemptOutcome: Sendable, Hashable {
    /// The broker accepted the connection.
    case accepted
    /// The broker answered that it does not speak this version (reason 132, or return code 1 of 3.1.1).
    case versionRefused
    /// The TCP connection stood, and the broker closed it without an answer: some old brokers do so on MQTT 5.
    case closedWithoutAnswer
    /// The broker was not reached, or refused for a reason that has nothing to do with the version.
    case other
}

/// MQTT 5 first, 3.1.1 where the broker wants it; a version that worked is kept.
struct ProtocolNegotiation: Sendable {
    private(set) var version: MQTTProtocolVersion
    private let preferred: MQTTProtocolVersion
    private var closedInARow = 0

    /// Silent closes before the other version is tried.
    static let closesBeforeSwitch = 2

    init(preferred: MQTTProtocolVersion) {
        self.preferred = preferred
        self.version = preferred
    }

    /// Takes in the end of an attempt. True means: try again at once, with the other version.
    mutating func attemptEnded(_ outcome: AttemptOutcome) -> Bool {
        switch outcome {
        case .accepted:
            closedInARow = 0
            return false
        case .other:
            return false
        case .versionRefused:
            closedInARow = 0
            guard preferred == .v5, version == .v5 else {
                // Neither version was taken, or 3.1.1 was asked for explicitly: start over, with a pause.
                version = preferred
                return false
            }
            version = .v311
            return true
        case .closedWithoutAnswer:
            closedInARow += 1
            if preferred == .v5, closedInARow % Self.closesBeforeSwitch == 0 {
                version = version == .v5 ? .v311 : .v5
            }
            return false
        }
    }
}
