// A label taken apart: its words, whether it is an anchor, judges, or says next to nothing. English and Chinese.
import Foundation

/// What can be said of a label by its words alone.
struct LabelWords {
    /// As typed, without blanks around it.
    let text: String
    /// Lower case, one blank between words: equal for labels that are the same.
    let key: String
    /// Words of a text with blanks between them; a Chinese text is one.
    let words: [String]
    /// Whether it holds Chinese characters.
    let isChinese: Bool

    init(_ label: String) {
        text = label.trimmingCharacters(in: .whitespacesAndNewlines)
        words = text.lowercased().split { !($0.isLetter || $0.isNumber || $0 == "'") }.map(String.init)
        key = text.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
        isChinese = text.unicodeScalars.contains { (0x3400...0x9FFF).contains($0.value) || $0.value >= 0x20000 }
    }

    var isEmpty: Bool { text.isEmpty }

    /// Whether it takes what fits no other label.
    var isAnchor: Bool {
        if isChinese { return Self.chineseAnchors.contains { text.contains($0) } }
        return Self.anchorWords.contains { words.contains($0) } && words.count <= 5
            || words.suffix(2) == ["something", "else"] || key == "noise"
    }

    /// Whether it gives a verdict where it should describe. "Normal" and "fault" judge when they stand alone.
    var isJudgement: Bool {
        if isChinese {
            let bare = ["的", "声音", "声", "了", "状态"].reduce(text) { $0.replacingOccurrences(of: $1, with: "") }
            return Self.chineseVerdicts.contains { text.contains($0) } || Self.chineseVerdictsAlone.contains(bare)
        }
        let telling = words.filter { !Self.fillers.contains($0) }
        return telling.contains { Self.verdicts.contains($0) }
            || !telling.isEmpty && telling.allSatisfy { Self.verdictsAlone.contains($0) }
    }

    /// Whether it names neither a thing nor a sound.
    var isVague: Bool {
        if isChinese {
            let characters = text.filter { $0.isLetter }
            return characters.count <= 1 || Self.chineseVague.contains(text)
        }
        let telling = words.filter { !Self.fillers.contains($0) }
        if telling.count == 1, let word = telling.first { return word.count <= 2 || Self.vague.contains(word) }
        return telling.allSatisfy { Self.vague.contains($0) }
    }

    /// Whether it begins (in Chinese: ends) with "the sound of" or the like.
    var isIntroduced: Bool {
        if isChinese { return text.hasSuffix("的声音") || text.hasSuffix("的声响") }
        return Self.introductions.contains { key.hasPrefix($0) }
    }

    /// Words, or for Chinese half its characters: a word has two as a rule.
    var length: Int { isChinese ? max(1, (text.count + 1) / 2) : max(1, words.count) }

    private static let anchorWords: Set = [
        "other", "others", "otherwise", "background", "ambient", "ambience", "silence", "silent", "quiet", "unknown",
        "none", "anything", "unrelated", "rest",
    ]
    private static let chineseAnchors = ["其他", "其它", "背景", "环境", "安静", "静音", "未知", "无关", "别的", "噪声", "噪音"]

    private static let verdicts: Set = [
        "good", "bad", "ok", "okay", "fine", "abnormal", "abnormally", "anomaly", "anomalous", "wrong", "weird",
        "strange", "unusual", "poor", "nice", "terrible", "awful", "healthy", "unhealthy", "dangerous", "suspicious",
        "acceptable", "unacceptable",
    ]
    private static let verdictsAlone: Set = [
        "normal", "normally", "fault", "faulty", "failure", "failing", "failed", "defect", "defective", "broken",
        "problem", "issue", "error", "damaged", "damage", "alarm", "safe", "unsafe",
    ]
    private static let chineseVerdicts = ["异常", "不正常", "良好", "不好", "很好", "有问题", "奇怪", "不对劲", "糟糕", "不良"]
    private static let chineseVerdictsAlone: Set = [
        "正常", "故障", "好", "坏", "损坏", "问题", "缺陷", "错误", "健康", "危险", "安全", "报警", "失效",
    ]

    private static let vague: Set = [
        "thing", "things", "stuff", "sound", "sounds", "machine", "machines", "machinery", "something", "device",
        "misc", "miscellaneous", "audio", "test", "running", "working", "loud",
    ]
    private static let chineseVague: Set = ["声音", "东西", "机器", "设备", "响声", "测试", "运行", "工作", "声响"]

    private static let fillers: Set = ["a", "an", "the", "sound", "sounds", "of", "is", "very", "it", "this"]
    private static let introductions = [
        "the sound of", "a sound of", "sound of", "sounds of", "the noise of", "a recording of", "recording of",
        "this is", "audio of",
    ]
}
