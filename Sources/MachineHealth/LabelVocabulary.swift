// The set of labels one kind of machine is compared with, checked before anything relies on it.

/// The labels of one profile ("compressor"), in the order their scores appear.
public struct LabelVocabulary: Hashable, Sendable, Codable {
    /// The profile machines refer to it by.
    public let profile: String
    /// The labels, at least two, ids unique.
    public let labels: [Label]

    /// Checks and keeps a set of labels.
    ///
    /// - Throws: `LabelVocabularyError` with every problem, not only the first.
    public init(profile: String, labels: [Label]) throws(LabelVocabularyError) {
        let problems = Self.problems(profile: profile, labels: labels)
        guard problems.isEmpty else { throw LabelVocabularyError(profile: profile, problems: problems) }
        self.profile = profile
        self.labels = labels
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try self.init(
            profile: container.decode(String.self, forKey: .profile),
            labels: container.decode([Label].self, forKey: .labels)
        )
    }

    /// The label with an id, or nil; `changed`, which no profile lists, is known to every vocabulary.
    public subscript(id: LabelID) -> Label? { labels.first { $0.id == id } ?? (id == .changed ? .changed : nil) }

    /// Whether a sound can be compared with a label.
    func contains(_ id: LabelID) -> Bool { labels.contains { $0.id == id } }

    /// The labels a run of which raises an alarm, in vocabulary order.
    public var faults: [Label] { labels.filter { $0.kind == .fault } }

    /// The name shown for a label in a language; its id where it has no name.
    public func name(of id: LabelID, in language: String = "en") -> String {
        self[id]?.name.text(in: language) ?? id.rawValue
    }

    /// Whether a text can be an id: lower-case letters, digits and hyphens, at most 64 of them.
    public static func isValidID(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 64
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
            }
    }

    /// Everything wrong with a set of labels; empty when it is usable.
    public static func problems(profile: String, labels: [Label]) -> [LabelVocabularyProblem] {
        var problems: [LabelVocabularyProblem] = []
        if profile.isEmpty { problems.append(.emptyProfile) }
        if labels.count < 2 { problems.append(.tooFewLabels(found: labels.count)) }
        if !labels.isEmpty, !labels.contains(where: { $0.kind != .fault }) { problems.append(.onlyFaults) }
        var seen: Set<LabelID> = []
        for (index, label) in labels.enumerated() {
            if !isValidID(label.id.rawValue) { problems.append(.invalidID(label.id, index: index)) }
            if label.id == .changed { problems.append(.reservedID(label.id, index: index)) }
            if !seen.insert(label.id).inserted { problems.append(.duplicateID(label.id, index: index)) }
            if label.prompts.isEmpty { problems.append(.noPrompts(label.id, index: index)) }
            if label.prompts.contains(where: { !$0.contains { !$0.isWhitespace } }) {
                problems.append(.blankPrompt(label.id, index: index))
            }
        }
        return problems
    }
}

/// One thing wrong with a vocabulary; `index` counts labels from 0.
public enum LabelVocabularyProblem: Hashable, Sendable, CustomStringConvertible {
    case emptyProfile
    case tooFewLabels(found: Int)
    case onlyFaults
    case invalidID(LabelID, index: Int)
    case duplicateID(LabelID, index: Int)
    case reservedID(LabelID, index: Int)
    case noPrompts(LabelID, index: Int)
    case blankPrompt(LabelID, index: Int)

    /// Which label it is about, where it is about one.
    public var labelIndex: Int? {
        switch self {
        case .emptyProfile, .tooFewLabels, .onlyFaults: nil
        case .invalidID(_, let index), .duplicateID(_, let index), .reservedID(_, let index),
            .noPrompts(_, let index), .blankPrompt(_, let index):
            index
        }
    }

    public var description: String {
        switch self {
        case .emptyProfile:
            "the profile has no name; give it one such as \"compressor\""
        case .tooFewLabels(let found):
            "\(found) label\(found == 1 ? "" : "s") found, at least 2 needed: with one label every sound is that label; "
                + "add a normal or an anchor label beside it"
        case .onlyFaults:
            "every label is a fault, so every sound would be one; add a label of kind normal or anchor"
        case .invalidID(let id, let index):
            "label \(index + 1) has the id \"\(id)\"; ids become topic levels: use lower-case letters, digits and "
                + "hyphens, at most 64, such as \"bearing-lacking-oil\""
        case .duplicateID(let id, let index):
            "label \(index + 1) repeats the id \"\(id)\"; give each label its own"
        case .reservedID(let id, let index):
            "label \(index + 1) has the id \"\(id)\", which is the service's own advisory for sound that no label explains; "
                + "give it another, such as \"\(id)-sound\""
        case .noPrompts(let id, _):
            "label \"\(id)\" has no prompts, so there is nothing to compare a sound with; write at least one phrase "
                + "that describes the sound"
        case .blankPrompt(let id, _):
            "label \"\(id)\" has a blank prompt; write a phrase that describes the sound or remove it"
        }
    }
}

/// A vocabulary that cannot be used, with every reason.
public struct LabelVocabularyError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The profile.
    public let profile: String
    /// Every problem found.
    public let problems: [LabelVocabularyProblem]

    public var description: String {
        "labels of profile \"\(profile)\": " + problems.map(\.description).joined(separator: "; ")
    }
}
