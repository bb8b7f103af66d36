// How far windows are thinned when the box cannot judge them all: one integer for every machine, up fast, down with care.
import Foundation

/// Decides the hop stretch: of every machine's windows one in `factor` is judged.
///
/// A value without clock or I/O. Load is what the machines offer: windows a second, before thinning, times the measured
/// seconds one takes, over the workers there are. The factor rises only while windows really wait, and then at once to
/// what the load asks for; it falls when the load has fitted a lower factor with room to spare for a while. Falls that
/// turn out too early make the next one wait twice as long.
struct HopStretch: Sendable {
    /// Thresholds; the defaults hold a latency of two seconds without stretching for a burst.
    struct Limits: Sendable {
        /// A window that waits longer means overload, whatever the load is thought to be.
        var longestWaitSeconds = 3.0
        /// Waiting above this is taken seriously where the load is high, too.
        var noticedWaitSeconds = 1.0
        /// Load per factor above which the box counts as full.
        var fullLoad = 0.95
        /// Load per factor aimed at when the factor changes.
        var aimedLoad = 0.75
        /// Time between two rises: a rise has to show its effect first.
        var settleSeconds = 10.0
        /// Calm needed before a fall.
        var calmSeconds = 20.0
        /// Longest calm asked for after falls that came too early.
        var longestCalmSeconds = 600.0
        /// Span over which the offered windows are averaged.
        var memorySeconds = 20.0
        /// Highest factor.
        var most = 60
    }

    /// One in so many windows is judged; 1 judges all.
    private(set) var factor = 1

    private let limits: Limits
    private let workerCount: Int
    private var secondsPerWindow: Double?
    private var decayedWindows = 0.0
    private var firstTick: Double?
    private var lastTick: Double?
    private var lastRise = -Double.infinity
    private var lastFall = -Double.infinity
    private var calmSince: Double?
    private var neededCalmSeconds: Double

    init(workerCount: Int, limits: Limits = Limits()) {
        self.workerCount = max(1, workerCount)
        self.limits = limits
        neededCalmSeconds = limits.calmSeconds
    }

    /// A window came from a machine, whether it will be judged or not.
    mutating func offered() { decayedWindows += 1 }

    /// A worker took so long for a window.
    mutating func judged(seconds: Double) {
        secondsPerWindow = secondsPerWindow.map { $0 + (seconds - $0) * 0.1 } ?? seconds
    }

    /// What the machines ask of the workers: 1 keeps every worker busy all the time. Nil while too little is known.
    var offeredLoad: Double? {
        guard let secondsPerWindow, let firstTick, let lastTick else { return nil }
        let known = lastTick - firstTick
        guard known >= limits.memorySeconds / 2 else { return nil }
        // The memory fills up at first: without this the load would seem lower than it is.
        let span = limits.memorySeconds * (1 - exp(-known / limits.memorySeconds))
        return decayedWindows / span * secondsPerWindow / Double(workerCount)
    }

    /// Looks at the queue, about once a second.
    ///
    /// - Parameters:
    ///   - time: seconds on any clock that does not jump.
    ///   - longestWait: how long the oldest waiting window has waited, seconds.
    /// - Returns: whether the factor changed.
    mutating func tick(at time: Double, longestWait: Double) -> Bool {
        if let lastTick { decayedWindows *= exp(-max(0, time - lastTick) / limits.memorySeconds) }
        firstTick = firstTick ?? time
        lastTick = time
        let load = offeredLoad ?? 0
        let before = factor
        if mustRise(load, longestWait, at: time) {
            if time - lastFall < 3 * neededCalmSeconds {
                neededCalmSeconds = min(2 * neededCalmSeconds, limits.longestCalmSeconds)
            }
            factor = min(limits.most, max(factor + 1, factor(for: load)))
            lastRise = time
            calmSince = nil
        } else if factor > 1, longestWait < limits.noticedWaitSeconds, offeredLoad != nil, factor(for: load) < factor {
            let since = calmSince ?? time
            calmSince = since
            if time - since >= neededCalmSeconds {
                factor = factor(for: load)
                lastFall = time
                calmSince = nil
            }
        } else {
            calmSince = nil
        }
        if factor == 1, time - lastFall > limits.longestCalmSeconds { neededCalmSeconds = limits.calmSeconds }
        return factor != before
    }

    /// Whether a machine's window is judged under the present factor. Machines are spread over the turns, so that not all
    /// of them are judged at once.
    ///
    /// - Parameters:
    ///   - sequenceNumber: the window's, counted per machine.
    ///   - turn: the machine's place, any number.
    func takes(sequenceNumber: UInt64, turn: Int) -> Bool {
        sequenceNumber % UInt64(factor) == UInt64(turn % factor)
    }

    private func mustRise(_ load: Double, _ longestWait: Double, at time: Double) -> Bool {
        guard factor < limits.most, time - lastRise >= limits.settleSeconds else { return false }
        let isFull = load / Double(factor) > limits.fullLoad
        return longestWait > limits.longestWaitSeconds || (isFull && longestWait > limits.noticedWaitSeconds)
    }

    private func factor(for load: Double) -> Int { max(1, Int(min(1_000, load / limits.aimedLoad).rounded(.up))) }
}
