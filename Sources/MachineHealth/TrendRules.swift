// The rules of one machine: one for all labels, those of labels that differ, and that of change itself.

/// The rules of one machine.
public struct TrendRules: Hashable, Sendable, Codable {
    /// The machine's rule; its `staleAfterSeconds` holds for every label.
    public var machine: TrendRule
    /// Rules of labels that differ from it.
    public var labels: [LabelID: TrendRule]
    /// When sound that no label explains becomes an advisory, and when that is over.
    public var changed: ChangeRule

    /// Makes the rules of a machine.
    public init(
        machine: TrendRule = TrendRule(),
        labels: [LabelID: TrendRule] = [:],
        changed: ChangeRule = ChangeRule()
    ) {
        self.machine = machine
        self.labels = labels
        self.changed = changed
    }

    /// The rule a label is followed by; of the one for `changed`, only counts and stale time mean anything.
    public subscript(label: LabelID) -> TrendRule {
        guard label == .changed else { return labels[label] ?? machine }
        var rule = machine
        rule.consecutive = changed.consecutive
        rule.within = nil
        rule.clearAfter = changed.clearAfter
        return rule
    }
}

/// When windows unlike the machine's own normal sound become the advisory `changed`.
public struct ChangeRule: Hashable, Sendable, Codable {
    /// Consecutive windows outside the normal sound, not explained by one fault, that raise it. At least 1.
    public var consecutive: Int
    /// Consecutive windows within the normal sound that end it. At least 1.
    public var clearAfter: Int

    /// Makes a rule; the defaults are those of the documentation.
    public init(consecutive: Int = 5, clearAfter: Int = 5) {
        self.consecutive = consecutive
        self.clearAfter = clearAfter
    }

    /// Everything that makes this rule impossible for windows taken at a hop; empty when it works.
    public func problems(hopSeconds: Double, windowLengthSeconds: Double) -> [TrendRuleProblem] {
        let lengths: [(TrendRuleProblem.Key, Int)] = [(.consecutive, consecutive), (.clearAfter, clearAfter)]
        return lengths.compactMap { key, windows in
            TrendRule.runProblem(
                key,
                windows: windows,
                hopSeconds: hopSeconds,
                windowLengthSeconds: windowLengthSeconds
            )
        }
    }
}
