// "Did you mean …?": the known name closest to a mistyped one.

enum NearestName {
    /// The name with the fewest typing errors, if that is few enough to be meant.
    static func suggestion(for text: String, among names: some Sequence<String>) -> String? {
        let typed = Array(text.lowercased().prefix(64))
        let best = names.map { (name: $0, distance: distance(typed, Array($0.lowercased().prefix(64)))) }
            .min { ($0.distance, $0.name) < ($1.distance, $1.name) }
        guard let best, best.distance <= max(1, min(typed.count, best.name.count) / 3) else { return nil }
        return best.name
    }

    /// Insertions, deletions, replacements and swaps of neighbours between two words.
    static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var beforeLast = [Int](repeating: 0, count: right.count + 1)
        var last = Array(0...right.count)
        for (row, character) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                let change = last[column] + (character == other ? 0 : 1)
                var least = min(change, last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, character == right[column - 1], left[row - 1] == other {
                    least = min(least, beforeLast[column - 1] + 1)
                }
                current.append(least)
            }
            beforeLast = last
            last = current
        }
        return last[right.count]
    }
}
