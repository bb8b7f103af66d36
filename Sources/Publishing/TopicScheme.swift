// Which topic says what: the names everything outside subscribes to.
import Foundation
import MachineHealth

/// A site, machine or node id that cannot be part of a topic.
public struct TopicNameError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What the id was for ("site", "machine", "node").
    public let role: String
    /// The id as given.
    public let id: String
    /// What is wrong with it.
    public let problem: String

    public var description: String {
        "\(role) id \"\(id)\" cannot be part of a topic: \(problem); use letters, digits, '-', '_' and '.'"
    }
}

/// The topics of one site: `ausculta/<site>/<machine>/…` and `ausculta/<site>/_node/<node>/status`.
public struct TopicScheme: Hashable, Sendable {
    /// First level of every topic.
    public static let root = "ausculta"
    /// The level that stands where a machine would, for the edge boxes themselves.
    public static let nodeLevel = "_node"
    private static let maximumBytes = 128

    /// The site.
    public let site: String

    /// Makes the scheme of a site.
    public init(site: String) throws(TopicNameError) {
        try Self.check(site, role: "site")
        self.site = site
    }

    /// Refuses an id that would break the topic tree.
    public static func check(_ id: String, role: String) throws(TopicNameError) {
        func problem(_ text: String) -> TopicNameError { TopicNameError(role: role, id: id, problem: text) }
        guard !id.isEmpty else { throw problem("it is empty") }
        guard id.utf8.count <= maximumBytes else {
            throw problem("it has \(id.utf8.count) bytes, at most \(maximumBytes) are allowed")
        }
        for (character, meaning) in [("+", "a wildcard"), ("#", "a wildcard"), ("/", "the level separator")]
        where id.contains(character) {
            throw problem("'\(character)' is \(meaning)")
        }
        guard !id.hasPrefix("$") else { throw problem("topics with '$' belong to the broker") }
        let isControl = { (scalar: Unicode.Scalar) in scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) }
        guard !id.unicodeScalars.contains(where: isControl) else { throw problem("it holds a control character") }
        guard role != "machine" || id != nodeLevel else { throw problem("that name stands for the edge boxes") }
    }

    private func topic(_ levels: String...) -> String {
        ([Self.root, site] + levels).joined(separator: "/")
    }

    /// One classified window; not retained.
    public func window(machine: String) -> String { topic(machine, "window") }
    /// A machine's health now; retained.
    public func state(machine: String) -> String { topic(machine, "state") }
    /// One fault tag; retained.
    public func fault(machine: String, label: LabelID) -> String { topic(machine, "fault", label.rawValue) }
    /// Events; not retained.
    public func event(machine: String) -> String { topic(machine, "event") }
    /// Commands in.
    public func command(machine: String) -> String { topic(machine, "cmd") }
    /// Answers to commands that named no response topic.
    public func commandResult(machine: String) -> String { topic(machine, "cmd", "result") }
    /// Sound in, where a machine has no topic of its own in the configuration.
    public func audio(machine: String) -> String { topic(machine, "audio") }
    /// An edge box's own state; retained, and its will.
    public func nodeStatus(node: String) -> String { topic(Self.nodeLevel, node, "status") }
    /// Subscription for the commands of every machine.
    public var commandFilter: String { topic("+", "cmd") }

    /// The machine a command topic belongs to, or nil where it is none of this site's.
    public func machine(ofCommandTopic topic: String) -> String? {
        let levels = topic.split(separator: "/", omittingEmptySubsequences: false)
        guard levels.count == 4, levels[0] == Self.root, levels[1] == site, levels[3] == "cmd", !levels[2].isEmpty
        else { return nil }
        return String(levels[2])
    }
}
