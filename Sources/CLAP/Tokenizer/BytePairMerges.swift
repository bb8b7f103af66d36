// The merge rules of byte-pair encoding, and their application to one word.
//
// Sennrich et al., "Neural Machine Translation of Rare Words with Subword Units": https://arxiv.org/abs/1508.07909

/// Pairs of token ids with the id they become and their rank.
struct BytePairMerges: Sendable {
    private struct Rule {
        var pair: UInt64
        var rank: Int32  // -1 for an empty slot
        var merged: Int32
    }

    private var rules: [Rule]
    private var count = 0

    init(minimumCapacity: Int = 1024) {
        var slotCount = 2048
        while slotCount < 2 * minimumCapacity { slotCount *= 2 }
        rules = [Rule](repeating: Rule(pair: 0, rank: -1, merged: 0), count: slotCount)
    }

    /// Adds a rule of the next rank. A pair that is there already gets the later rank, as in the reference.
    mutating func append(left: Int32, right: Int32, merged: Int32, rank: Int32) {
        let pair = Self.pair(left, right)
        let slot = slot(for: pair)
        if rules[slot].rank < 0 { count += 1 }
        rules[slot] = Rule(pair: pair, rank: rank, merged: merged)
        if 2 * count > rules.count { grow() }
    }

    /// Merges neighbouring ids, lowest rank first and leftmost among equals, until no rule applies.
    func apply(to word: [Int32]) -> [Int32] {
        if word.count < 2 { return word }
        var ids = word
        var next = Array(1...word.count)  // index of the following symbol; word.count at the end
        var previous = Array(-1..<word.count - 1)
        var alive = [Bool](repeating: true, count: word.count)
        var queue = MergeQueue()

        func consider(_ position: Int) {
            guard position >= 0, next[position] < ids.count else { return }
            guard let rule = rule(ids[position], ids[next[position]]) else { return }
            queue.push(MergeQueue.Candidate(rank: rule.rank, position: Int32(position)))
        }

        for position in 0..<word.count - 1 { consider(position) }
        while let candidate = queue.pop() {
            let position = Int(candidate.position)
            // Neighbours may have merged since: the candidate counts only if the pair at its place still has its rank.
            guard alive[position], next[position] < ids.count,
                let rule = rule(ids[position], ids[next[position]]), rule.rank == candidate.rank
            else { continue }
            let absorbed = next[position]
            ids[position] = rule.merged
            alive[absorbed] = false
            next[position] = next[absorbed]
            if next[absorbed] < ids.count { previous[next[absorbed]] = position }
            consider(previous[position])
            consider(position)
        }
        return ids.indices.filter { alive[$0] }.map { ids[$0] }
    }

    private func rule(_ left: Int32, _ right: Int32) -> (rank: Int32, merged: Int32)? {
        let found = rules[slot(for: Self.pair(left, right))]
        return found.rank < 0 ? nil : (found.rank, found.merged)
    }

    private func slot(for pair: UInt64) -> Int {
        let mask = rules.count - 1
        var slot = Int(truncatingIfNeeded: (pair &* 0x9e37_79b9_7f4a_7c15) >> 32) & mask
        while rules[slot].rank >= 0 && rules[slot].pair != pair { slot = (slot + 1) & mask }
        return slot
    }

    private mutating func grow() {
        let old = rules
        rules = [Rule](repeating: Rule(pair: 0, rank: -1, merged: 0), count: 2 * old.count)
        for rule in old where rule.rank >= 0 { rules[slot(for: rule.pair)] = rule }
    }

    private static func pair(_ left: Int32, _ right: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }
}

/// Candidate merges, the lowest rank first and the leftmost among equals: a binary heap.
struct MergeQueue {
    struct Candidate: Comparable {
        var rank: Int32
        var position: Int32

        static func < (left: Candidate, right: Candidate) -> Bool {
            left.rank != right.rank ? left.rank < right.rank : left.position < right.position
        }
    }

    private var heap: [Candidate] = []

    mutating func push(_ candidate: Candidate) {
        heap.append(candidate)
        var child = heap.count - 1
        while child > 0, heap[child] < heap[(child - 1) / 2] {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func pop() -> Candidate? {
        guard let least = heap.first else { return nil }
        let last = heap.removeLast()
        if heap.isEmpty { return least }
        heap[0] = last
        var parent = 0
        while true {
            var smallest = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child] < heap[smallest] {
                smallest = child
            }
            if smallest == parent { return least }
            heap.swapAt(parent, smallest)
            parent = smallest
        }
    }
}
