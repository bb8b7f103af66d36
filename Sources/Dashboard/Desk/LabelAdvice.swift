// What is wrong with a set of labels, in words, before anyone wonders about its probabilities.
import Foundation

/// A text in English and Chinese.
public struct DeskText: Hashable, Sendable, Encodable {
    public let en: String
    public let zh: String

    public init(en: String, zh: String) {
        self.en = en
        self.zh = zh
    }
}

/// One piece of advice on a set of labels.
public struct LabelAdvice: Hashable, Sendable, Encodable {
    /// What it is about; stable names.
    public enum Kind: String, Sendable, Encodable, CaseIterable {
        case nearIdentical = "near_identical"
        case noAnchor = "no_anchor"
        case judgementWord = "judgement_word"
        case notParallel = "not_parallel"
        case tooVague = "too_vague"
        case tooFew = "too_few"
        case duplicate
        case empty
        case neverWins = "never_wins"
        case alwaysWins = "always_wins"
    }

    /// How much it matters.
    public enum Severity: String, Sendable, Encodable {
        case advisory
        case warning
    }

    public let kind: Kind
    public let severity: Severity
    /// The labels concerned; none where all are.
    public let labels: [String]
    public let text: DeskText

    /// Cosine from which two labels are one to the model.
    ///
    /// Measured on 43 phrases in English and Chinese with the model that comes with Ausculta: wordings of one thing lie
    /// at 0.97 and above, different things at 0.90 and below.
    public static let nearIdenticalCosine = 0.95

    /// Advice on labels, the most important first; none for a good set.
    ///
    /// - Parameters:
    ///   - labels: as typed.
    ///   - similarity: cosine of every label with every other; empty where unknown.
    public static func on(_ labels: [String], similarity: [[Double]] = []) -> [LabelAdvice] {
        let words = labels.map(LabelWords.init)
        let present = words.filter { !$0.isEmpty }
        var advice: [LabelAdvice] = []
        if present.count < words.count || words.isEmpty { advice.append(empty(isAll: present.isEmpty)) }
        guard !present.isEmpty else { return advice }
        let duplicates = duplicates(present)
        if !duplicates.isEmpty { advice.append(duplicate(duplicates)) }
        if Set(present.map(\.key)).count == 1 { advice.append(tooFew(present[0].text)) }
        advice += nearIdentical(words, similarity)
        if !present.contains(where: \.isAnchor) { advice.append(noAnchor) }
        let vague = present.filter { $0.isVague && !$0.isAnchor && !$0.isJudgement }.map(\.text)
        if !vague.isEmpty { advice.append(tooVague(vague)) }
        let judging = present.filter { $0.isJudgement && !$0.isAnchor }.map(\.text)
        if !judging.isEmpty { advice.append(judgement(judging)) }
        if let parallel = notParallel(present.filter { !$0.isAnchor }) { advice.append(parallel) }
        return advice.enumerated().sorted {
            ($0.element.severity == .warning ? 0 : 1, $0.offset) < ($1.element.severity == .warning ? 0 : 1, $1.offset)
        }.map(\.element)
    }

    // MARK: - Rules

    private static func duplicates(_ words: [LabelWords]) -> [String] {
        var seen = Set<String>()
        return words.filter { !seen.insert($0.key).inserted }.map(\.text)
    }

    /// Pairs that the model cannot keep apart, joined to groups.
    static func nearIdentical(_ words: [LabelWords], _ similarity: [[Double]]) -> [LabelAdvice] {
        guard similarity.count == words.count, similarity.allSatisfy({ $0.count == words.count }) else { return [] }
        var groups: [[Int]] = []
        for index in words.indices where !words[index].isEmpty {
            let group = groups.firstIndex { group in
                group.contains { similarity[$0][index] >= nearIdenticalCosine && words[$0].key != words[index].key }
            }
            if let group { groups[group].append(index) } else { groups.append([index]) }
        }
        return groups.filter { $0.count > 1 }.map { group in
            let names = group.map { words[$0].text }
            return LabelAdvice(
                kind: .nearIdentical,
                severity: .warning,
                labels: names,
                text: DeskText(
                    en: "To the model \(quoted(names, "and")) mean the same: they share one probability between them. "
                        + "Keep one, or say more exactly how they differ in sound.",
                    zh: "在模型看来，\(quotedChinese(names))是同一个意思，会互相分走概率。请只保留一个，或更具体地写出声音上的区别。"
                )
            )
        }
    }

