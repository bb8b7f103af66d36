// One stretch of measured work: some workers, each on a thread of its own, empty one queue of windows.
import Dispatch
import Foundation
import Synchronization

/// A fixed number of windows shared by workers as they come free.
///
/// The clock starts when every worker has made its listener and warmed it up, and stops when the last window is done.
final class BenchmarkTurn: Sendable {
    /// What one worker measured.
    struct Lap: Sendable {
        var logMelMS: [Double] = []
        var encoderMS: [Double] = []
        var allocations = 0
        var countsAllocations = true
        var end = ContinuousClock.now
    }

    /// Handed to each worker.
    typealias Work = @Sendable (BenchmarkTurn) throws -> Lap

    private let windowCount: Int
    private let taken = Atomic<Int>(0)
    private let laps = Mutex<[Result<Lap, any Error>]>([])
    private let ready = DispatchSemaphore(value: 0)
    private let go = DispatchSemaphore(value: 0)
    private let finished = DispatchSemaphore(value: 0)

    private init(windowCount: Int) { self.windowCount = windowCount }

    /// Runs `work` on `workerCount` threads and returns their laps and the seconds from first start to last end.
    ///
    /// `work` makes itself ready, calls `waitForStart` once, and takes windows until there is none.
    static func run(workerCount: Int, windowCount: Int, work: @escaping Work) throws -> (laps: [Lap], seconds: Double) {
        let turn = BenchmarkTurn(windowCount: windowCount)
        for number in 0..<workerCount {
            let thread = Thread {
                let lap = Result { try work(turn) }
                // One that failed before it was ready must not keep the others waiting.
                if case .failure = lap { turn.ready.signal() }
                turn.laps.withLock { $0.append(lap) }
                turn.finished.signal()
            }
            thread.name = "bench-\(number)"
            thread.stackSize = 4 << 20
            thread.start()
        }
        for _ in 0..<workerCount { turn.ready.wait() }
        let start = ContinuousClock.now
        for _ in 0..<workerCount { turn.go.signal() }
        for _ in 0..<workerCount { turn.finished.wait() }
        let laps = try turn.laps.withLock { $0 }.map { try $0.get() }
        let end = laps.map(\.end).max() ?? start
        return (laps, (end - start) / .seconds(1))
    }

    /// Says that the calling worker is ready, and waits for the others.
    func waitForStart() {
        ready.signal()
        go.wait()
    }

    /// The number of the next window; nil when all are taken.
    func take() -> Int? {
        let number = taken.add(1, ordering: .relaxed).oldValue
        return number < windowCount ? number : nil
    }
}
