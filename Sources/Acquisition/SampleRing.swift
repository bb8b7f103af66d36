// The last stretch of one stream: a ring of samples addressed by stream position.

/// A fixed-capacity ring; a position lives at `position % capacity` until it is overwritten.
struct SampleRing: Sendable {
    private var storage: [Float]

    /// Samples held.
    var capacity: Int { storage.count }

    init(capacity: Int) {
        precondition(capacity > 0, "a ring holds at least one sample")
        storage = [Float](repeating: 0, count: capacity)
    }

    /// Writes samples from `position` on; at most `capacity` of them.
    mutating func write(_ samples: ArraySlice<Float>, at position: Int) {
        precondition(samples.count <= capacity, "a write must fit the ring")
        let first = position % capacity
        let untilWrap = min(samples.count, capacity - first)
        storage.replaceSubrange(first..<first + untilWrap, with: samples.prefix(untilWrap))
        storage.replaceSubrange(0..<samples.count - untilWrap, with: samples.dropFirst(untilWrap))
    }

    /// Writes silence from `position` on.
    mutating func writeSilence(count: Int, at position: Int) {
        precondition(count <= capacity, "a write must fit the ring")
        let first = position % capacity
        let untilWrap = min(count, capacity - first)
        storage.withUnsafeMutableBufferPointer { buffer in
            buffer[first..<first + untilWrap].update(repeating: 0)
            buffer[0..<count - untilWrap].update(repeating: 0)
        }
    }

    /// All `capacity` samples from `position` on where they lie: two parts, to be read one after the other.
    func withParts<Value, Failure: Error>(
        from position: Int,
        _ body: ([UnsafeBufferPointer<Float>]) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let first = position % capacity
        return try storage.withUnsafeBufferPointer { samples throws(Failure) in
            try body([
                UnsafeBufferPointer(rebasing: samples[first...]), UnsafeBufferPointer(rebasing: samples[..<first]),
            ])
        }
    }
}
