// Commits that the disk did not take, kept in order until it does.
import Logging
import TrendLog

/// Writes commits in the order they come, and keeps those that fail for a passing reason (a full or read-only disk).
///
/// Events and alarm steps are kept before windows: when there is no more room, the oldest plain window goes first.
public actor CommitJournal {
    /// Commits kept at most.
    public static let capacity = 2_000

    private let store: TrendLogStore
    private let logger: Logger
    private let capacity: Int
    private var waiting: [WindowCommit] = []
    private var isWriting = false
    /// Windows given up so far because the journal was full.
    public private(set) var lostCount = 0

    init(store: TrendLogStore, capacity: Int = CommitJournal.capacity, logger: Logger) {
        self.store = store
        self.capacity = capacity
        self.logger = logger
    }

    /// Commits that are not written yet.
    public var waitingCount: Int { waiting.count }

    /// Writes what waits, then this commit.
    ///
    /// - Throws: what the store said; after a passing error the commit waits here and is tried again with the next.
    public func write(_ commit: WindowCommit) async throws {
        // The usual case: nothing waits, machines commit side by side and the store queues them.
        if waiting.isEmpty {
            do {
                try await store.commit(commit)
                return
            } catch let error as TrendLogError where error.isTransient {
                keep(commit, because: error)
                throw error
            }
        }
        keep(commit, because: nil)
        guard !isWriting else { return }
        isWriting = true
        defer { isWriting = false }
        while let next = waiting.first {
            // Stays at the head until it is written, so that commits which come meanwhile line up behind it.
            do {
                try await store.commit(next)
            } catch let error as TrendLogError where error.isTransient {
                throw error
            } catch {
                logger.error("commit refused for good and given up", metadata: ["error": "\(error)"])
            }
            waiting.removeFirst()
            if waiting.isEmpty { logger.notice("trend log is written again, nothing waits") }
        }
    }

    private func keep(_ commit: WindowCommit, because error: TrendLogError?) {
        if let error { logger.error("trend log not written; commits wait in memory", metadata: ["error": "\(error)"]) }
        waiting.append(commit)
        guard waiting.count > capacity else { return }
        // The head may be on its way to the disk.
        let oldestPlain = waiting.dropFirst().firstIndex { !$0.isPrecious }
        waiting.remove(at: oldestPlain ?? min(1, waiting.count - 1))
        lostCount += 1
    }
}
