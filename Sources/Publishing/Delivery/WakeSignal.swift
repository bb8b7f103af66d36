// A bell for a loop, and the pauses after which it rings by itself.

/// Wakes a loop; rings that come while it is busy are remembered as one.
struct WakeSignal: Sendable {
    /// The loop's end. It ends for good when the task that listens is cancelled.
    let rings: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() {
        (rings, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func ring() { continuation.yield() }
}

/// Rings a signal after a while; rings that would come later than one already set are not set.
struct AlarmClock {
    private let signal: WakeSignal
    private var next: ContinuousClock.Instant?

    init(_ signal: WakeSignal) {
        self.signal = signal
    }

    mutating func ring(after delay: Duration, in group: inout DiscardingTaskGroup) {
        let now = ContinuousClock.now
        if let next, next > now, next <= now + delay { return }
        next = now + delay
        group.addTask { [signal] in
            // Cut short only when the whole group is cancelled, and then an early ring does no harm.
            try? await Task.sleep(for: delay)
            signal.ring()
        }
    }
}

/// Growing pauses between attempts.
public struct RetryDelays: Hashable, Sendable {
    /// After the first failure.
    public var first: Duration
    /// Never longer than this.
    public var longest: Duration

    /// Makes delays: doubling from `first` to `longest`.
    public init(first: Duration = .seconds(1), longest: Duration = .seconds(60)) {
        self.first = first
        self.longest = longest
    }

    func delay(failures: Int) -> Duration {
        min(first * (1 << min(max(failures - 1, 0), 16)), longest)
    }
}
