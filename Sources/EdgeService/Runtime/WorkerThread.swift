// A thread of its own for one actor: long computations there never hold up the cooperative pool.
import Dispatch
import Foundation
import Synchronization

/// A serial executor backed by one dedicated thread.
///
/// The cooperative pool has as many threads as cores, and one blocked thread stalls everything that awaits. Actors that
/// compute for milliseconds (inference, decoding) name a worker thread as their executor instead.
final class WorkerThread: SerialExecutor {
    private struct Queue {
        var jobs: [UnownedJob] = []
        var isStopping = false
    }

    private let queue = Mutex(Queue())
    private let available = DispatchSemaphore(value: 0)

    /// Starts the thread; `name` shows up in debuggers and `top -H`.
    ///
    /// - Parameter niceness: 0 as all threads, up to 19 for work that others go before; where the system has it.
    init(name: String, niceness: Int32 = 0) {
        let thread = Thread { [self] in
            #if canImport(Glibc)
                // On Linux a thread has a niceness of its own, and 0 names the calling one.
                if niceness > 0 { _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, niceness) }
            #endif
            runLoop()
        }
        thread.name = name
        thread.stackSize = 4 << 20
        thread.start()
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let unowned = UnownedJob(job)
        queue.withLock { $0.jobs.append(unowned) }
        available.signal()
    }

    func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        UnownedSerialExecutor(ordinary: self)
    }

    /// Lets the thread end once the queue is empty; until then the thread keeps the executor alive.
    func stop() {
        queue.withLock { $0.isStopping = true }
        available.signal()
    }

    private func runLoop() {
        while true {
            available.wait()
            let (job, isStopping) = queue.withLock { queue -> (UnownedJob?, Bool) in
                (queue.jobs.isEmpty ? nil : queue.jobs.removeFirst(), queue.isStopping)
            }
            if let job {
                job.runSynchronously(on: asUnownedSerialExecutor())
            } else if isStopping {
                return
            }
        }
    }
}
