// A curve in one line of text.

/// Draws values from 0 to 1 as blocks of eighths.
enum Sparkline {
    /// Stands for a stretch of time without any window.
    static let gap: Character = "·"
    /// Stands for a stretch of time whose windows all had too much sound missing.
    static let incomplete: Character = "×"
    /// Stands for a stretch of time in which the microphone was in trouble.
    static let troubled: Character = "!"
    private static let blocks: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

    /// The block for a value; values outside 0...1 are held at the ends.
    static func block(_ value: Double) -> Character {
        guard value.isFinite else { return gap }
        return blocks[min(max(Int(value * Double(blocks.count)), 0), blocks.count - 1)]
    }
}
