// `ausculta/<site>/_node/<node>/status`: whether an edge box is there; also its will.
import Foundation

/// The JSON of a node status topic.
public struct NodeStatusPayload: Hashable, Sendable, Codable {
    /// Whether the service runs and is connected.
    public enum Status: String, Sendable, Codable {
        case online
        case offline
    }

    public var status: Status
    public var node: String
    public var site: String
    public var version: String
    /// Since when; null in a will, which is written before its time is known.
    public var since: Date?

    /// Makes a status.
    public init(status: Status, node: String, site: String, version: String, since: Date?) {
        self.status = status
        self.node = node
        self.site = site
        self.version = version
        self.since = since
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(status, forKey: .status)
        try container.encode(node, forKey: .node)
        try container.encode(site, forKey: .site)
        try container.encode(version, forKey: .version)
        try container.encode(since, forKey: .since)
    }
}
