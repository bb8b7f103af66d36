// Which tokens of a grid form which window, and which pairs a shifted window keeps apart.
// Swin Transformer, https://arxiv.org/abs/2103.14030

/// Windows of a stage's grid as row numbers of its token matrix: partition, cyclic shift and reverse in one table.
struct WindowPartition {
    /// Row numbers, window after window, tokens of a window row by row.
    let rowNumbers: [Int32]
    /// Per window, which of `masks` applies; -1 for none.
    private let maskNumbers: [Int]
    /// Tables (tokens, padded tokens) added to the scores: 0 where a pair may look at each other, -100 where it may not.
    private let masks: [[Float]]
    let windowTokenCount: Int

    var windowCount: Int { maskNumbers.count }

    init(_ stage: AudioLayout.Stage, shift: Int) {
        let (grid, side) = (stage.grid, stage.windowSize)
        let tokens = stage.windowTokenCount
        windowTokenCount = tokens
        var numbers: [Int32] = []
        numbers.reserveCapacity(grid.area)
        var kinds: [Int] = []
        for top in stride(from: 0, to: grid.height, by: side) {
            for left in stride(from: 0, to: grid.width, by: side) {
                for token in 0..<tokens {
                    let y = (top + token / side + shift) % grid.height
                    let x = (left + token % side + shift) % grid.width
                    numbers.append(Int32(y * grid.width + x))
                }
                // The last windows of either axis hold both ends of the image after the shift.
                let kind = (top + side == grid.height ? 1 : 0) + (left + side == grid.width ? 2 : 0)
                kinds.append(shift > 0 ? kind - 1 : -1)
            }
        }
        rowNumbers = numbers
        maskNumbers = kinds
        let padded = stage.attention.tableStride
        masks = [(true, false), (false, true), (true, true)].map { splitsRows, splitsColumns in
            var mask = [Float](repeating: 0, count: tokens * padded)
            func part(_ token: Int) -> Int {
                let below = splitsRows && token / side >= side - shift
                let beyond = splitsColumns && token % side >= side - shift
                return (below ? 1 : 0) + (beyond ? 2 : 0)
            }
            for i in 0..<tokens {
                for j in 0..<tokens where part(i) != part(j) { mask[i * padded + j] = -100 }
            }
            return mask
        }
    }

    /// Runs `body` on every window with its row numbers and its mask.
    func forEachWindow(_ body: (UnsafePointer<Int32>, UnsafePointer<Float>?) -> Void) {
        rowNumbers.withUnsafeBufferPointer { numbers in
            guard let first = numbers.baseAddress else { return }
            for (window, kind) in maskNumbers.enumerated() {
                let rows = first + window * windowTokenCount
                if kind < 0 {
                    body(rows, nil)
                } else {
                    masks[kind].withUnsafeBufferPointer { body(rows, $0.baseAddress) }
                }
            }
        }
    }
}
