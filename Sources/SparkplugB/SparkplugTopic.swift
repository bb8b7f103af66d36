// The topic namespace of Sparkplug B: which message is whose.
// Specification 3.0, chapter 4.

/// What a message is.
public enum MessageType: String, Sendable, CaseIterable {
    case nodeBirth = "NBIRTH"
    case nodeDeath = "NDEATH"
    case nodeData = "NDATA"
    case nodeCommand = "NCMD"
    case deviceBirth = "DBIRTH"
    case deviceDeath = "DDEATH"
    case deviceData = "DDATA"
    case deviceCommand = "DCMD"

    /// Whether its topic names a device.
    public var namesDevice: Bool { rawValue.hasPrefix("D") }
}

/// An id that cannot be part of a Sparkplug topic.
public struct SparkplugNameError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What the id was for ("group", "edge node", "device", "host").
    public let role: String
    /// The id as given.
    public let id: String
    /// What is wrong with it.
    public let problem: String

    public var description: String {
        "Sparkplug \(role) id \"\(id)\": \(problem); any other UTF-8 text of up to \(SparkplugTopic.maximumIDBytes) bytes will do"
    }
}

/// A topic of the namespace `spBv1.0`.
public enum SparkplugTopic: Hashable, Sendable {
    case node(MessageType, group: String, node: String)
    case device(MessageType, group: String, node: String, device: String)
    case hostState(host: String)

    /// First level of every topic.
    public static let namespace = "spBv1.0"
    static let maximumIDBytes = 256

    /// Reads a topic; nil where it is none of the namespace.
    public init?(_ text: String) {
        // By bytes: a combining mark behind a slash must not glue two levels together.
        let levels = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { String(Substring($0)) }
        guard levels.first == Self.namespace, !levels.contains("") else { return nil }
        switch levels.count {
        case 3 where levels[1] == "STATE": self = .hostState(host: levels[2])
        case 4, 5:
            guard let type = MessageType(rawValue: levels[2]), type.namesDevice == (levels.count == 5) else {
                return nil
            }
            self =
                levels.count == 4
                ? .node(type, group: levels[1], node: levels[3])
                : .device(type, group: levels[1], node: levels[3], device: levels[4])
        default: return nil
        }
    }

    /// The topic as MQTT takes it.
    public var text: String {
        switch self {
        case .node(let type, let group, let node): "\(Self.namespace)/\(group)/\(type.rawValue)/\(node)"
        case .device(let type, let group, let node, let device):
            "\(Self.namespace)/\(group)/\(type.rawValue)/\(node)/\(device)"
        case .hostState(let host): "\(Self.namespace)/STATE/\(host)"
        }
    }

    /// Refuses an id that would break the namespace.
    public static func check(_ id: String, role: String) throws(SparkplugNameError) {
        func problem(_ text: String) -> SparkplugNameError { SparkplugNameError(role: role, id: id, problem: text) }
        guard !id.isEmpty else { throw problem("it is empty") }
        guard id.utf8.count <= maximumIDBytes else { throw problem("it has \(id.utf8.count) bytes") }
        for character in ["+", "#", "/"] as [Unicode.Scalar] where id.unicodeScalars.contains(character) {
            throw problem("'\(character)' is reserved")
        }
        let isControl = { (scalar: Unicode.Scalar) in scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) }
        guard !id.unicodeScalars.contains(where: isControl) else { throw problem("it holds a control character") }
        guard role != "group" || id != "STATE" else { throw problem("STATE stands for host applications") }
    }
}

/// One edge node's place in the namespace.
public struct EdgeNodeName: Hashable, Sendable {
    /// The group, in Ausculta the site.
    public let group: String
    /// The edge node, in Ausculta the box.
    public let node: String

    /// Checks both ids.
    public init(group: String, node: String) throws(SparkplugNameError) {
        try SparkplugTopic.check(group, role: "group")
        try SparkplugTopic.check(node, role: "edge node")
        self.group = group
        self.node = node
    }

    /// A topic of the node itself.
    public func topic(_ type: MessageType) -> String { SparkplugTopic.node(type, group: group, node: node).text }

    /// A topic of one of its devices.
    public func topic(_ type: MessageType, device: String) -> String {
        SparkplugTopic.device(type, group: group, node: node, device: device).text
    }

    /// Subscription to the commands of every device.
    public var deviceCommandFilter: String { topic(.deviceCommand, device: "+") }
}
