// A small memory that forgets what was not asked for the longest.

/// Values by key, bounded: the least recently used one goes first.
struct RecentlyUsed<Key: Hashable, Value> {
    let capacity: Int
    private var values: [Key: (value: Value, used: Int)] = [:]
    private var clock = 0

    init(capacity: Int) {
        self.capacity = max(1, capacity)
    }

    var count: Int { values.count }

    subscript(key: Key) -> Value? {
        mutating get {
            guard let value = values[key]?.value else { return nil }
            clock += 1
            values[key]?.used = clock
            return value
        }
        set {
            clock += 1
            values[key] = newValue.map { ($0, clock) }
            guard values.count > capacity, let oldest = values.min(by: { $0.value.used < $1.value.used }) else {
                return
            }
            values[oldest.key] = nil
        }
    }
}
