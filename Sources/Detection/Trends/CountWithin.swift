// N of M: hits that need not follow one another.

/// Counts how many of the last M windows were hits. A machine that knocks every other window never has three in a row.
public struct CountWithin: Hashable, Sendable, Codable {
    /// Hits needed (N), at least 1.
    public let needed: Int
    /// Windows looked at (M), at least N.
    public let window: Int
    /// After this time without a window what was counted is forgotten, in seconds.
    public let staleAfterSeconds: Double

    /// The last windows, oldest first: their times in seconds, and whether they were hits.
    public private(set) var recent: [Entry] = []

    /// One window.
    public struct Entry: Hashable, Sendable, Codable {
        /// Its start.
        public let timeSeconds: Double
        /// Whether it counted.
        public let isHit: Bool
    }

    /// Makes an empty count.
    ///
    /// - Throws: `DetectionError` for a rule that can never be met.
    public init(needed: Int, of window: Int, staleAfterSeconds: Double) throws(DetectionError) {
        guard needed >= 1, window >= needed, window <= 10_000, staleAfterSeconds > 0 else {
            throw DetectionError(
                .unknown,
                "\(needed) of \(window) windows within \(staleAfterSeconds) s can never be met; use such as 3 of 5"
            )
        }
        self.needed = needed
        self.window = window
        self.staleAfterSeconds = staleAfterSeconds
    }

    /// Hits among the windows looked at.
    public var hits: Int { recent.count { $0.isHit } }

    /// Whether enough of them were hits.
    public var isMet: Bool { hits >= needed }

    /// Takes a window; one no later than the last is left out. Gives whether the count is met.
    @discardableResult
    public mutating func observe(isHit: Bool, atSeconds time: Double) -> Bool {
        guard time.isFinite else { return isMet }
        if let last = recent.last {
            guard time > last.timeSeconds else { return isMet }
            if time - last.timeSeconds > staleAfterSeconds { recent.removeAll(keepingCapacity: true) }
        }
        recent.append(Entry(timeSeconds: time, isHit: isHit))
        if recent.count > window { recent.removeFirst() }
        return isMet
    }
}
