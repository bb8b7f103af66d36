// The bounded queue between the MQTT callback and a machine's intake.
import Synchronization

/// Why chunks are missing from an inbox.
public struct InboxDrops: Hashable, Sendable {
    /// Chunks dropped.
    public var chunks = 0
    /// Their bytes.
    public var bytes = 0

    /// Nothing dropped.
    public init() {}
}

/// A queue of one machine's chunks, bounded in number and bytes: the oldest go first, and every one is counted.
///
/// `push` never waits; one consumer takes chunks with ``next()`` or `for await`.
public final class MachineInbox: Sendable, AsyncSequence {
    /// What comes out.
    public typealias Element = AudioChunk

    private struct State {
        var chunks: [AudioChunk] = []
        var byteCount = 0
        var drops = InboxDrops()
        var isFinished = false
        var waiter: CheckedContinuation<AudioChunk?, Never>?
    }

    /// Most chunks held.
    public let maxChunkCount: Int
    /// Most bytes held.
    public let maxByteCount: Int
    private let state = Mutex(State())

    /// Makes an inbox.
    public init(maxChunkCount: Int = 64, maxByteCount: Int = 64 << 20) {
        precondition(maxChunkCount > 0 && maxByteCount > 0, "an inbox holds at least one chunk")
        self.maxChunkCount = maxChunkCount
        self.maxByteCount = maxByteCount
    }

    /// Puts a chunk in, dropping the oldest ones where there is no room; never waits.
    ///
    /// A chunk larger than the whole inbox is dropped itself. After ``finish()`` chunks are dropped uncounted.
    /// - Returns: what this call dropped.
    @discardableResult
    public func push(_ chunk: AudioChunk) -> InboxDrops {
        let (dropped, waiter) = state.withLock { state -> (InboxDrops, CheckedContinuation<AudioChunk?, Never>?) in
            var dropped = InboxDrops()
            guard !state.isFinished else { return (dropped, nil) }
            if let waiter = state.waiter {
                state.waiter = nil
                return (dropped, waiter)
            }
            let size = chunk.payload.count
            guard size <= maxByteCount else {
                dropped.add(chunk)
                state.drops.add(chunk)
                return (dropped, nil)
            }
            while state.chunks.count >= maxChunkCount || state.byteCount + size > maxByteCount {
                let oldest = state.chunks.removeFirst()
                state.byteCount -= oldest.payload.count
                dropped.add(oldest)
                state.drops.add(oldest)
            }
            state.chunks.append(chunk)
            state.byteCount += size
            return (dropped, nil)
        }
        waiter?.resume(returning: chunk)
        return dropped
    }

    /// The next chunk; nil when the inbox is finished and empty or the task is cancelled.
    ///
    /// - Precondition: one consumer at a time.
    public func next() async -> AudioChunk? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let chunk = state.withLock { state -> AudioChunk?? in
                    if !state.chunks.isEmpty {
                        let chunk = state.chunks.removeFirst()
                        state.byteCount -= chunk.payload.count
                        return .some(chunk)
                    }
                    if state.isFinished || Task.isCancelled { return .some(nil) }
                    precondition(state.waiter == nil, "an inbox has one consumer")
                    state.waiter = continuation
                    return nil
                }
                if let chunk { continuation.resume(returning: chunk) }
            }
        } onCancel: {
            takeWaiter()?.resume(returning: nil)
        }
    }

    /// Ends the queue: what is inside can still be taken, then `next()` gives nil.
    public func finish() {
        let waiter = state.withLock { state in
            state.isFinished = true
            let waiter = state.waiter
            state.waiter = nil
            return waiter
        }
        waiter?.resume(returning: nil)
    }

    /// What was dropped since the last call.
    public func takeDrops() -> InboxDrops {
        state.withLock { state in
            let drops = state.drops
            state.drops = InboxDrops()
            return drops
        }
    }

    /// Chunks waiting now.
    public var count: Int { state.withLock(\.chunks.count) }

    /// An iterator over ``next()``.
    public func makeAsyncIterator() -> Iterator { Iterator(inbox: self) }

    /// Takes chunks one by one.
    public struct Iterator: AsyncIteratorProtocol {
        let inbox: MachineInbox

        /// The next chunk, as ``MachineInbox/next()``.
        public mutating func next() async -> AudioChunk? { await inbox.next() }
    }

    private func takeWaiter() -> CheckedContinuation<AudioChunk?, Never>? {
        state.withLock { state in
            let waiter = state.waiter
            state.waiter = nil
            return waiter
        }
    }
}

extension InboxDrops {
    fileprivate mutating func add(_ chunk: AudioChunk) {
        chunks += 1
        bytes += chunk.payload.count
    }
}
