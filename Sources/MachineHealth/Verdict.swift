// What one window says: a label, nothing certain, that too much of it was missing, or that the microphone is in trouble.

/// The judgement of one window of sound.
public enum Verdict: Hashable, Sendable, CustomStringConvertible {
    /// The label on top, with at least the confidence the rule asks of a valid window.
    case label(LabelID)
    /// No label reached the rule's `validAbove`.
    case undetermined
    /// Too much audio was missing, or the window carries no usable scores.
    case incomplete
    /// The window says something about the microphone and nothing about the machine.
    case microphone(MicrophoneTrouble)

    /// The label id, "undetermined", "incomplete" or such as "microphone_silence", as on the window topic.
    public var description: String {
        switch self {
        case .label(let id): id.rawValue
        case .undetermined: "undetermined"
        case .incomplete: "incomplete"
        case .microphone(let trouble): "microphone_\(trouble.rawValue)"
        }
    }

    /// The label, where there is one.
    public var label: LabelID? {
        guard case .label(let id) = self else { return nil }
        return id
    }

    /// Whether the window says something about the machine, be it that nothing is certain.
    ///
    /// Other windows neither count nor break nor clear.
    public var isAboutMachine: Bool {
        switch self {
        case .label, .undetermined: true
        case .incomplete, .microphone: false
        }
    }

    /// Judges a window by the rule of its top label: below `validAbove` it is undetermined, and so is a window that sounds
    /// normal to the labels but not to the machine's own normal sound.
    init(_ observation: Observation, vocabulary: LabelVocabulary, rules: TrendRules) {
        guard observation.quality == .good else {
            self = .incomplete
            return
        }
        if let trouble = observation.trouble {
            self = .microphone(trouble)
            return
        }
        guard let top = observation.top,
            observation.scores.allSatisfy({ vocabulary.contains($0.label) && (0...1).contains($0.confidence) })
        else {
            self = .incomplete
            return
        }
        let isNovelNormal = vocabulary[top.label]?.kind == .normal && observation.novelty?.isNovel ?? false
        self = top.confidence < rules[top.label].validAbove || isNovelNormal ? .undetermined : .label(top.label)
    }
}
