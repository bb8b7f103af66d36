// Windows close in time stand together: what is normal is judged without a window's whole block.

/// Parts normal windows into blocks of time.
///
/// Neighbours in time share the load, the temperature and whatever else drifts, so a window judged among its neighbours
/// looks more normal than one of tomorrow will. Judged without its whole block it is as far from the others as sound
/// of another hour is from the enrolment. Cross-validation of dependent data: P. Burman, E. Chow & D. Nolan, "A cross-validatory
/// method for dependent data", Biometrika 1994.
public enum TimeBlocks {
    /// Blocks an enrolment is parted into. Fewer leave out too much of the bank for every score; many more would be too
    /// short to be strangers to each other.
    public static let usualCount = 6

    /// The block of each of `count` windows in the order they were heard: contiguous, of equal size but for one window.
    public static func contiguous(_ count: Int, blocks: Int = usualCount) -> [Int] {
        (0..<max(0, count)).map { $0 * min(max(1, blocks), count) / count }
    }

    /// Blocks by number from 0, in the order they appear; nil is a block of its own.
    static func numbered(_ blocks: [Int?]) -> [Int] {
        var numbers: [Int: Int] = [:]
        var next = 0
        return blocks.map { block in
            if let block, let known = numbers[block] { return known }
            if let block { numbers[block] = next }
            defer { next += 1 }
            return next
        }
    }
}

extension [NormalWindow] {
    /// The windows, which are in the order they were heard, each with its block.
    public func inBlocksOfTime(_ blocks: Int = TimeBlocks.usualCount) -> [NormalWindow] {
        zip(self, TimeBlocks.contiguous(count, blocks: blocks)).map { window, block in
            NormalWindow(embedding: window.embedding, descriptor: window.descriptor, block: block)
        }
    }
}