    private static func notParallel(_ words: [LabelWords]) -> LabelAdvice? {
        guard words.count >= 2 else { return nil }
        func advice(_ odd: [LabelWords], _ en: String, _ zh: String) -> LabelAdvice {
            LabelAdvice(
                kind: .notParallel,
                severity: .advisory,
                labels: odd.map(\.text),
                text: DeskText(en: en, zh: zh)
            )
        }
        let chinese = words.filter(\.isChinese)
        if !chinese.isEmpty, chinese.count < words.count {
            let odd = chinese.count * 2 <= words.count ? chinese : words.filter { !$0.isChinese }
            return advice(
                odd,
                "Some labels are Chinese and some are not. Use one language for all, so that only the sound decides.",
                "标签混用了中文和其他语言。请统一用一种语言，让判断只取决于声音。"
            )
        }
        let introduced = words.filter(\.isIntroduced)
        if !introduced.isEmpty, introduced.count < words.count {
            let odd = introduced.count * 2 <= words.count ? introduced : words.filter { !$0.isIntroduced }
            return advice(
                odd,
                "Some labels begin with words such as \"the sound of\" and some do not. Write all of them the same way.",
                "有的标签写了“……的声音”，有的没有。请用同样的句式书写所有标签。"
            )
        }
        let lengths = words.map(\.length).sorted()
        let middle = Double(lengths[lengths.count / 2])
        let odd = words.filter { Double($0.length) > 3 * max(middle, 2) || 3 * $0.length < Int(middle) }
        guard !odd.isEmpty else { return nil }
        return advice(
            odd,
            "\(quoted(odd.map(\.text), "and")) \(odd.count == 1 ? "is" : "are") much longer or shorter than the other "
                + "labels. Labels of one form and length compare best.",
            "\(quotedChinese(odd.map(\.text)))与其他标签的长短相差很大。形式和长度一致的标签最便于比较。"
        )
    }

    // MARK: - Words

    private static func empty(isAll: Bool) -> LabelAdvice {
        LabelAdvice(
            kind: .empty,
            severity: .warning,
            labels: [],
            text: isAll
                ? DeskText(
                    en:
                        "There are no labels yet. Type two or more, such as: normal running, bearing lacking oil, other.",
                    zh: "还没有标签。请输入两个以上，例如：正常运行，轴承缺油，其他。"
                )
                : DeskText(en: "A label is empty. Fill it in or take it away.", zh: "有一个标签是空的，请填写或删除。")
        )
    }

    private static func duplicate(_ labels: [String]) -> LabelAdvice {
        LabelAdvice(
            kind: .duplicate,
            severity: .warning,
            labels: labels,
            text: DeskText(
                en:
                    "\(quoted(labels, "and")) \(labels.count == 1 ? "is" : "are") there more than once and would share one "
                    + "probability. Keep one of each.",
                zh: "\(quotedChinese(labels))重复出现，会分摊同一份概率。每个只保留一次。"
            )
        )
    }

    private static func tooFew(_ label: String) -> LabelAdvice {
        LabelAdvice(
            kind: .tooFew,
            severity: .warning,
            labels: [label],
            text: DeskText(
                en:
                    "One label always gets 100 %, whatever is heard: the probabilities are shared out among the labels. "
                    + "Add what else it could be, and \"other\".",
                zh: "概率总是在各标签之间分配，只有一个标签时它永远得 100%。请加上其他可能的声音，以及“其他”。"
            )
        )
    }

    static let noAnchor = LabelAdvice(
        kind: .noAnchor,
        severity: .warning,
        labels: [],
        text: DeskText(
            en: "One of these labels wins even when the sound is none of them. Add an anchor such as \"other\" or "
                + "\"background noise\".",
            zh: "即使声音与所有标签都不符，也总会有一个胜出。请加一个兜底标签，例如“其他”或“背景噪声”。"
        )
    )

    private static func tooVague(_ labels: [String]) -> LabelAdvice {
        LabelAdvice(
            kind: .tooVague,
            severity: .advisory,
            labels: labels,
            text: DeskText(
                en:
                    "\(quoted(labels, "and")) \(labels.count == 1 ? "says" : "say") too little. Name what makes the sound "
                    + "and how it sounds, such as \"fan blade scraping\".",
                zh: "\(quotedChinese(labels))过于笼统。请写明是什么在响、怎样响，例如“风扇叶片刮擦”。"
            )
        )
    }

    private static func judgement(_ labels: [String]) -> LabelAdvice {
        LabelAdvice(
            kind: .judgementWord,
            severity: .advisory,
            labels: labels,
            text: DeskText(
                en:
                    "\(quoted(labels, "and")) \(labels.count == 1 ? "judges" : "judge") instead of describing. A sound is "
                    + "not good or bad: write what is to be heard, such as \"running smoothly\" or \"bearing grinding\".",
                zh: "\(quotedChinese(labels))是评价而不是描述。声音本身没有好坏，请写听得到的内容，例如“平稳运行”或“轴承摩擦”。"
            )
        )
    }

    static func quoted(_ labels: [String], _ and: String) -> String {
        let names = labels.prefix(4).map { "\"\($0)\"" } + (labels.count > 4 ? ["\(labels.count - 4) more"] : [])
        guard let last = names.last, names.count > 1 else { return names.first ?? "" }
        return names.dropLast().joined(separator: ", ") + " \(and) " + last
    }

    static func quotedChinese(_ labels: [String]) -> String {
        labels.prefix(4).map { "“\($0)”" }.joined(separator: "、") + (labels.count > 4 ? "等" : "")
    }
}
