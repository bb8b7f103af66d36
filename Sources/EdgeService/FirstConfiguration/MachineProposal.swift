// From topics that carry audio to machines one could configure.
import AudioFeatures
import Foundation
import Publishing

/// A machine that somebody may want in the configuration.
public struct MachineProposal: Hashable, Sendable {
    /// Its id, unique among the proposals.
    public var id: String
    /// The topic it sends on; nil for the usual one of its site and id.
    public var topic: String?
    /// The layout that the sender announced for samples without a header.
    var format: PCMFormat?
    /// What was heard, for people.
    public var heard: String

    /// A machine of which nothing was heard.
    public init(id: String) {
        self.init(id: id, topic: nil, format: nil, heard: "nothing was heard of it yet")
    }

    init(id: String, topic: String?, format: PCMFormat?, heard: String) {
        self.id = id
        self.topic = topic
        self.format = format
        self.heard = heard
    }
}

/// Reads machines out of topics.
enum MachineProposals {
    /// Where no topic names a site.
    static let usualSite = "plant1"
    /// Last levels that say what is sent rather than who sends it.
    private static let kindsOfData: Set<String> = [
        "audio", "sound", "raw", "pcm", "stream", "mic", "microphone", "wav",
    ]

    /// The site that most audio topics of the usual form belong to; nil where there is none.
    static func site(of heard: [HeardTopic]) -> String? {
        var counts: [String: Int] = [:]
        for topic in heard { if let parts = usual(topic.topic) { counts[parts.site, default: 0] += 1 } }
        return counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    }

    /// One machine per topic with audio, and per audio topic of the usual form whose chunks nobody can read yet.
    static func machines(from heard: [HeardTopic], site: String) -> [MachineProposal] {
        var taken: Set<String> = []
        var proposals: [MachineProposal] = []
        for topic in heard.sorted(by: { $0.topic < $1.topic }) {
            let parts = usual(topic.topic)
            guard topic.recognised > 0 || parts != nil else { continue }
            // Another site's machines are another box's work.
            if let parts, parts.site != site { continue }
            let id = unique(identifier(parts?.machine ?? name(in: topic.topic)), among: &taken)
            let isUsual = parts.map { $0.machine == id } ?? false
            proposals.append(
                MachineProposal(
                    id: id,
                    topic: isUsual ? nil : topic.topic,
                    format: topic.rawFormat,
                    heard: topic.recognised > 0
                        ? "heard: \(topic.format ?? "audio")"
                        : "heard, but not readable: give it a format such as {encoding: s16le, rate: 16000, channels: 1}"
                )
            )
        }
        return proposals
    }

    /// Site and machine of `ausculta/<site>/<machine>/audio`.
    private static func usual(_ topic: String) -> (site: String, machine: String)? {
        let levels = topic.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard levels.count == 4, levels[0] == TopicScheme.root, levels[3] == "audio", isIdentifier(levels[1]),
            isIdentifier(levels[2])
        else { return nil }
        return (levels[1], levels[2])
    }

    /// The level that names the machine in a topic of any form.
    private static func name(in topic: String) -> String {
        let levels = topic.split(separator: "/").map(String.init)
        return levels.last { !kindsOfData.contains($0.lowercased()) } ?? levels.last ?? "machine"
    }

    static func isIdentifier(_ text: String) -> Bool { !text.isEmpty && identifier(text) == text }

    /// The text as an id: a topic level of at most 60 letters, digits, '-', '_' and '.'.
    private static func identifier(_ text: String) -> String {
        let allowed = text.map { character -> Character in
            let isPlain = character.isASCII && (character.isLetter || character.isNumber || "-_.".contains(character))
            return isPlain ? character : "-"
        }
        let trimmed = allowed.drop { !($0.isLetter || $0.isNumber) }.prefix(60)
        return trimmed.isEmpty ? "machine" : String(trimmed)
    }

    private static func unique(_ id: String, among taken: inout Set<String>) -> String {
        var name = id
        var number = 2
        while !taken.insert(name).inserted {
            name = "\(id)-\(number)"
            number += 1
        }
        return name
    }
}
