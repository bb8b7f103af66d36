// A broker's URL, taken apart and checked.

import Foundation

/// Where the broker listens and whether the connection is encrypted.
public struct BrokerAddress: Sendable, Hashable, CustomStringConvertible {
    public let host: String
    public let port: Int
    public let usesTLS: Bool
    /// Credentials written into the URL; those in the configuration win.
    public let username: String?
    public let password: String?

    public static let plainPort = 1883
    public static let tlsPort = 8883

    public init(host: String, port: Int? = nil, usesTLS: Bool = false) {
        self.host = host
        self.port = port ?? (usesTLS ? Self.tlsPort : Self.plainPort)
        self.usesTLS = usesTLS
        self.username = nil
        self.password = nil
    }

    /// Reads `mqtt://host[:port]` (default 1883), `mqtts://host[:port]` (default 8883) or a plain `host[:port]`.
    public init(url text: String) throws(MQTTError) {
        func invalid(_ reason: String) -> MQTTError {
            .invalidConfiguration(
                "broker URL '\(text)': \(reason); expected mqtt://HOST[:PORT] or mqtts://HOST[:PORT]"
            )
        }
        let trimmed = text.trimmingCharacters(in: .whitespaces)
        if trimmed.isEmpty { throw invalid("it is empty") }
        guard let parts = URLComponents(string: trimmed.contains("://") ? trimmed : "mqtt://" + trimmed) else {
            throw invalid("it is not a URL (a port must be a number, an IPv6 address stands in [brackets])")
        }
        switch (parts.scheme ?? "").lowercased() {
        case "mqtt", "tcp": usesTLS = false
        case "mqtts", "ssl", "tls": usesTLS = true
        case "ws", "wss": throw invalid("MQTT over WebSockets is not supported, use the broker's TCP listener")
        case let other: throw invalid("'\(other)' is not an MQTT scheme")
        }
        let bareHost = (parts.host ?? "").trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
        if bareHost.isEmpty { throw invalid("the host is missing") }
        if !parts.path.isEmpty, parts.path != "/" { throw invalid("it has a path '\(parts.path)'") }
        if parts.query != nil || parts.fragment != nil { throw invalid("it has a query or fragment") }
        let port = parts.port ?? (usesTLS ? Self.tlsPort : Self.plainPort)
        guard (1...65_535).contains(port) else { throw invalid("port \(port) is outside 1 to 65535") }
        self.host = bareHost
        self.port = port
        self.username = parts.user
        self.password = parts.password
    }

    /// The URL without credentials, safe for logs.
    public var description: String {
        let shownHost = host.contains(":") ? "[\(host)]" : host
        return "\(usesTLS ? "mqtts" : "mqtt")://\(shownHost):\(port)"
    }
}
