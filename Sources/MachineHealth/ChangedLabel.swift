// The one label that no profile lists: the machine changed, and none of its labels says how.

extension LabelID {
    /// The advisory for sound unlike the machine's own normal running that no fault label explains. No profile may use it.
    public static let changed = LabelID("changed")
}

extension Label {
    /// The advisory's label; nothing is compared with it, so it has no prompts.
    public static let changed = Label(
        id: .changed,
        name: LocalizedName(["en": "Changed, no label says how", "zh": "声音变化，现有标签无法解释"]),
        kind: .fault,
        severity: .advisory,
        prompts: []
    )
}
