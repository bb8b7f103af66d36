// The label sets: profiles of labels with names, kinds, prompts and rules of their own.
import MachineHealth

/// One profile as read: its labels and the rules some of them bring along.
struct ProfileReading {
    let vocabulary: LabelVocabulary
    let rules: [LabelID: RuleLayer]
}

/// A profile that could not be used; machines that refer to it are not told a second time.
enum ProfileOutcome {
    case usable(ProfileReading)
    case broken
}

struct LabelReading {
    static let maximumLabels = 256
    static let maximumPrompts = 64
    static let maximumPromptCharacters = 400

    /// Reads the section `labels`.
    static func profiles(_ node: ConfigurationNode) -> [String: ProfileOutcome] {
        let expected = "profiles, each a list of labels, such as compressor: [{id: normal, …}, …]"
        guard let section = ConfigurationSection(node, expected: expected) else { return [:] }
        if section.keys.isEmpty { node.report("holds no profile, expected \(expected)") }
        var profiles: [String: ProfileOutcome] = [:]
        for key in section.keys {
            guard let name = key.identifier(), let value = section[name] else { continue }
            profiles[name] = profile(name, value).map(ProfileOutcome.usable) ?? .broken
        }
        return profiles
    }

    private static func profile(_ name: String, _ node: ConfigurationNode) -> ProfileReading? {
        guard let nodes = node.list(expected: "a list of labels, each \"- {id: …}\"", maximum: maximumLabels)
        else { return nil }
        let before = node.problems.problems.count
        var labels: [Label] = []
        var sources: [ConfigurationSection] = []
        var rules: [LabelID: RuleLayer] = [:]
        for labelNode in nodes {
            guard
                let section = ConfigurationSection(
                    labelNode,
                    keys: ConfigurationKeys.label,
                    expected: "a label such as {id: normal, name: Normal running, kind: normal, prompts: [\"…\"]}"
                )
            else { continue }
            let label = label(section)
            labels.append(label)
            sources.append(section)
            guard let ruleNode = section["rule"] else { continue }
            if label.kind == .fault {
                rules[label.id] = RuleLayer(ruleNode, perLabel: true)
            } else {
                ruleNode.report("only faults raise alarms, and this label is of kind \(label.kind.rawValue); remove it")
            }
        }
        // Where an entry was no label at all, "too few" and "only faults" would blame the wrong thing.
        for problem in LabelVocabulary.problems(profile: name, labels: labels)
        where problem.labelIndex != nil || labels.count == nodes.count {
            report(problem, labels: labels, sources: sources, list: node)
        }
        guard node.problems.problems.count == before,
            let vocabulary = try? LabelVocabulary(profile: name, labels: labels)
        else { return nil }
        return ProfileReading(vocabulary: vocabulary, rules: rules)
    }

    private static func label(_ section: ConfigurationSection) -> Label {
        let id = section.required("id", "give each label an id such as bearing-lacking-oil")?
            .text(expected: "an id such as bearing-lacking-oil")
        let kindNode = section.required("kind", "say whether it is normal, fault or anchor (a catch-all such as other)")
        let kind = kindNode?.choice(LabelKind.self)
        let severity = section["severity"]
        if let severity, let kind, kind != .fault {
            severity.report("only faults have a severity, and this label is of kind \(kind.rawValue); remove it")
        }
        for key in ["priority", "action"] {
            guard let node = section[key], let kind, kind != .fault else { continue }
            node.report("only faults raise alarms, and this label is of kind \(kind.rawValue); remove it")
        }
        return Label(
            id: LabelID(id ?? ""),
            name: section.required("name", "give it a name such as {en: Bearing lacking oil, zh: 轴承缺油}")
                .flatMap(name) ?? LocalizedName([:]),
            kind: kind ?? .fault,
            severity: severity?.choice(Severity.self) ?? .warning,
            prompts: section["prompts"].map(prompts) ?? [],
            prior: section["prior"].flatMap(prior) ?? 1,
            priority: section["priority"]?.choice(AlarmPriority.self),
            action: section["action"].flatMap(name)
        )
    }

    /// Beyond these a label would win or lose whatever is heard.
    private static let priors = 0.001...1_000.0

    private static func prior(_ node: ConfigurationNode) -> Double? {
        let expected = "how common the sound is beside the other labels (1 unless given), 0.001 to 1000"
        guard let text = node.text(expected: expected) else { return nil }
        guard let prior = Double(text), priors.contains(prior) else {
            node.report("found \(node.found), expected \(expected)")
            return nil
        }
        return prior
    }

    /// Reads a name: one text, taken as English, or one per language.
    static func name(_ node: ConfigurationNode) -> LocalizedName? {
        let expected = "a name, or one per language such as {en: Other, zh: 其他}"
        guard case .mapping = node.node else {
            return node.text(expected: expected).map { LocalizedName(["en": $0]) }
        }
        guard let section = ConfigurationSection(node, expected: expected) else { return nil }
        var names: [String: String] = [:]
        for key in section.keys {
            guard let language = key.text(expected: "a language code such as en or zh") else { continue }
            let isCode =
                (2...11).contains(language.count) && language.allSatisfy { $0.isASCII && ($0.isLetter || $0 == "-") }
            if !isCode { key.report("found \(key.found), expected a language code such as en or zh") }
            if let name = section[language]?.text(expected: "a name") { names[language] = name }
        }
        if section.keys.isEmpty { node.report("found an empty section, expected \(expected)") }
        return LocalizedName(names)
    }

    private static func prompts(_ node: ConfigurationNode) -> [String] {
        let expected = "a list of phrases such as [\"the sound of an air compressor running normally\"]"
        guard let nodes = node.list(expected: expected, maximum: maximumPrompts) else { return ["-"] }
        return nodes.map { node in
            guard let text = node.text(expected: "a phrase that describes the sound") else { return "-" }
            if text.count > maximumPromptCharacters {
                node.report(
                    "a phrase of \(text.count) characters; the model reads short ones, "
                        + "at most \(maximumPromptCharacters)"
                )
            }
            return text
        }
    }

    private static func report(
        _ problem: LabelVocabularyProblem,
        labels: [Label],
        sources: [ConfigurationSection],
        list: ConfigurationNode
    ) {
        guard let index = problem.labelIndex else { return list.report(problem.description) }
        let source = sources[index]
        // A missing id was reported as missing.
        if labels[index].id.rawValue.isEmpty {
            guard case .noPrompts = problem else { return }
        }
        let key =
            switch problem {
            case .noPrompts, .blankPrompt: "prompts"
            default: "id"
            }
        let place =
            source[key]?.place
            ?? ConfigurationPlace(
                line: source.source.place.line,
                column: source.source.place.column,
                path: source.source.place.child(key)
            )
        source.source.problems.add(place, problem.description)
    }
}
