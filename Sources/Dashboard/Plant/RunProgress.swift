// How far each fault is from its alarm, and why it is no further.
import Foundation
import MachineHealth

/// The answer to "why, or why not" for one fault of one machine.
struct RunProgress: Encodable, Sendable {
    struct Window: Encodable, Sendable {
        let start: Date
        let confidence: Double
        let counts: Bool
        /// Of `changed` only: how unlike the normal sound, and the limit it is compared with.
        var novelty: Double?
        var noveltyLimit: Double?
    }

    /// Windows shown beside the words.
    static let shownWindows = 12

    let label: String
    let count: Int
    let required: Int
    let threshold: Double
    let text: Words
    let windows: [Window]

    /// Every fault of a machine, in vocabulary order, and `changed` where its normal sound is enrolled.
    static func all(of machine: LiveMachine) -> [RunProgress] {
        let windows = machine.recent.compactMap { RunWindow($0) }
        return machine.description.vocabulary.faults.map { RunProgress($0.id, of: machine, windows: windows) }
            + [RunProgress(changeOf: machine, windows: windows)].compactMap { $0 }
    }

    private init(_ label: LabelID, of machine: LiveMachine, windows: [RunWindow]) {
        let rule = machine.description.rules[label]
        let run = machine.runs.first { $0.label == label }?.count ?? 0
        self.label = label.rawValue
        count = run
        required = rule.consecutive
        threshold = rule.confidence
        self.windows = windows.suffix(Self.shownWindows).map { window in
            Window(
                start: window.start,
                confidence: (window.confidence(of: label) ?? 0).share,
                counts: window.counts(for: label, rule: rule)
            )
        }
        text = Self.words(label, run: run, rule: rule, machine: machine, windows: windows)
    }

    private static func words(
        _ label: LabelID,
        run: Int,
        rule: TrendRule,
        machine: LiveMachine,
        windows: [RunWindow]
    ) -> Words {
        let needed = Sentence.number(rule.confidence, decimals: 2)
        if let record = machine.records.first(where: { $0.label == label }), record.state.isActive {
            let below = Sentence.number(rule.clearBelow, decimals: 2)
            let clear = record.clearWindows
            let raising = Words(
                en: rule.isSpread
                    ? "\(rule.consecutive) of \(rule.span) windows" : "\(Sentence.windows(rule.consecutive)) in a row",
                zh: rule.isSpread ? "\(rule.span) 个窗口中有 \(rule.consecutive) 个" : "连续 \(rule.consecutive) 个窗口"
            )
            return Words(
                en: "The alarm stands: \(raising.en) above \(needed) raised it. It "
                    + "clears after \(Sentence.windows(rule.clearAfter)) in a row below \(below); \(clear) so far.",
                zh: "报警有效：\(raising.zh)高于 \(needed)。连续 \(rule.clearAfter) 个窗口低于 \(below) 后解除，目前 \(clear) 个。"
            )
        }
        if run > 0 {
            let missing = max(0, rule.consecutive - run)
            guard !rule.isSpread else {
                return Words(
                    en: "\(run) of \(rule.consecutive): \(Sentence.windows(run)) above \(needed) among the last "
                        + "\(rule.span); \(missing) more and the alarm is raised.",
                    zh: "\(run)/\(rule.consecutive)：最近 \(rule.span) 个窗口中有 \(run) 个高于 \(needed)；再有 \(missing) 个即报警。"
                )
            }
            return Words(
                en: "\(run) of \(rule.consecutive): \(Sentence.windows(run)) in a row above \(needed); "
                    + "\(missing) more and the alarm is raised.",
                zh: "\(run)/\(rule.consecutive)：已有连续 \(run) 个窗口高于 \(needed)；再有 \(missing) 个即报警。"
            )
        }
        guard let last = windows.last else {
            return Words(
                en: "0 of \(rule.consecutive): no window has been judged since the service started.",
                zh: "0/\(rule.consecutive)：服务启动以来尚无已判定的窗口。"
            )
        }
        if machine.health.quality == .stale {
            return Words(
                en: "0 of \(rule.consecutive): nothing has been classified lately, so no run can grow.",
                zh: "0/\(rule.consecutive)：近期没有可判定的窗口，无法累计。"
            )
        }
        if let miss = lastBrokenRun(label, rule: rule, machine: machine, windows: windows) {
            let words = miss.words(name: machine.name)
            return Words(
                en: "0 of \(rule.consecutive) now; the last run reached \(words.en).",
                zh: "目前 0/\(rule.consecutive)；上一次累计 \(words.zh)。"
            )
        }
        let score = last.confidence(of: label) ?? 0
        let shown = Sentence.score(score, against: rule.confidence)
        let top = machine.name(of: last.top)
        let confidence = Sentence.number(last.topConfidence, decimals: 2)
        if last.top == label, score > rule.confidence {
            return Words(
                en: "0 of \(rule.consecutive): the last window was \(shown), but sounded like the machine's own normal "
                    + "running.",
                zh: "0/\(rule.consecutive)：最近的窗口为 \(shown)，但与设备自身的正常声音一致。"
            )
        }
        if last.top == label {
            return Words(
                en: "0 of \(rule.consecutive): the last window was \(shown), needed more than \(needed).",
                zh: "0/\(rule.consecutive)：最近的窗口为 \(shown)，须高于 \(needed)。"
            )
        }
        return Words(
            en: "0 of \(rule.consecutive): the last window was \(top.en) at \(confidence); this fault had \(shown), "
                + "needed more than \(needed).",
            zh: "0/\(rule.consecutive)：最近的窗口为“\(top.zh)”（\(confidence)）；此故障为 \(shown)，须高于 \(needed)。"
        )
    }

    /// The latest run among the windows that ended without an alarm.
    private static func lastBrokenRun(
        _ label: LabelID,
        rule: TrendRule,
        machine: LiveMachine,
        windows: [RunWindow]
    ) -> NearMiss? {
        // With places for other windows between them, the last windows alone do not say where a run began.
        guard !rule.isSpread, let end = windows.lastIndex(where: { $0.counts(for: label, rule: rule) }),
            end + 1 < windows.count
        else {
            return nil
        }
        let start = windows[...end].lastIndex { !$0.counts(for: label, rule: rule) }.map { $0 + 1 } ?? 0
        let run = windows[start...end]
        guard run.count < rule.consecutive else { return nil }
        return NearMiss(
            machine: machine.description.id,
            label: label,
            windows: run.map { EventWindow(start: $0.start, confidence: $0.topConfidence) },
            required: rule.consecutive,
            threshold: rule.confidence,
            cause: windows[end + 1].cause(ending: label, rule: rule),
            time: windows[end + 1].end
        )
    }
}
