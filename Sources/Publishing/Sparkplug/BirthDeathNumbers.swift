// The number of the last CONNECT, on disk before the CONNECT is sent.
import Foundation
import Logging
import SparkplugB
import Synchronization

/// Counts connections over restarts. Used by the network thread and by the node.
final class BirthDeathNumbers: Sendable {
    private struct State {
        var sequence: BirthDeathSequence
        var attempts = 0
    }

    private let file: URL
    private let logger: Logger
    private let state: Mutex<State>

    /// Reads the file; one that is missing or unreadable begins at 0.
    init(file: URL, logger: Logger) {
        self.file = file
        self.logger = logger
        let text = try? String(contentsOf: file, encoding: .utf8)
        let last = text.flatMap { UInt8($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
        if let text, last == nil {
            logger.warning(
                "\(file.path) holds \"\(text.prefix(20))\", expected a number from 0 to 255; bdSeq begins at 0"
            )
        }
        state = Mutex(State(sequence: BirthDeathSequence(last: last)))
    }

    /// The number for the will of the connection attempt that begins, kept on disk.
    func beginAttempt() -> UInt8 {
        let (number, isNew) = state.withLock { state in
            state.attempts += 1
            return state.sequence.beginAttempt()
        }
        if isNew { keep(number) }
        return number
    }

    func connectWasSent() { state.withLock { $0.sequence.connectWasSent() } }

    /// The number of the present connection's will.
    var current: UInt8 { state.withLock { $0.sequence.current ?? 0 } }

    /// Connection attempts so far: tells whether the connection is still the same.
    var attempts: Int { state.withLock { $0.attempts } }

    private func keep(_ number: UInt8) {
        do {
            try Data("\(number)\n".utf8).write(to: file, options: .atomic)
            let handle = try FileHandle(forWritingTo: file)
            defer { try? handle.close() }
            try handle.synchronize()
        } catch {
            // A host must not lose sight of the plant because of a full disk.
            logger.error("\(file.path) cannot be written (\(error)); after a restart bdSeq may repeat")
        }
    }
}
