// What a manifest's words say of a machine: well, not well, or not the machine at all.

/// The condition of what a recording holds.
public enum RecordingCondition: String, Sendable, Codable, CaseIterable {
    /// The machine runs as it should.
    case normal
    /// Something is wrong with it.
    case anomalous
    /// Not the machine: background, other sounds, standing still. Judged by label only.
    case other

    /// Reads a word of the column `condition`, or a label where there is no such column.
    ///
    /// `normal`, `healthy`, `ok`, `good`, `0`, `正常`, `健康` (and what begins with normal, healthy or 正常) mean normal;
    /// `other`, `background`, `ambient`, `off`, `其他`, `背景` mean neither; every other word is a fault.
    public init(word: String) {
        let word = word.lowercased()
        let isNormal =
            Self.normalWords.contains(word)
            || ["normal", "healthy", "正常"].contains { word.hasPrefix($0) }
        if isNormal {
            self = .normal
        } else if Self.otherWords.contains(word) {
            self = .other
        } else {
            self = .anomalous
        }
    }

    private static let normalWords: Set<String> = ["ok", "good", "nominal", "0", "健康"]
    private static let otherWords: Set<String> = ["other", "background", "ambient", "off", "其他", "其它", "背景"]
}
