// How far a machine is from the advisory `changed`, and why it is no further.
import Foundation
import MachineHealth

extension RunProgress {
    /// Nil for a machine whose normal sound is not enrolled: nothing is followed there.
    init?(changeOf machine: LiveMachine, windows: [RunWindow]) {
        guard let record = machine.records.first(where: { $0.label == .changed }) else { return nil }
        let standing = Set(machine.records.filter(\.state.isActive).map(\.label))
        let rule = machine.description.rules[.changed]
        let run = machine.runs.first { $0.label == .changed }?.count ?? 0
        let held = windows.filter { $0.novelty != nil }
        label = LabelID.changed.rawValue
        count = run
        required = rule.consecutive
        // Each window is compared with its own limit.
        threshold = 0
        self.windows = held.suffix(Self.shownWindows).map { window in
            Window(
                start: window.start,
                confidence: (window.novelty?.share ?? 0).share,
                counts: window.isUnexplainedChange(standing: standing),
                novelty: window.novelty?.score,
                noveltyLimit: window.novelty?.limit
            )
        }
        text = Self.changeWords(record, run: run, rule: rule, machine: machine, last: held.last)
    }

    private static func changeWords(
        _ record: AlarmRecord,
        run: Int,
        rule: TrendRule,
        machine: LiveMachine,
        last: RunWindow?
    ) -> Words {
        let required = rule.consecutive
        if record.state.isActive {
            return Words(
                en: "The advisory stands: \(Sentence.windows(required)) in a row unlike the machine's own normal sound "
                    + "raised it. It clears after \(Sentence.windows(rule.clearAfter)) in a row like it; "
                    + "\(record.clearWindows) so far.",
                zh: "提示有效：连续 \(required) 个窗口与设备自身的正常声音不同。连续 \(rule.clearAfter) 个窗口恢复正常后解除，"
                    + "目前 \(record.clearWindows) 个。"
            )
        }
        if run >= required, let last {
            let name = machine.name(of: last.top)
            return Words(
                en:
                    "\(run) of \(required) in a row unlike the machine's own normal sound; \(name.en) explains them so far, and "
                    + "its own alarm comes first.",
                zh: "\(run)/\(required)：连续窗口与设备自身的正常声音不同；目前“\(name.zh)”可以解释，先等待其自身的报警。"
            )
        }
        if run > 0 {
            let missing = max(0, required - run)
            return Words(
                en:
                    "\(run) of \(required): \(Sentence.windows(run)) in a row unlike the machine's own normal sound, and no "
                    + "fault label explains them; \(missing) more and the advisory is raised.",
                zh: "\(run)/\(required)：已有连续 \(run) 个窗口与设备自身的正常声音不同，且没有故障标签可以解释；再有 \(missing) 个即提示。"
            )
        }
        guard machine.health.quality != .stale, let last, let novelty = last.novelty else {
            return Words(
                en: "0 of \(required): nothing has been held against the machine's own normal sound lately.",
                zh: "0/\(required)：近期没有窗口与设备自身的正常声音比较过。"
            )
        }
        let score = Sentence.number(novelty.score, decimals: 2)
        let limit = Sentence.number(novelty.limit, decimals: 2)
        guard novelty.isNovel else {
            return Words(
                en:
                    "0 of \(required): the last window was like the machine's own normal sound (\(score), limit \(limit)).",
                zh: "0/\(required)：最近的窗口与设备自身的正常声音一致（\(score)，界限 \(limit)）。"
            )
        }
        let name = machine.name(of: last.top)
        return Words(
            en:
                "0 of \(required): the last window was unlike the machine's own normal sound (\(score), limit \(limit)), and "
                + "\(name.en) explains it.",
            zh: "0/\(required)：最近的窗口与设备自身的正常声音不同（\(score)，界限 \(limit)），“\(name.zh)”可以解释。"
        )
    }
}

extension RunWindow {
    /// Whether it is unlike the machine's normal sound and no standing alarm's label is its verdict.
    func isUnexplainedChange(standing: Set<LabelID>) -> Bool {
        guard let novelty, novelty.isNovel else { return false }
        return isUndetermined || !standing.contains(top)
    }
}
