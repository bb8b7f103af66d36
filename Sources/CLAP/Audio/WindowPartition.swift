// Which tokens of a grid form which window, and which pairs a shifted window keeps apart.
// Swin Transformer, https://arxiv.org/abs/2103.14030

/// Windows of a stage's grid as row numbers of its token matrix: partition, cyclic shift and reverse in one table.
struct WindowPartition {
    /// Row numbers, window after window, tokens of a window row by row.
    let rowNumbers: [Int32]
    /// Per window, which of `masks` applies; -1 for none.
    private let maskNumbers: [Int]
    /// Tables (keys, padded queries) added to the scores: 0 where a pair may look at each other, -100 where it may not.
    private let masks: [[Float]]
    let windowTokenCount: Int
    /// Windows that go through a block together.
    let bands: [Band]

    /// Whole rows of windows, and the rows of the token matrix they cover: one run, or two where the shift wraps around.
    struct Band {
        var windows: Range<Int>
        var rows: [Range<Int>]
    }

    /// Tokens of a band: enough for the weights to be worth reading, few enough for what a block makes of them to stay in
    /// the second-level cache.
    private static let leastBandTokens = 256

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
        bands = Self.bands(of: stage, shift: shift)
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

    private static func bands(of stage: AudioLayout.Stage, shift: Int) -> [Band] {
        let (grid, side) = (stage.grid, stage.windowSize)
        let (across, down) = (grid.width / side, grid.height / side)
        // Rows of windows in a band; where they do not come out even the last band has fewer.
        let height = min(down, (leastBandTokens + side * grid.width - 1) / (side * grid.width))
        return stride(from: 0, to: down, by: height).map { first in
            let end = min(first + height, down)
            let (top, bottom) = (first * side + shift, end * side + shift)
            let isWhole = end - first == down
            var parts = [isWhole ? 0..<grid.height : top..<min(bottom, grid.height)]
            if !isWhole, bottom > grid.height { parts.append(0..<(bottom - grid.height)) }
            return Band(
                windows: (first * across)..<(end * across),
                rows: parts.map { ($0.lowerBound * grid.width)..<($0.upperBound * grid.width) }
            )
        }
    }

    /// Runs `body` on the windows of `band` with their row numbers and their mask.
    func forEachWindow(of band: Band, _ body: (UnsafePointer<Int32>, UnsafePointer<Float>?) -> Void) {
        rowNumbers.withUnsafeBufferPointer { numbers in
            guard let first = numbers.baseAddress else { return }
            for window in band.windows {
                let rows = first + window * windowTokenCount
                let kind = maskNumbers[window]
                if kind < 0 {
                    body(rows, nil)
                } else {
                    masks[kind].withUnsafeBufferPointer { body(rows, $0.baseAddress) }
                }
            }
        }
    }
}
