// Who may use the desk now: a few at work, a few in line, everybody else is told to come back.
import Hummingbird
import Synchronization

/// Counts those admitted and hands out turns in the order of asking.
final class DeskAdmission: Sendable {
    private struct State {
        var admitted = 0
        var running = 0
        var nextTicket = 0
        var line: [(ticket: Int, continuation: CheckedContinuation<Void, any Error>)] = []
        /// Tickets given up before they stood in line.
        var abandoned: Set<Int> = []
    }

    private let running: Int
    private let waiting: Int
    private let busy: String
    private let state = Mutex(State())

    /// - Parameter busy: what those are told who find the house full; nil speaks of the listening desk.
    init(running: Int, waiting: Int, busy: String? = nil) {
        self.running = max(1, running)
        self.waiting = max(0, waiting)
        self.busy =
            busy
                ?? """
                the listening desk is busy: \(max(1, running)) sounds at work and \(max(0, waiting)) waiting are its limit; \
                try again in a few seconds
                """
    }

    /// How many are inside: at work, waiting, or still sending.
    var admittedCount: Int { state.withLock { $0.admitted } }

    /// How many wait for a turn.
    var waitingCount: Int { state.withLock { $0.line.count } }

    /// Lets `body` in, or refuses at once.
    ///
    /// - Throws: an `APIError` 429 with `Retry-After` when the house is full.
    func admitted<Value>(_ body: () async throws -> Value) async throws -> Value {
        let isIn = state.withLock { state in
            guard state.admitted < running + waiting else { return false }
            state.admitted += 1
            return true
        }
        guard isIn else {
            throw APIError(
                .tooManyRequests,
                "busy",
                busy,
                headers: [.retryAfter: "5"]
            )
        }
        defer { state.withLock { $0.admitted -= 1 } }
        return try await body()
    }

    /// Runs `body` when it is its turn.
    ///
    /// - Throws: `CancellationError` for one that gave up while waiting.
    func turn<Value>(_ body: () async throws -> Value) async throws -> Value {
        try await takeTurn()
        defer { passTurn() }
        return try await body()
    }

    private func takeTurn() async throws {
        let ticket = state.withLock { state in
            state.nextTicket += 1
            return state.nextTicket
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let now: Result<Void, any Error>? = state.withLock { state in
                    if state.abandoned.remove(ticket) != nil { return .failure(CancellationError()) }
                    if state.running < running {
                        state.running += 1
                        return .success(())
                    }
                    state.line.append((ticket, continuation))
                    return nil
                }
                if let now { continuation.resume(with: now) }
            }
        } onCancel: {
            let waiter = state.withLock { state -> CheckedContinuation<Void, any Error>? in
                guard let place = state.line.firstIndex(where: { $0.ticket == ticket }) else {
                    state.abandoned.insert(ticket)
                    return nil
                }
                return state.line.remove(at: place).continuation
            }
            waiter?.resume(throwing: CancellationError())
        }
        state.withLock { _ = $0.abandoned.remove(ticket) }
    }

    private func passTurn() {
        let next = state.withLock { state -> CheckedContinuation<Void, any Error>? in
            guard !state.line.isEmpty else {
                state.running -= 1
                return nil
            }
            return state.line.removeFirst().continuation
        }
        next?.resume()
    }
}
