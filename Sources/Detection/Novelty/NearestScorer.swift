// Distance to the nearest points of the bank.

struct NearestScorer: Sendable {
    let neighbours: Int
    /// Each point's score against those of other blocks.
    let leaveOneOut: [Double]

    /// - Parameters:
    ///   - distances: between the points, (points, points).
    ///   - blocks: of each point; all but itself where all are of one block.
    init(distances: [[Double]], neighbours: Int, blocks: [Int]) {
        self.neighbours = max(1, neighbours)
        guard distances.count > 1 else {
            leaveOneOut = []
            return
        }
        let areOne = Set(blocks).count < 2
        leaveOneOut = distances.indices.map { point in
            let others = distances[point].enumerated().filter {
                areOne ? $0.offset != point : blocks[$0.offset] != blocks[point]
            }
            return Self.meanOfSmallest(others.map(\.element), count: max(1, neighbours))
        }
    }

    /// - Parameter distances: to every point.
    func score(_ distances: [Double]) -> Double { Self.meanOfSmallest(distances, count: neighbours) }

    /// Mean distance of a point to its nearest others, leaving out itself and perhaps one more.
    static func spacing(
        of point: Int,
        _ distances: [[Double]],
        neighbours: Int,
        without other: Int? = nil
    ) -> Double {
        let others = distances[point].enumerated().filter { $0.offset != point && $0.offset != other }
        return meanOfSmallest(others.map(\.element), count: neighbours)
    }

    /// Mean of the smallest values; 0 for none. Keeps a short sorted list: far cheaper than sorting all.
    static func meanOfSmallest(_ values: [Double], count: Int) -> Double {
        var smallest: [Double] = []
        smallest.reserveCapacity(count + 1)
        for value in values {
            if smallest.count == count, let last = smallest.last, value >= last { continue }
            let place = smallest.firstIndex { $0 > value } ?? smallest.count
            smallest.insert(value, at: place)
            if smallest.count > count { smallest.removeLast() }
        }
        return smallest.isEmpty ? 0 : smallest.reduce(0, +) / Double(smallest.count)
    }
}
