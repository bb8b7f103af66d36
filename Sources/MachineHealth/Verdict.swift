// What one window says: a label, nothing certain, or that too much of it was missing.

/// The judgement of one window of sound.
public enum Verdict: Hashable, Sendable, CustomStringConvertible {
    /// The label on top, with at least the confidence the rule asks of a valid window.
    case label(LabelID)
    /// No label reached the rule's `validAbove`.
    case undetermined
    /// Too much audio was missing, or the window carries no usable scores.
    case incomplete

    /// The label id, "undetermined" or "incomplete", as on the window topic.
    public var description: String {
        switch self {
        case .label(let id): id.rawValue
        case .undetermined: "undetermined"
        case .incomplete: "incomplete"
        }
    }

    /// The label, where there is one.
    public var label: LabelID? {
        guard case .label(let id) = self else { return nil }
        return id
    }

    /// Judges a window by the rule of its top label: below `validAbove` it is undetermined.
    public init(_ observation: Observation, rules: TrendRules) {
        guard observation.quality == .good, let top = observation.top,
            observation.scores.allSatisfy({ (0...1).contains($0.confidence) })
        else {
            self = .incomplete
            return
        }
        self = top.confidence < rules[top.label].validAbove ? .undetermined : .label(top.label)
    }
}
