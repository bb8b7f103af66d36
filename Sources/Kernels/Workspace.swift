// Scratch memory of an encoder: allocated once, aligned, handed out in pieces.

/// A block of float32 memory aligned to cache lines, cut into named pieces once and reused for every window.
///
/// Every piece starts on a 64-byte boundary, so that the same work meets the same alignment in every workspace and gives
/// the same bits. Not thread-safe: one workspace belongs to one encoder.
public final class Workspace {
    private let block: PageBlock
    private let base: UnsafeMutablePointer<Float>
    private let capacityFloats: Int
    private var usedFloats = 0

    private static let alignmentBytes = 64
    private static let alignmentFloats = alignmentBytes / MemoryLayout<Float>.stride

    /// Floats that a piece of `count` floats takes up, its alignment included.
    public static func footprint(_ count: Int) -> Int {
        (count + alignmentFloats - 1) / alignmentFloats * alignmentFloats
    }

    /// - Parameter capacityFloats: the sum of the `footprint`s of all pieces that will be taken.
    public init(capacityFloats: Int) {
        self.capacityFloats = capacityFloats
        block = PageBlock(byteCount: capacityFloats * MemoryLayout<Float>.stride)
        base = block.base.bindMemory(to: Float.self, capacity: max(capacityFloats, 1))
    }

    /// Bytes held.
    public var byteCount: Int { capacityFloats * MemoryLayout<Float>.stride }

    /// Takes a zeroed piece that lives as long as the workspace.
    public func take(_ count: Int) -> UnsafeMutablePointer<Float> {
        let start = usedFloats
        usedFloats += Self.footprint(count)
        precondition(usedFloats <= capacityFloats, "workspace of \(capacityFloats) floats is too small")
        return base + start
    }

    /// Takes a matrix.
    public func takeMatrix(rows: Int, columns: Int) -> MatrixView {
        MatrixView(base: take(rows * columns), rowCount: rows, columnCount: columns)
    }
}
