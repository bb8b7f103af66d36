// Why a run of fault windows is no alarm (yet), in English and Chinese, always from the same facts.
import Foundation
import MachineHealth
import TrendLog

/// A window as a run sees it.
struct RunWindow: Hashable, Sendable {
    let start: Date
    let end: Date
    let top: LabelID
    let topConfidence: Double
    let isUndetermined: Bool
    let scores: [LabelScore]
    /// Distance from the machine's normal sound, where it is known.
    let novelty: Novelty?

    /// Nil for a window that says nothing about the machine: it neither counts nor breaks.
    init?(_ window: LiveWindow) {
        guard window.verdict.isAboutMachine, let top = window.observation.top else { return nil }
        start = window.observation.start
        end = window.observation.end
        self.top = top.label
        topConfidence = top.confidence
        isUndetermined = window.verdict == .undetermined
        scores = window.observation.scores
        novelty = window.observation.novelty
    }

    /// Nil for a window that was not classified.
    init?(_ window: StoredWindow) {
        guard window.quality == .good, let top = window.top, let confidence = window.confidence else { return nil }
        start = window.start
        end = window.end
        self.top = top
        topConfidence = confidence
        isUndetermined = window.verdict == Verdict.undetermined.description
        scores = window.scores
        novelty = nil
    }

    func confidence(of label: LabelID) -> Double? { scores.first { $0.label == label }?.confidence }

    /// Whether it counts towards a fault's run.
    func counts(for label: LabelID, rule: TrendRule) -> Bool {
        sounds(like: label, rule: rule) && !(rule.noveltyGuard && novelty.map { !$0.isNovel } ?? false)
    }

    private func sounds(like label: LabelID, rule: TrendRule) -> Bool {
        top == label && !isUndetermined && topConfidence > rule.confidence
    }

    /// Why it ended a fault's run.
    func cause(ending label: LabelID, rule: TrendRule) -> NearMiss.Cause {
        // It sounded like the fault and ended its run all the same: it was like the machine's own normal sound.
        if sounds(like: label, rule: rule) { return .ownNormal }
        if top == label { return .tooLow(confidence: topConfidence) }
        return isUndetermined
            ? .undetermined(best: top, confidence: topConfidence) : .otherLabel(top, confidence: topConfidence)
    }
}

extension NearMiss {
    /// "2 of 3; the third was 0.71, needed 0.75" in both languages.
    func words(name: (LabelID) -> Words) -> Words {
        let needed = within.map { "\(required)（\($0) 个窗口内）" } ?? "\(required)"
        return Words(en: summary { name($0).en }, zh: "\(windows.count)/\(needed)；\(chineseReason { name($0).zh })")
    }

    /// Why the run ended, in Chinese.
    private func chineseReason(name: (LabelID) -> String) -> String {
        let needed = Sentence.number(threshold, decimals: 2)
        let next = within == nil ? "第 \(windows.count + 1) 个窗口" : "最后一个窗口"
        return switch cause {
        case .tooLow(let confidence) where confidence == threshold: "\(next)为 \(needed)，须高于 \(needed)"
        case .tooLow(let confidence): "\(next)为 \(Sentence.score(confidence, against: threshold))，需要 \(needed)"
        case .otherLabel(let other, let confidence):
            "\(next)为“\(name(other))”（\(Sentence.number(confidence, decimals: 2))）"
        case .undetermined(let best, let confidence):
            "\(next)无法判定（最接近“\(name(best))”，\(Sentence.number(confidence, decimals: 2))）"
        case .ownNormal: "\(next)与设备自身的正常声音一致"
        case .stale(let gapSeconds): "随后 \(Sentence.number(gapSeconds, decimals: 0)) 秒没有可判定的窗口"
        case .clockStep: "随后声音的时钟被拨回"
        }
    }

    /// A near miss put together again from its event and the window that followed.
    ///
    /// - Parameters:
    ///   - next: the first classified window after the run, as far as it is still stored.
    ///   - rules: the machine's present rules; where they changed since, the count needed is the present one.
    init?(_ event: StoredEvent, next: StoredWindow?, rules: TrendRules) {
        guard let label = event.label, let last = event.windows.last else { return nil }
        let rule = rules[label]
        let following = next.flatMap { RunWindow($0) }
        let silence = (following?.start ?? event.time).timeIntervalSince(last.start)
        let cause: NearMiss.Cause =
            if let following, silence <= rules.machine.staleAfterSeconds {
                following.cause(ending: label, rule: rule)
            } else {
                .stale(gapSeconds: max(0, silence))
            }
        self.init(
            machine: event.machine,
            label: label,
            windows: event.windows,
            required: max(rule.consecutive, event.windows.count + 1),
            threshold: rule.confidence,
            cause: cause,
            time: event.time,
            within: rule.isSpread ? rule.span : nil
        )
    }
}
