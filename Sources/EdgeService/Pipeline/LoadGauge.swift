// The hop stretch of the running service: fed by intake and workers, read at every window.
import Logging
import Synchronization

/// Shares one `HopStretch` between the rooms.
final class LoadGauge: Sendable {
    private let stretch: Mutex<HopStretch>
    private let start = ContinuousClock.now
    private let logger: Logger

    init(workerCount: Int, logger: Logger) {
        stretch = Mutex(HopStretch(workerCount: workerCount))
        self.logger = logger
    }

    /// One in so many windows is judged.
    var factor: Int { stretch.withLock { $0.factor } }

    /// Counts a window and says whether it is to be judged.
    func admits(sequenceNumber: UInt64, turn: Int) -> Bool {
        stretch.withLock { stretch in
            stretch.offered()
            return stretch.takes(sequenceNumber: sequenceNumber, turn: turn)
        }
    }

    /// A worker took so long for a window.
    func judged(_ duration: Duration) {
        stretch.withLock { $0.judged(seconds: duration / .seconds(1)) }
    }

    /// Whether a window that was admitted earlier would be admitted under the present factor.
    func takes(sequenceNumber: UInt64, turn: Int) -> Bool {
        stretch.withLock { $0.takes(sequenceNumber: sequenceNumber, turn: turn) }
    }

    /// Looks at the queue and logs a change.
    ///
    /// - Returns: the former factor where it changed.
    func tick(longestWaitSeconds: Double, machineCount: Int) -> Int? {
        let time = (ContinuousClock.now - start) / .seconds(1)
        let (changed, before, after, load) = stretch.withLock { stretch in
            let before = stretch.factor
            let changed = stretch.tick(at: time, longestWait: longestWaitSeconds)
            return (changed, before, stretch.factor, stretch.offeredLoad)
        }
        guard changed else { return nil }
        let share = load.map { "\(Int(($0 * 100).rounded())) % of what this box can judge" } ?? "not measured yet"
        if after > before {
            logger.warning(
                """
                overload: the hop of all \(machineCount) machines is stretched \(after) times (was \(before)); their windows \
                are \(share), the oldest waited \(Int(longestWaitSeconds.rounded())) s. Lengthen window.hop, take machines \
                off this box, or use a smaller model
                """
            )
        } else {
            let news =
                after == 1
                ? "overload is over, every window is judged again"
                : "the hop of all machines is stretched \(after) times (was \(before))"
            logger.notice("\(news); their windows are \(share)")
        }
        return before
    }
}
