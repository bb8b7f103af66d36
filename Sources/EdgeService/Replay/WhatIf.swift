// A change to try before it is saved: other rules, other labels, or a whole new configuration.
import Dashboard
import Foundation
import MachineHealth
import Yams

/// What to change in a replay; nothing at all replays the present configuration.
public struct WhatIf: Sendable {
    /// Another configuration; machines are found in it by their id.
    public var configuration: ServiceConfiguration?
    /// The labels to try.
    public var labels: ReplayQuestion.Labels?
    /// Keys of a rule for every label: "confidence=0.8,consecutive=4", or YAML or JSON.
    public var rule: String?

    public init(
        configuration: ServiceConfiguration? = nil,
        labels: ReplayQuestion.Labels? = nil,
        rule: String? = nil
    ) {
        self.configuration = configuration
        self.labels = labels
        self.rule = rule
    }

    /// Whether there is anything to compare with.
    public var isEmpty: Bool { configuration == nil && labels == nil && rule == nil }

    /// A machine's labels and rules with the change.
    ///
    /// - Returns: nil where the new configuration has no such machine.
    /// - Throws: `ReplayRefusal.badChange` with everything that is wrong.
    func applied(
        to machine: MachineConfiguration,
        vocabulary: LabelVocabulary
    ) throws(ReplayRefusal) -> (vocabulary: LabelVocabulary, rules: TrendRules)? {
        var result = (vocabulary: vocabulary, rules: machine.rules)
        if let configuration {
            guard let new = configuration.machine(machine.id), let labels = configuration.vocabulary(of: new) else {
                return nil
            }
            result = (labels, new.rules)
        }
        if let labels {
            result.vocabulary = try LabelChange.vocabulary(labels, replacing: result.vocabulary)
            let faults = Set(result.vocabulary.faults.map(\.id))
            result.rules.labels = result.rules.labels.filter { faults.contains($0.key) }
        }
        if let rule { result.rules = try RuleChange.rules(rule, over: result.rules, machine: machine) }
        return result
    }
}

/// Keys of a rule on top of a machine's rules.
enum RuleChange {
    static func rules(
        _ text: String,
        over rules: TrendRules,
        machine: MachineConfiguration
    ) throws(ReplayRefusal) -> TrendRules {
        let problems = ProblemList(file: "rule")
        let layer = RuleLayer(ChangeText.node(yaml(text), problems: problems))
        try ChangeText.refuse(problems)
        guard !layer.values.isEmpty else {
            throw .badChange("rule: names no key; write a rule such as confidence=0.8,consecutive=4")
        }
        var changed = rules
        changed.machine = layer.applied(to: rules.machine)
        changed.labels = rules.labels.mapValues { layer.applied(to: $0) }
        let wrong = ([changed.machine] + changed.labels.values).flatMap {
            $0.problems(hopSeconds: machine.hopSeconds, windowLengthSeconds: machine.windowLengthSeconds)
        }
        guard wrong.isEmpty else {
            throw .badChange("rule: \(Set(wrong.map(\.description)).sorted().joined(separator: "; "))")
        }
        return changed
    }

    /// "confidence=0.8,consecutive=4" as YAML; what is YAML or JSON already stays.
    private static func yaml(_ text: String) -> String {
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        if trimmed.hasPrefix("{") || trimmed.contains("\n") { return trimmed }
        return "{\(trimmed.replacingOccurrences(of: "=", with: ": "))}"
    }
}

/// Another set of labels for a machine.
enum LabelChange {
    /// - Throws: `ReplayRefusal.badChange` with everything that is wrong.
    static func vocabulary(
        _ labels: ReplayQuestion.Labels,
        replacing present: LabelVocabulary
    ) throws(ReplayRefusal) -> LabelVocabulary {
        switch labels {
        case .phrases(let phrases): try vocabulary(phrases: phrases, replacing: present)
        case .described(let text): try vocabulary(text: text, replacing: present)
        }
    }

    /// Phrases that name a label the machine has, by id, name or prompt, stand for it; others are new labels: anchors and
    /// normal ones by their words, faults otherwise.
    private static func vocabulary(
        phrases: [String],
        replacing present: LabelVocabulary
    ) throws(ReplayRefusal) -> LabelVocabulary {
        let labels = phrases.map { phrase in
            let key = phrase.trimmingCharacters(in: .whitespacesAndNewlines)
            let known = present.labels.first { label in
                ([label.id.rawValue] + label.name.names.values + label.prompts).contains {
                    $0.caseInsensitiveCompare(key) == .orderedSame
                }
            }
            return known ?? label(key)
        }
        do {
            return try LabelVocabulary(profile: present.profile, labels: labels)
        } catch {
            throw .badChange(error.description)
        }
    }

    private static func label(_ phrase: String) -> Label {
        let isNormal = phrase.lowercased().contains("normal") && !phrase.lowercased().contains("abnormal")
        let isChineseNormal = phrase.contains("正常") && !phrase.contains("不正常")
        let kind: LabelKind =
            LabelAdvice.isAnchor(phrase) ? .anchor : isNormal || isChineseNormal ? .normal : .fault
        return Label(id: identifier(phrase), name: LocalizedName(["en": phrase]), kind: kind, prompts: [phrase])
    }

    /// An id from a phrase: its Latin letters and digits, else the code points of what it has.
    private static func identifier(_ phrase: String) -> LabelID {
        let words = phrase.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
        let text =
            words.isEmpty
            ? phrase.unicodeScalars.map { "u" + String($0.value, radix: 16) }.joined(separator: "-")
            : words.joined(separator: "-")
        return LabelID(String(text.prefix(64)))
    }

    /// A list of labels, or profiles of labels, as the configuration writes them.
    private static func vocabulary(
        text: String,
        replacing present: LabelVocabulary
    ) throws(ReplayRefusal) -> LabelVocabulary {
        let problems = ProblemList(file: "labels")
        guard let node = ChangeText.node(text, problems: problems) else { throw ChangeText.refusal(problems) }
        let profiles = LabelReading.profiles(named(node, profile: present.profile))
        try ChangeText.refuse(problems)
        guard let outcome = profiles[present.profile], case .usable(let profile) = outcome else {
            throw .badChange(
                "labels: there are none for profile \"\(present.profile)\"; found "
                    + "\(profiles.keys.sorted().joined(separator: ", "))"
            )
        }
        return profile.vocabulary
    }

    /// The profiles of a text: a bare list is that of `profile`; the section `labels` of a whole configuration will do.
    private static func named(_ node: ConfigurationNode, profile: String) -> ConfigurationNode {
        switch node.node {
        case .sequence:
            return node.child(.mapping(Node.Mapping([(Node(profile), node.node)])), path: "")
        case .mapping(let mapping):
            let section = mapping.first { key, _ in
                if case .scalar(let name) = key { name.string == "labels" } else { false }
            }
            return section.map { node.child($0.value, path: "labels") } ?? node
        default:
            return node
        }
    }
}

/// A short text in the configuration's language.
private enum ChangeText {
    static func node(_ text: String, problems: ProblemList) -> ConfigurationNode? {
        ConfigurationText.root(of: Data(text.utf8), problems: problems).map {
            ConfigurationNode($0, path: "", problems: problems, folder: URL(fileURLWithPath: "/"))
        }
    }

    static func refuse(_ problems: ProblemList) throws(ReplayRefusal) {
        if !problems.problems.isEmpty { throw refusal(problems) }
    }

    static func refusal(_ problems: ProblemList) -> ReplayRefusal {
        .badChange(problems.sorted.map(\.description).joined(separator: "\n"))
    }
}
