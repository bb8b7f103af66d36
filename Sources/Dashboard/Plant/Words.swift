// A text in the two languages the pages speak.
import MachineHealth

/// The same in English and in Chinese.
public struct Words: Hashable, Sendable, Encodable {
    /// English.
    public let en: String
    /// Chinese.
    public let zh: String

    /// Makes a text.
    public init(en: String, zh: String) {
        self.en = en
        self.zh = zh
    }

    /// A name; where it lacks a language the other one, and where it has none the id.
    public init(_ name: LocalizedName?, id: String) {
        en = name?.text(in: "en") ?? id
        zh = name?.text(in: "zh") ?? id
    }
}
