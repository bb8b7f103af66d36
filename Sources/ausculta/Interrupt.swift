// Ctrl-C as cancellation, so that long work ends between two steps and leaves nothing half done.
import ServiceLifecycle
import UnixSignals

/// Runs `body`; Ctrl-C or SIGTERM cancels it and gives nil.
func withInterruptCancelling<Value: Sendable>(_ body: @escaping () async throws -> Value) async throws -> Value? {
    nonisolated(unsafe) let work = body
    // Before the work begins: what it says first may already be answered with Ctrl-C.
    let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
    return try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask {
            do { return try await work() } catch is CancellationError { return nil }
        }
        group.addTask {
            for await _ in signals { return nil }
            throw CancellationError()
        }
        defer { group.cancelAll() }
        return try await group.next() ?? nil
    }
}
