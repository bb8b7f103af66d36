// Rules in layers: the general one, a machine's, a label's, a machine's label's; merged key by key, each key remembering
// where it was written so that a contradiction is shown where it can be mended.
import MachineHealth

/// The keys of one `rule` section, as far as they were written.
struct RuleLayer {
    struct Value {
        let number: Double
        let place: ConfigurationPlace
    }

    var values: [TrendRuleProblem.Key: Value] = [:]
    /// The keys of its section `changed`.
    var changed: [TrendRuleProblem.Key: Value] = [:]
    var noveltyGuard: Bool?
    var alarm = AlarmRuleLayer()

    init() {}

    /// Reads a rule section.
    ///
    /// - Parameter perLabel: whether it belongs to one label; the stale time is the machine's alone.
    init(_ node: ConfigurationNode?, perLabel: Bool = false) {
        guard let node,
            let section = ConfigurationSection(
                node,
                keys: ConfigurationKeys.rule,
                expected: "a rule such as {confidence: 0.75, consecutive: 3}"
            )
        else { return }
        for key in [TrendRuleProblem.Key.validAbove, .confidence, .clearBelow] {
            set(key, section[key.rawValue]) { $0.share() }
        }
        for key in [TrendRuleProblem.Key.consecutive, .within, .clearAfter] {
            set(key, section[key.rawValue], Self.windows)
        }
        noveltyGuard = section["novelty_guard"]?.boolean()
        alarm = AlarmRuleLayer(section)
        guard !perLabel else {
            for key in ["stale_after", "changed"] {
                section[key]?.report(
                    "is the same for all labels of a machine; set it in the machine's rule or the general one"
                )
            }
            return
        }
        set(.staleAfter, section["stale_after"]) { $0.seconds(1...31_536_000, "1s to 365d") }
        guard let node = section["changed"],
            let inner = ConfigurationSection(
                node,
                keys: ConfigurationKeys.changed,
                expected: "a section such as {consecutive: 5, clear_after: 5}"
            )
        else { return }
        for key in [TrendRuleProblem.Key.consecutive, .clearAfter] {
            changed[key] = Self.value(inner[key.rawValue], Self.windows)
        }
    }

    private static func windows(_ node: ConfigurationNode) -> Double? {
        node.integer(1...TrendRule.longestRun, "windows").map(Double.init)
    }

    private static func value(_ node: ConfigurationNode?, _ read: (ConfigurationNode) -> Double?) -> Value? {
        guard let node, let number = read(node) else { return nil }
        return Value(number: number, place: node.place)
    }

    private mutating func set(
        _ key: TrendRuleProblem.Key,
        _ node: ConfigurationNode?,
        _ read: (ConfigurationNode) -> Double?
    ) {
        if let value = Self.value(node, read) { values[key] = value }
    }

    /// This layer with another on top of it.
    func overlaid(by other: RuleLayer) -> RuleLayer {
        var result = self
        result.values.merge(other.values) { _, upper in upper }
        result.changed.merge(other.changed) { _, upper in upper }
        result.noveltyGuard = other.noveltyGuard ?? noveltyGuard
        result.alarm = alarm.overlaid(by: other.alarm)
        return result
    }

    /// The rule these layers make; what nobody set has its default.
    ///
    /// The stale time's default follows the hop: three hops, at least a minute.
    func rule(hopSeconds: Double) -> TrendRule {
        applied(to: TrendRule(staleAfterSeconds: max(60, 3 * hopSeconds)))
    }

    /// A rule with what this layer says on top of it.
    func applied(to base: TrendRule) -> TrendRule {
        var rule = base
        if let value = values[.validAbove] { rule.validAbove = value.number }
        if let value = values[.confidence] { rule.confidence = value.number }
        if let value = values[.clearBelow] { rule.clearBelow = value.number }
        if let value = values[.consecutive] { rule.consecutive = Int(value.number) }
        if let value = values[.clearAfter] { rule.clearAfter = Int(value.number) }
        if let value = values[.staleAfter] { rule.staleAfterSeconds = value.number }
        if let value = values[.within] { rule.within = Int(value.number) }
        if let noveltyGuard { rule.noveltyGuard = noveltyGuard }
        rule.alarm = alarm.applied(to: rule.alarm)
        return rule
    }

    /// The rule of `changed` these layers make.
    var changeRule: ChangeRule {
        var rule = ChangeRule()
        if let value = changed[.consecutive] { rule.consecutive = Int(value.number) }
        if let value = changed[.clearAfter] { rule.clearAfter = Int(value.number) }
        return rule
    }

    /// Reports a rule that cannot work, at the key that was written; at a key it contradicts where it is a default.
    ///
    /// - Parameters:
    ///   - subject: whose rule it is, for messages.
    ///   - window: the windows it is applied to.
    func check(subject: String, window: WindowLayer, problems: ProblemList) {
        let rule = rule(hopSeconds: window.hopSeconds)
        for problem in rule.problems(hopSeconds: window.hopSeconds, windowLengthSeconds: window.lengthSeconds) {
            let own = values[problem.key]?.place
            let related: [TrendRuleProblem.Key] = [.confidence, .validAbove, .clearBelow]
            let place =
                own ?? (problem.key == .staleAfter ? window.hopPlace : nil)
                ?? related.compactMap { values[$0]?.place }.first ?? window.hopPlace
                ?? ConfigurationPlace(line: 1, column: 1, path: "rule")
            let text = own == nil ? "\(problem.key.rawValue) (default): \(problem.reason)" : problem.reason
            problems.addOnce(place, text, subject: subject)
        }
        for problem in changeRule.problems(hopSeconds: window.hopSeconds, windowLengthSeconds: window.lengthSeconds) {
            let own = changed[problem.key]?.place
            let place = own ?? window.hopPlace ?? ConfigurationPlace(line: 1, column: 1, path: "rule")
            let text = own == nil ? "changed.\(problem.key.rawValue) (default): \(problem.reason)" : problem.reason
            problems.addOnce(place, text, subject: subject)
        }
    }
}

/// Window length and hop with the place of the hop.
struct WindowLayer {
    var lengthSeconds = 10.0
    var hopSeconds = 5.0
    var hopPlace: ConfigurationPlace?

    /// Reads a window section over what holds without it.
    func overlaid(by node: ConfigurationNode?) -> WindowLayer {
        guard let node,
            let section = ConfigurationSection(
                node,
                keys: ConfigurationKeys.window,
                expected: "a section such as {length: 10s, hop: 5s}"
            )
        else { return self }
        var result = self
        if let length = section["length"]?.seconds(1...30, "1s to 30s") { result.lengthSeconds = length }
        if let node = section["hop"], let hop = node.seconds(2...3_600, "2s to 1h") {
            result.hopSeconds = hop
            result.hopPlace = node.place
        }
        return result
    }
}
