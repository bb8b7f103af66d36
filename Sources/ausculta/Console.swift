// Talking to a terminal: progress and remarks on standard error, results on standard output.
import Foundation
import Synchronization

/// Standard error and standard output of the program.
enum Console {
    /// Whether standard error is a terminal: progress lines are drawn there only.
    static let isInteractive = isatty(STDERR_FILENO) == 1

    /// A line of remark, on standard error.
    static func remark(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }

    /// A line of result, on standard output, at once: results may be piped.
    static func result(_ text: String) {
        FileHandle.standardOutput.write(Data((text + "\n").utf8))
    }

    /// JSON of a value, on standard output.
    static func json(_ value: some Encodable, pretty: Bool = false) throws {
        let encoder = JSONEncoder()
        // Keys of dictionaries, such as labels, are left as they are.
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
        FileHandle.standardOutput.write(try encoder.encode(value) + Data("\n".utf8))
    }
}

/// A line of progress that is drawn over itself; silent where standard error is no terminal.
struct ProgressLine {
    private var lastDrawn = ContinuousClock.now - .seconds(1)
    private var isDrawn = false

    /// Draws the line, ten times a second at most.
    mutating func draw(_ text: @autoclosure () -> String) {
        guard Console.isInteractive, ContinuousClock.now - lastDrawn > .milliseconds(100) else { return }
        lastDrawn = .now
        isDrawn = true
        FileHandle.standardError.write(Data("\r\u{1B}[2K\(text())".utf8))
    }

    /// Takes the line away.
    mutating func clear() {
        guard isDrawn else { return }
        isDrawn = false
        FileHandle.standardError.write(Data("\r\u{1B}[2K".utf8))
    }

    /// How long something will still take, by how long its first part took.
    static func remaining(done: Int, of total: Int, since start: ContinuousClock.Instant) -> String {
        guard done > 0, total > done else { return "" }
        let seconds = (ContinuousClock.now - start) / .seconds(1) / Double(done) * Double(total - done)
        return seconds < 90 ? ", \(Int(seconds.rounded(.up))) s left" : ", \(Int((seconds / 60).rounded(.up))) min left"
    }
}
