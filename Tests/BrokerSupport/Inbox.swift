// Waits with a deadline, the way tests wait here: for something to arrive, never for time to pass.

import Foundation
import MQTT
import Synchronization

/// What did not arrive in time.
public struct InboxTimeout: Error, CustomStringConvertible {
    public let description: String
}

/// Collects values from any thread and lets a test wait until they are as it wants them.
public final class Inbox<Value: Sendable>: Sendable {
    private struct State {
        var values: [Value] = []
        var waiters: [UInt64: AsyncStream<[Value]>.Continuation] = [:]
        var nextID: UInt64 = 0
    }

    private let state = Mutex(State())

    public init() {}

    /// Everything that has arrived so far.
    public var values: [Value] { state.withLock { $0.values } }

    public func put(_ value: Value) {
        state.withLock { state in
            state.values.append(value)
            for waiter in state.waiters.values { waiter.yield(state.values) }
        }
    }

    /// Returns the values as soon as `condition` holds for them.
    @discardableResult
    public func wait(
        for what: String,
        seconds: Double = 600,
        until condition: @escaping @Sendable ([Value]) -> Bool
    ) async throws -> [Value] {
        let (stream, continuation) = AsyncStream.makeStream(of: [Value].self, bufferingPolicy: .bufferingNewest(1))
        let id = state.withLock { state in
            state.nextID += 1
            state.waiters[state.nextID] = continuation
            continuation.yield(state.values)
            return state.nextID
        }
        defer { state.withLock { _ = $0.waiters.removeValue(forKey: id) } }
        return try await withThrowingTaskGroup(of: [Value].self) { group in
            group.addTask {
                for await values in stream where condition(values) { return values }
                throw CancellationError()
            }
            group.addTask {
                try await Task.sleep(for: .seconds(seconds))
                throw InboxTimeout(description: "\(what) did not come within \(seconds) s")
            }
            defer { group.cancelAll() }
            guard let first = try await group.next() else { throw CancellationError() }
            return first
        }
    }

    /// Returns once at least `count` values are there.
    @discardableResult
    public func wait(count: Int, seconds: Double = 600) async throws -> [Value] {
        try await wait(for: "\(count) values", seconds: seconds) { $0.count >= count }
    }
}

extension MQTTClient {
    /// Waits for a state that fulfils `condition`, and returns it.
    @discardableResult
    public func waitForState(
        _ what: String,
        seconds: Double = 600,
        _ condition: @escaping @Sendable (ConnectionState) -> Bool
    ) async throws -> ConnectionState {
        let inbox = Inbox<ConnectionState>()
        let states = connectionStates
        let reader = Task { for await state in states { inbox.put(state) } }
        defer { reader.cancel() }
        let seen = try await inbox.wait(for: what, seconds: seconds) { $0.contains(where: condition) }
        guard let state = seen.first(where: condition) else { throw CancellationError() }
        return state
    }
}
