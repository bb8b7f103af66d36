// Which topic names and filters MQTT allows, and which topics a filter matches.
// MQTT 5, section 4.7: https://docs.oasis-open.org/mqtt/mqtt/v5.0/os/mqtt-v5.0-os.html

/// Why a topic name or filter cannot be used.
public struct TopicError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Problem: Sendable, Hashable {
        case empty
        case tooLong(bytes: Int)
        case tooDeep(levels: Int)
        case controlCharacter(codePoint: UInt32)
        case wildcardInTopic(Character)
        case misplacedHash
        case misplacedPlus
        case badSharedSubscription
    }

    public let text: String
    public let problem: Problem

    public init(text: String, problem: Problem) {
        self.text = text
        self.problem = problem
    }

    public var description: String {
        let shown = text.count > 80 ? String(text.prefix(80)) + "…" : text
        return "MQTT topic '\(shown)': \(reason)"
    }

    private var reason: String {
        switch problem {
        case .empty:
            "it is empty; give at least one character"
        case .tooLong(let bytes):
            "it has \(bytes) bytes, at most \(TopicName.maximumBytes) are allowed"
        case .tooDeep(let levels):
            "it has \(levels) levels, at most \(TopicName.maximumLevels) are accepted by mosquitto"
        case .controlCharacter(let codePoint):
            "it holds the control or non-character U+\(String(codePoint, radix: 16, uppercase: true)); remove it"
        case .wildcardInTopic(let wildcard):
            "'\(wildcard)' is a wildcard and only allowed in a subscription"
        case .misplacedHash:
            "'#' must be the last level and stand alone, as in 'plant1/#'"
        case .misplacedPlus:
            "'+' must stand alone in its level, as in 'plant1/+/audio'"
        case .badSharedSubscription:
            "a shared subscription reads '$share/GROUP/FILTER', GROUP without wildcards"
        }
    }
}

/// Rules for the topic of one message.
public enum TopicName {
    public static let maximumBytes = 65_535
    /// libmosquitto refuses deeper hierarchies.
    public static let maximumLevels = 200

    /// Throws where the broker or the library would refuse to publish to this topic.
    public static func validate(_ topic: String) throws(TopicError) {
        try validateText(topic)
        for wildcard in ["+", "#"] as [Character] where topic.utf8.contains(wildcard.asciiValue ?? 0) {
            throw TopicError(text: topic, problem: .wildcardInTopic(wildcard))
        }
    }

    static func validateText(_ topic: String) throws(TopicError) {
        let byteCount = topic.utf8.count
        if byteCount == 0 { throw TopicError(text: topic, problem: .empty) }
        if byteCount > maximumBytes { throw TopicError(text: topic, problem: .tooLong(bytes: byteCount)) }
        var levels = 1
        for scalar in topic.unicodeScalars {
            let code = scalar.value
            if code == 0x2F { levels += 1 }
            let isControl = code < 0x20 || (code >= 0x7F && code <= 0x9F)
            let isNonCharacter = (code >= 0xFDD0 && code <= 0xFDEF) || code & 0xFFFE == 0xFFFE
            if isControl || isNonCharacter {
                throw TopicError(text: topic, problem: .controlCharacter(codePoint: code))
            }
        }
        if levels > maximumLevels { throw TopicError(text: topic, problem: .tooDeep(levels: levels)) }
    }
}

/// A checked subscription filter. `+` stands for one level, `#` for the rest, `$share/group/` shares the load.
public struct TopicFilter: Sendable, Hashable, CustomStringConvertible {
    /// The filter as it goes over the wire.
    public let text: String
    // Bytes, not characters: a combining mark after '/' must not hide the separator.
    private let levels: [[UInt8]]

    private static let slash = UInt8(ascii: "/")
    private static let plus = [UInt8(ascii: "+")]
    private static let hash = [UInt8(ascii: "#")]
    private static let dollar = UInt8(ascii: "$")

    public init(_ text: String) throws(TopicError) {
        try TopicName.validateText(text)
        var levels = text.utf8.split(separator: Self.slash, omittingEmptySubsequences: false).map { Array($0) }
        if levels[0] == Array("$share".utf8) {
            let group = levels.count > 1 ? levels[1] : []
            let hasFilter = levels.count > 3 || (levels.count == 3 && !levels[2].isEmpty)
            if group.isEmpty || group.contains(Self.plus[0]) || group.contains(Self.hash[0]) || !hasFilter {
                throw TopicError(text: text, problem: .badSharedSubscription)
            }
            levels.removeFirst(2)
        }
        for (index, level) in levels.enumerated() {
            if level.contains(Self.hash[0]), level != Self.hash || index != levels.count - 1 {
                throw TopicError(text: text, problem: .misplacedHash)
            }
            if level.contains(Self.plus[0]), level != Self.plus {
                throw TopicError(text: text, problem: .misplacedPlus)
            }
        }
        self.text = text
        self.levels = levels
    }

    public var description: String { text }

    /// True where a message with this topic belongs to the filter.
    ///
    /// A wildcard in the first level does not match topics that begin with `$` (section 4.7.2), and `a/#` also
    /// matches `a` itself.
    public func matches(_ topic: String) -> Bool {
        let startsWithWildcard = levels[0] == Self.plus || levels[0] == Self.hash
        if startsWithWildcard, topic.utf8.first == Self.dollar { return false }
        var position = 0
        for level in topic.utf8.split(separator: Self.slash, omittingEmptySubsequences: false) {
            guard position < levels.count else { return false }
            let expected = levels[position]
            if expected == Self.hash { return true }
            if expected != Self.plus, !expected.elementsEqual(level) { return false }
            position += 1
        }
        return position == levels.count || (position == levels.count - 1 && levels[position] == Self.hash)
    }

    /// The number the broker repeats in every message it sends because of this filter (MQTT 5, section 3.8.2.1.2).
    ///
    /// A hash of the text (FNV-1a), so that it is the same in the next run, which may resume this run's session.
    var subscriptionIdentifier: UInt32 {
        var hash: UInt32 = 2_166_136_261
        for byte in text.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        return hash % 268_435_455 + 1
    }

    /// One-off form for callers that hold plain text; an invalid filter matches nothing.
    public static func matches(filter: String, topic: String) -> Bool {
        (try? TopicFilter(filter))?.matches(topic) ?? false
    }
}
