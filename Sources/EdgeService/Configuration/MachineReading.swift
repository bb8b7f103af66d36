// The section `machines` and its `defaults`: each machine complete, overrides merged.
import AudioFeatures
import MachineHealth

struct MachineReading {
    static let maximumMachines = 2_000

    let site: String
    let profiles: [String: ProfileOutcome]
    let rule: RuleLayer
    let window: WindowLayer
    let defaults: ConfigurationSection?
    let problems: ProblemList

    /// A machine with the place of what its topic comes from.
    struct Result {
        let machine: MachineConfiguration
        let topicPlace: ConfigurationPlace
    }

    /// Reads every machine; those with errors are left out after reporting.
    func machines(_ node: ConfigurationNode) -> [Result] {
        guard let nodes = node.list(expected: "a list of machines, each \"- {id: …}\"", maximum: Self.maximumMachines)
        else { return [] }
        checkDefaults()
        if nodes.isEmpty { node.report("lists no machine; add one such as - {id: compressor-1, profile: compressor}") }
        var lines: [String: Int] = [:]
        var results: [Result] = []
        for node in nodes {
            guard
                let section = ConfigurationSection(
                    node,
                    keys: ConfigurationKeys.machine,
                    expected: "a machine such as {id: compressor-1, profile: compressor}"
                )
            else { continue }
            let idNode = section.required("id", "give each machine an id such as compressor-1")
            let id = idNode?.identifier()
            if let idNode, let id {
                if let line = lines[id] {
                    idNode.report("machine \(id) is also on line \(line); give each its own id")
                } else {
                    lines[id] = idNode.place.line
                }
            }
            if let result = machine(section, id: id) { results.append(result) }
        }
        return results
    }

    /// Defaults are checked even where every machine overrides them.
    private func checkDefaults() {
        guard let defaults else { return }
        let format = defaults["format"].flatMap(Self.format)
        _ = defaults["channel"].flatMap { Self.channel($0, format: format) }
        _ = defaults["gain"]?.choice(GainMode.self)
        _ = defaults["capture"]?.boolean()
        _ = defaults["profile"].flatMap(namedProfile)
    }

    private func machine(_ section: ConfigurationSection, id: String?) -> Result? {
        let window = window.overlaid(by: section["window"])
        let machineRule = rule.overlaid(by: RuleLayer(section["rule"]))
        let profile = profile(section)
        let formatNode = section["format"] ?? defaults?["format"]
        let format = formatNode.flatMap { Self.format($0) }
        let channel = (section["channel"] ?? defaults?["channel"]).flatMap { Self.channel($0, format: format) }
        let gain = (section["gain"] ?? defaults?["gain"]).map { $0.choice(GainMode.self) ?? .auto } ?? .auto
        let capture = (section["capture"] ?? defaults?["capture"]).map { $0.boolean() ?? true } ?? true
        let topicNode = section["topic"]
        let topic = topicNode?.text(expected: "a topic filter such as plant1/compressor-1/audio")
        let name = section["name"].flatMap(LabelReading.name)
        let context = section["context"].map(ContextReading.context) ?? ContextConfiguration()
        guard let id else { return nil }

        machineRule.check(subject: "machine \(id)", window: window, problems: problems)
        var rules = TrendRules(
            machine: machineRule.rule(hopSeconds: window.hopSeconds),
            changed: machineRule.changeRule
        )
        if let profile {
            for (label, layer) in labelRules(section, profile: profile, below: machineRule) {
                layer.check(
                    subject: "label \(label) of machine \(id)",
                    window: window,
                    problems: problems
                )
                var own = layer.rule(hopSeconds: window.hopSeconds)
                own.staleAfterSeconds = rules.machine.staleAfterSeconds
                if own != rules.machine { rules.labels[label] = own }
            }
        }
        guard let profile else { return nil }
        return Result(
            machine: MachineConfiguration(
                id: id,
                name: name ?? LocalizedName(["en": id]),
                profile: profile.vocabulary.profile,
                topic: topic ?? "ausculta/\(site)/\(id)/audio",
                format: format,
                channel: channel ?? .average,
                gain: gain,
                capturesSound: capture,
                windowLengthSeconds: window.lengthSeconds,
                hopSeconds: window.hopSeconds,
                rules: rules,
                context: context
            ),
            topicPlace: topicNode?.place ?? section["id"]?.place ?? section.source.place
        )
    }

