// The judges in force, one per machine: swapped whole when labels, examples or banks change, read by every worker.
import Synchronization

/// Judge per machine, replaced as a whole on reload, one by one when a machine learns.
final class WindowJudges: Sendable {
    private let judges = Mutex<[String: WindowJudge]>([:])

    func replace(with new: [String: WindowJudge]) {
        judges.withLock { $0 = new }
    }

    /// Changes one machine's judge; nothing happens where the machine has none.
    func update(_ machine: String, _ change: (inout WindowJudge) -> Void) {
        judges.withLock { judges in
            guard var judge = judges[machine] else { return }
            change(&judge)
            judges[machine] = judge
        }
    }

    /// Whether a machine's normal sound is enrolled.
    func hasNormalSound(_ machine: String) -> Bool {
        judges.withLock { $0[machine]?.normalSound != nil }
    }

    /// All of them.
    var all: [String: WindowJudge] { judges.withLock { $0 } }

    subscript(machine: String) -> WindowJudge? {
        judges.withLock { $0[machine] }
    }
}
