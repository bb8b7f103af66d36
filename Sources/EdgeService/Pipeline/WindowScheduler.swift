// Hands out windows to the inference workers machine by machine, so that a busy machine never starves a quiet one.
import Synchronization

/// A fair, bounded queue of work with one lane per machine.
///
/// Lanes are served in turn. A lane hands out one job at a time: the next one becomes available when the holder calls
/// `finished(machine:)`, so results of one machine arrive in order however many workers there are. A lane that is full
/// drops its oldest job and counts it.
final class WindowScheduler<Job: Sendable>: Sendable {
    private struct Lane {
        var pending: [Job] = []
        var isBusy = false
        var dropped = 0
    }

    private struct State {
        var lanes: [String: Lane] = [:]
        /// Machines with a job that may be handed out now, in turn.
        var ready: [String] = []
        var waiters: [CheckedContinuation<Job?, Never>] = []
        var isClosed = false
    }

    /// Jobs a machine may have waiting before the oldest is dropped.
    let capacityPerMachine: Int

    private let state = Mutex(State())

    init(capacityPerMachine: Int) {
        self.capacityPerMachine = max(1, capacityPerMachine)
    }

    /// Adds a job to a machine's lane. Returns false where an older job had to be dropped for it.
    @discardableResult
    func submit(_ job: Job, machine: String) -> Bool {
        let (waiter, handedOut, keptAll) = state.withLock {
            state -> (CheckedContinuation<Job?, Never>?, Job?, Bool) in
            guard !state.isClosed else { return (nil, nil, true) }
            var lane = state.lanes[machine] ?? Lane()
            let becameReady = !lane.isBusy && lane.pending.isEmpty
            lane.pending.append(job)
            let keptAll = lane.pending.count <= capacityPerMachine
            if !keptAll {
                lane.pending.removeFirst()
                lane.dropped += 1
            }
            state.lanes[machine] = lane
            if becameReady { state.ready.append(machine) }
            guard !state.waiters.isEmpty, let next = Self.takeNext(&state) else { return (nil, nil, keptAll) }
            return (state.waiters.removeFirst(), next, keptAll)
        }
        waiter?.resume(returning: handedOut)
        return keptAll
    }

    /// The next job in turn; waits for one. Nil once the scheduler is closed and empty.
    func next() async -> Job? {
        await withCheckedContinuation { continuation in
            let immediate = state.withLock { state -> Job?? in
                if let job = Self.takeNext(&state) { return .some(job) }
                if state.isClosed { return .some(nil) }
                state.waiters.append(continuation)
                return nil
            }
            if let immediate { continuation.resume(returning: immediate) }
        }
    }

    /// The job last handed out for a machine is done; its lane may hand out the next one.
    func finished(machine: String) {
        let (waiter, job) = state.withLock { state -> (CheckedContinuation<Job?, Never>?, Job?) in
            guard var lane = state.lanes[machine] else { return (nil, nil) }
            lane.isBusy = false
            state.lanes[machine] = lane
            if !lane.pending.isEmpty { state.ready.append(machine) }
            guard !state.waiters.isEmpty, let next = Self.takeNext(&state) else { return (nil, nil) }
            return (state.waiters.removeFirst(), next)
        }
        waiter?.resume(returning: job)
    }

    /// Takes no more work; what waits is still handed out, then `next()` answers nil.
    func close() {
        let waiters = state.withLock { state in
            state.isClosed = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume(returning: nil) }
    }

    /// Jobs dropped so far because a machine's lane was full.
    func dropped(machine: String) -> Int {
        state.withLock { $0.lanes[machine]?.dropped ?? 0 }
    }

    /// Jobs dropped so far, over all machines.
    var droppedCount: Int { state.withLock { $0.lanes.values.reduce(0) { $0 + $1.dropped } } }

    /// Jobs waiting, over all machines.
    var depth: Int {
        state.withLock { $0.lanes.values.reduce(0) { $0 + $1.pending.count } }
    }

    /// Drops waiting jobs, and counts them.
    func drop(where isDropped: @Sendable (Job) -> Bool) {
        state.withLock { state in
            for machine in state.lanes.keys {
                guard var lane = state.lanes[machine] else { continue }
                let before = lane.pending.count
                lane.pending.removeAll(where: isDropped)
                lane.dropped += before - lane.pending.count
                state.lanes[machine] = lane
            }
            // A machine without jobs has no turn.
            let lanes = state.lanes
            state.ready.removeAll { lanes[$0]?.pending.isEmpty ?? true }
        }
    }

    /// Each machine's oldest waiting job.
    func firstWaiting() -> [Job] {
        state.withLock { $0.lanes.values.compactMap(\.pending.first) }
    }

    private static func takeNext(_ state: inout State) -> Job? {
        guard !state.ready.isEmpty else { return nil }
        let machine = state.ready.removeFirst()
        guard var lane = state.lanes[machine], !lane.pending.isEmpty else { return nil }
        let job = lane.pending.removeFirst()
        lane.isBusy = true
        state.lanes[machine] = lane
        return job
    }
}
