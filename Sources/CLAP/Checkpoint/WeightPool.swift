// Many weights computed at load, side by side in one block.
import Kernels

/// One block of memory handed out in pieces that start on cache lines and live as long as any of them is used.
///
/// A tower's weights lie in it in the order in which they are used, in large pages where the system has them.
struct WeightPool: ~Copyable {
    private let block: PageBlock
    private let memory: WeightMemory
    private var usedFloats = 0

    /// Floats that a weight takes up, its alignment included.
    static func footprint(_ shape: [Int]) -> Int { Workspace.footprint(shape.reduce(1, *)) }

    /// - Parameter floatCount: the sum of the `footprint`s of all weights that will be taken.
    init(floatCount: Int) {
        block = PageBlock(byteCount: floatCount * MemoryLayout<Float>.stride)
        memory = WeightMemory(block)
    }

    /// A weight whose values `fill` writes now; it finds zeros.
    mutating func take(_ shape: [Int], fill: (UnsafeMutablePointer<Float>) -> Void) -> Weight {
        let offset = usedFloats * MemoryLayout<Float>.stride
        usedFloats += Self.footprint(shape)
        precondition(usedFloats * MemoryLayout<Float>.stride <= max(block.byteCount, 1), "the pool is too small")
        fill((block.base + offset).bindMemory(to: Float.self, capacity: Self.footprint(shape)))
        return Weight(memory: memory, byteOffset: offset, shape: shape)
    }
}
