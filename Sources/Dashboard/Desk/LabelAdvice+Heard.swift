// What is doubtful about a machine's labels once some hundred windows were heard with them.
import MachineHealth

/// A label and how it fared over windows.
public struct HeardLabel: Hashable, Sendable {
    /// What to call it.
    public let name: String
    public let kind: LabelKind
    /// Windows in which it was on top.
    public let wins: Int
    /// Its highest score.
    public let highest: Double

    public init(name: String, kind: LabelKind, wins: Int, highest: Double) {
        self.name = name
        self.kind = kind
        self.wins = wins
        self.highest = highest
    }
}

extension LabelAdvice {
    /// Windows below which nothing is said of winning: a machine has to be heard in its ordinary variety first.
    public static let fewestWindows = 200
    /// Share of windows from which a label wins always.
    public static let alwaysShare = 0.995

    /// Advice on labels as configured, by how they fared; the most important first, none where nothing is doubtful.
    ///
    /// - Parameters:
    ///   - labels: in the order of `similarity`.
    ///   - windows: windows judged with them.
    ///   - similarity: cosine of every label's embedding with every other's; empty where unknown.
    public static func onHeard(
        _ labels: [HeardLabel],
        windows: Int,
        similarity: [[Double]] = []
    ) -> [LabelAdvice] {
        var advice = nearIdentical(labels.map { LabelWords($0.name) }, similarity)
        if !labels.contains(where: { $0.kind == .anchor }) { advice.append(noAnchor) }
        guard windows >= fewestWindows else { return advice }
        if let winner = labels.first(where: { Double($0.wins) >= alwaysShare * Double(windows) }) {
            advice.append(alwaysWins(winner, windows: windows))
        }
        advice += labels.filter { $0.wins == 0 }.map { neverWins($0, windows: windows) }
        return advice.filter { $0.severity == .warning } + advice.filter { $0.severity == .advisory }
    }

    /// Whether a phrase is one that takes what fits no other label, such as "other" or 其他.
    public static func isAnchor(_ phrase: String) -> Bool { LabelWords(phrase).isAnchor }

    private static func alwaysWins(_ label: HeardLabel, windows: Int) -> LabelAdvice {
        let share = "\(quoted([label.name], "")) is on top in \(label.wins) of \(windows) windows"
        let chinese = "\(windows) 个窗口中有 \(label.wins) 个由\(quotedChinese([label.name]))胜出"
        let text =
            switch label.kind {
            case .normal:
                DeskText(
                    en:
                        "\(share). That is as it should be where the machine ran well all that time; where something else "
                        + "was to be heard too, this phrase is so general that it covers it.",
                    zh: "\(chinese)。如果机器一直正常运行，这没有问题；如果期间还有别的声音，说明该标签过于笼统。"
                )
            case .fault:
                DeskText(
                    en:
                        "\(share), so it fits the machine's ordinary sound. Unless the machine was faulty all that time, "
                        + "say more exactly how the fault sounds, and describe the ordinary sound in a normal label.",
                    zh: "\(chinese)，说明它与机器的日常声音相符。除非机器一直有故障，请更具体地描述故障声音，并用正常标签描述日常声音。"
                )
            case .anchor:
                DeskText(
                    en: "\(share), so no label describes this machine. Name the machine in the other labels, or use a "
                        + "model that knows such machines.",
                    zh: "\(chinese)，说明没有标签能描述这台机器。请在其他标签中写明是什么机器，或换用认识这类机器的模型。"
                )
            }
        return LabelAdvice(
            kind: .alwaysWins,
            severity: label.kind == .normal ? .advisory : .warning,
            labels: [label.name],
            text: text
        )
    }

    private static func neverWins(_ label: HeardLabel, windows: Int) -> LabelAdvice {
        let percent = Sentence.number(label.highest * 100, decimals: 0)
        let never = "\(quoted([label.name], "")) is never on top in \(windows) windows (\(percent) % at most)"
        let chinese = "\(quotedChinese([label.name]))在 \(windows) 个窗口中从未胜出（最高 \(percent)%）"
        let text =
            switch label.kind {
            case .normal:
                DeskText(
                    en:
                        "\(never): the machine never sounds the way it says. Describe how this machine sounds when it runs "
                        + "well.",
                    zh: "\(chinese)：机器的声音从未与它相符。请描述这台机器正常运行时的声音。"
                )
            case .fault:
                DeskText(
                    en:
                        "\(never). That is as it should be for a fault that did not happen; to see whether the phrase works "
                        + "at all, play a recording of the fault at the listening desk.",
                    zh: "\(chinese)。故障没有发生时这是正常的；若想确认该标签是否有效，请在听音台播放一段故障录音。"
                )
            case .anchor:
                DeskText(
                    en: "\(never). It catches nothing so far, which does no harm.",
                    zh: "\(chinese)。目前没有起到兜底作用，但也无害。"
                )
            }
        return LabelAdvice(
            kind: .neverWins,
            severity: label.kind == .normal ? .warning : .advisory,
            labels: [label.name],
            text: text
        )
    }
}
