// When trouble with a microphone is told, and when it is over: a run of windows each way.
import Foundation

/// Follows what the windows of one machine say about its microphone.
struct MicrophoneWatch: Hashable, Sendable, Codable {
    /// Windows in a row that begin a trouble, and that end it.
    static let runWindows = 3

    /// What a window changed.
    enum Change: Hashable, Sendable {
        /// A trouble began, or another one took the place of one that stood.
        case began(MicrophoneTrouble)
        /// The trouble is over: it held from the window that started at `since` to before the one that started at `until`.
        case ended(MicrophoneTrouble, since: Date, until: Date)
    }

    /// The trouble that was told and is not over.
    private(set) var standing: MicrophoneTrouble?
    private var standingSince: Date?
    /// What the latest windows say where it is not what stands, how many in a row, and when the first of them began.
    private var other: MicrophoneTrouble?
    private var otherCount = 0
    private var otherSince: Date?

    /// Takes what a window says; windows too incomplete to say anything are not taken.
    ///
    /// - Parameters:
    ///   - trouble: nil where the microphone is well.
    ///   - start: the window's start.
    mutating func observe(_ trouble: MicrophoneTrouble?, start: Date) -> Change? {
        guard trouble != standing else {
            otherCount = 0
            return nil
        }
        if otherCount == 0 || trouble != other {
            other = trouble
            otherCount = 0
            otherSince = start
        }
        otherCount += 1
        guard otherCount >= Self.runWindows else { return nil }
        let before = standing
        let began = standingSince ?? start
        standing = trouble
        standingSince = trouble == nil ? nil : otherSince
        otherCount = 0
        if let trouble { return .began(trouble) }
        return before.map { .ended($0, since: began, until: otherSince ?? start) }
    }
}
