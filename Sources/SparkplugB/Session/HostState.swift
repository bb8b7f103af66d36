// What a host application says of itself on `spBv1.0/STATE/<host>`.
import Foundation

/// Whether a host application is there, since when.
public struct HostState: Hashable, Sendable, Codable {
    /// Whether it is online.
    public var online: Bool
    /// Milliseconds since 1970, UTC: of its connection, or of its end.
    public var timestamp: UInt64

    /// Makes a state.
    public init(online: Bool, timestamp: UInt64) {
        self.online = online
        self.timestamp = timestamp
    }

    /// Reads the JSON of a STATE message; nil where it is none, such as the bare words of Sparkplug 2.
    public init?(json: Data) {
        guard json.count <= 4_096, let state = try? JSONDecoder().decode(HostState.self, from: json) else { return nil }
        self = state
    }
}
