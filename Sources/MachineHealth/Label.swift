// What a machine can sound like: one label of a vocabulary, with its names, prompts and kind.

/// The stable identifier of a label, as it appears in topics and in the trend log ("bearing-lacking-oil").
public struct LabelID: RawRepresentable, Hashable, Sendable, Codable, Comparable, CustomStringConvertible {
    /// The identifier's text: lower-case letters, digits and hyphens.
    public let rawValue: String

    /// Wraps a text as an identifier; `LabelVocabulary` checks its form.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// Wraps a text as an identifier.
    public init(_ rawValue: String) {
        self.rawValue = rawValue
    }

    public var description: String { rawValue }

    public static func < (left: LabelID, right: LabelID) -> Bool { left.rawValue < right.rawValue }

    public init(from decoder: any Decoder) throws {
        self.init(rawValue: try decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}

/// What a label says about the machine.
public enum LabelKind: String, Sendable, Codable, CaseIterable {
    /// The machine runs as it should.
    case normal
    /// Something is wrong; a run of these raises an alarm.
    case fault
    /// Neither: a catch-all such as "other" that gives the softmax somewhere to go.
    case anchor
}

/// How bad a fault is, in rising order.
public enum Severity: String, Sendable, Codable, CaseIterable, Comparable {
    case advisory
    case warning
    case critical

    public static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .advisory: 0
        case .warning: 1
        case .critical: 2
        }
    }
}

/// A display name per language, keyed by BCP 47 language code ("en", "zh").
public struct LocalizedName: Hashable, Sendable, Codable {
    /// Language code to name.
    public let names: [String: String]

    /// Makes a name from its translations.
    public init(_ names: [String: String]) {
        self.names = names
    }

    /// The name in a language, else English, else any (the first by language code), else nil.
    public func text(in language: String) -> String? {
        names[language] ?? names["en"] ?? names.sorted { $0.key < $1.key }.first?.value
    }

    /// English and Chinese together where they differ ("Bearing lacking oil / 轴承缺油").
    public var bilingual: String {
        var seen: [String] = []
        for language in ["en", "zh"] {
            if let name = names[language], !seen.contains(name) { seen.append(name) }
        }
        return seen.isEmpty ? (text(in: "en") ?? "") : seen.joined(separator: " / ")
    }
}

/// One label: a phrase the model compares a window of sound with.
public struct Label: Hashable, Sendable, Codable {
    /// Stable identifier, used in topics and the trend log.
    public let id: LabelID
    /// Names shown to people.
    public let name: LocalizedName
    /// Normal, fault or anchor.
    public let kind: LabelKind
    /// Severity of the alarm a run of this label raises; meaningful for faults only.
    public let severity: Severity
    /// The phrases given to the text encoder; their embeddings are averaged, then normalised.
    public let prompts: [String]
    /// How common the sound is beside the profile's other labels, any unit: only the ratios count.
    public let prior: Double
    /// How soon its alarm wants an operator; nil for what its severity asks.
    public let priority: AlarmPriority?
    /// What an operator has to do about it, per language; nil where nobody said.
    public let action: LocalizedName?

    /// Makes a label.
    public init(
        id: LabelID,
        name: LocalizedName,
        kind: LabelKind,
        severity: Severity = .warning,
        prompts: [String],
        prior: Double = 1,
        priority: AlarmPriority? = nil,
        action: LocalizedName? = nil
    ) {
        self.id = id
        self.name = name
        self.kind = kind
        self.severity = severity
        self.prompts = prompts
        self.prior = prior
        self.priority = priority
        self.action = action
    }

    /// Labels stored before there were priors, priorities and actions have none.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            id: try container.decode(LabelID.self, forKey: .id),
            name: try container.decode(LocalizedName.self, forKey: .name),
            kind: try container.decode(LabelKind.self, forKey: .kind),
            severity: try container.decode(Severity.self, forKey: .severity),
            prompts: try container.decode([String].self, forKey: .prompts),
            prior: try container.decodeIfPresent(Double.self, forKey: .prior) ?? 1,
            priority: try container.decodeIfPresent(AlarmPriority.self, forKey: .priority),
            action: try container.decodeIfPresent(LocalizedName.self, forKey: .action)
        )
    }
}
