// The two counters that let a host notice what it missed.

/// The number of a message, 0...255: one counter for the node and all its devices.
public struct MessageSequence: Hashable, Sendable {
    private var next: UInt8 = 0

    /// Starts at 0.
    public init() {}

    /// The number of the message that is sent now.
    public mutating func take() -> UInt64 {
        defer { next &+= 1 }
        return UInt64(next)
    }

    /// Begins anew: the NBIRTH that follows is number 0.
    public mutating func reset() { next = 0 }
}

/// The number that ties a death to its birth, 0...255: one more with every CONNECT packet.
///
/// The number is kept on disk before the CONNECT is sent. An attempt that never got as far as sending CONNECT (the broker
/// is not there) does not use one up.
public struct BirthDeathSequence: Hashable, Sendable {
    /// The number of the last will, or of the next CONNECT where that was not sent yet; nil before the first.
    public private(set) var current: UInt8?
    private var isSent: Bool

    /// Continues after the number that was kept; nil begins at 0.
    public init(last: UInt8?) {
        current = last
        isSent = last != nil
    }

    /// The number for the will of a connection attempt.
    ///
    /// - Returns: whether it is a new one, which must be kept before CONNECT is sent.
    public mutating func beginAttempt() -> (number: UInt8, isNew: Bool) {
        if let current, !isSent { return (current, false) }
        let number = current.map { $0 &+ 1 } ?? 0
        current = number
        isSent = false
        return (number, true)
    }

    /// CONNECT is on its way with the number.
    public mutating func connectWasSent() { isSent = true }
}
