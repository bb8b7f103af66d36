// Waiting until the service has stored a stretch of a machine's sound, with a line of progress.
import Foundation
import Synchronization
import TrendLog

/// Watches the trend log while a machine is listened to. It writes nothing: whatever ends it leaves nothing behind.
final class EnrolmentListening: Sendable {
    private let reader: TrendLogReader
    private let machine: String
    private let seconds: Double
    private let begun = Mutex<Date?>(nil)

    /// Without a new window for so long the machine is said to be silent.
    private static let patience = Duration.seconds(30)

    init(reader: TrendLogReader, machine: String, seconds: Double) {
        self.reader = reader
        self.machine = machine
        self.seconds = seconds
    }

    /// Waits until windows of the whole stretch are stored, by the time of the sound: from the first window that comes
    /// now, for the seconds asked for.
    ///
    /// - Throws: `TrendLogError`, `CancellationError`.
    func wait() async throws -> (since: Date, until: Date) {
        let before = try await reader.heard(machine: machine, limit: 1)?.end ?? .distantPast
        var progress = ProgressLine()
        defer { progress.clear() }
        var newest = before
        var lastNews = ContinuousClock.now
        var isWarned = false
        if !Console.isInteractive { Console.remark("listening to \(machine) for \(Self.text(seconds))…") }
        while true {
            if let heard = try await reader.heard(machine: machine, since: before.addingTimeInterval(-0.0005)),
                heard.end > newest || begun.withLock({ $0 }) == nil
            {
                begun.withLock { $0 = heard.start }
                (newest, lastNews, isWarned) = (heard.end, .now, false)
                let done = heard.end.timeIntervalSince(heard.start)
                if done >= seconds - 0.0005 { return (heard.start, heard.start.addingTimeInterval(seconds + 0.001)) }
                progress.draw(
                    "listening to \(self.machine): \(Self.text(done)) of \(Self.text(self.seconds)), "
                        + "\(heard.windows) windows, \(Self.text(self.seconds - done)) left"
                )
            } else if ContinuousClock.now - lastNews > Self.patience, !isWarned {
                isWarned = true
                progress.clear()
                Console.remark("no sound of \(machine) arrives; is its microphone on? Waiting. Ctrl-C ends.")
            }
            try await Task.sleep(for: .milliseconds(250))
        }
    }

    /// What to say where somebody ended the waiting.
    var interruption: String {
        guard let since = begun.withLock({ $0 }) else { return "nothing was enrolled" }
        return "nothing was enrolled; what was heard stays stored: `ausculta enroll \(machine) --since "
            + "\(RFC3339.text(since))` enrols it"
    }

    private static func text(_ seconds: Double) -> String {
        let whole = Int(max(0, seconds).rounded(.up))
        return whole < 120 ? "\(whole) s" : "\(whole / 60) min" + (whole % 60 == 0 ? "" : " \(whole % 60) s")
    }
}