    private func profile(_ section: ConfigurationSection) -> ProfileReading? {
        let node =
            section["profile"] ?? defaults?["profile"]
            ?? section.required("profile", "name the set of labels it is compared with, or set defaults.profile")
        return node.flatMap(namedProfile)
    }

    private func namedProfile(_ node: ConfigurationNode) -> ProfileReading? {
        guard let name = node.text(expected: "the name of a profile under labels") else { return nil }
        switch profiles[name] {
        case .usable(let profile): return profile
        case .broken: return nil
        case nil:
            let names = profiles.keys.sorted()
            let hint = NearestName.suggestion(for: name, among: names).map { "did you mean \($0)?" }
            let known = names.isEmpty ? "there are none" : "there are \(names.joined(separator: ", "))"
            node.report("no profile \(node.found) under labels; \(hint ?? known)")
            return nil
        }
    }

    /// The rule layers of labels that have one: general, machine, the profile's label, the machine's label.
    private func labelRules(
        _ section: ConfigurationSection,
        profile: ProfileReading,
        below machineRule: RuleLayer
    ) -> [(label: LabelID, layer: RuleLayer)] {
        var layers = profile.rules.mapValues { machineRule.overlaid(by: $0) }
        let expected = "overrides by label id such as {valve-plate-broken: {rule: {consecutive: 1}}}"
        if let node = section["labels"], let overrides = ConfigurationSection(node, expected: expected) {
            for key in overrides.keys {
                guard let text = key.text(expected: "a label id"), let value = overrides[text] else { continue }
                guard LabelID(text) != .changed else {
                    key.report(
                        "\"changed\" is the service's own advisory, followed by the machine as a whole; set "
                            + "rule.changed of the machine, such as rule: {changed: {consecutive: 5}}"
                    )
                    continue
                }
                guard let label = profile.vocabulary[LabelID(text)], label.kind == .fault else {
                    let faults = profile.vocabulary.faults.map(\.id.rawValue)
                    let hint = NearestName.suggestion(for: text, among: faults).map { "did you mean \($0)?" }
                    let known = "its faults are \(faults.joined(separator: ", "))"
                    key.report("profile \(profile.vocabulary.profile) has no fault \(key.found); \(hint ?? known)")
                    continue
                }
                guard
                    let inner = ConfigurationSection(
                        value,
                        keys: ConfigurationKeys.machineLabel,
                        expected: "overrides such as {rule: {consecutive: 1}}"
                    )
                else { continue }
                let below = layers[label.id] ?? machineRule
                layers[label.id] = below.overlaid(by: RuleLayer(inner["rule"], perLabel: true))
            }
        }
        return profile.vocabulary.faults.compactMap { fault in layers[fault.id].map { (fault.id, $0) } }
    }

    private static func format(_ node: ConfigurationNode) -> PCMFormat? {
        guard
            let section = ConfigurationSection(
                node,
                keys: ConfigurationKeys.format,
                expected: "a layout such as {encoding: s16le, rate: 16000, channels: 1}"
            )
        else { return nil }
        let limits = AudioLimits.chunk
        let encoding = section.required("encoding", "say how samples are stored, such as s16le")?
            .choice(PCMFormat.Encoding.self)
        let rate = section.required("rate", "say how many samples a second arrive, such as 16000")?
            .integer(limits.sampleRatesHz, "samples a second")
        let channelsNode = section["channels"]
        let channels = channelsNode.map { $0.integer(limits.channelCounts, "channels") } ?? 1
        guard let encoding, let rate, let channels else { return nil }
        return PCMFormat(encoding: encoding, sampleRateHz: rate, channelCount: channels)
    }

    private static func channel(_ node: ConfigurationNode, format: PCMFormat?) -> ChannelSelection? {
        let expected = "average, or the number of one channel counted from 1"
        guard let text = node.text(expected: expected) else { return nil }
        if text == "average" { return .average }
        guard let number = Int(text), AudioLimits.chunk.channelCounts.contains(number) else {
            node.report("found \(node.found), expected \(expected)")
            return nil
        }
        if let format, number > format.channelCount {
            node.report("channel \(number) is chosen, but the format has \(format.channelCount); channels count from 1")
            return nil
        }
        return .channel(number)
    }
}
