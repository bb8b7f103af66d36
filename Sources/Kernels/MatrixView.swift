// A matrix in somebody else's memory.

/// A row-major float32 matrix in memory that its owner keeps alive: a shape and a place, no storage.
public struct MatrixView {
    public var base: UnsafeMutablePointer<Float>
    public var rowCount: Int
    public var columnCount: Int
    /// Floats from row to row.
    public var rowStride: Int

    public init(base: UnsafeMutablePointer<Float>, rowCount: Int, columnCount: Int, rowStride: Int? = nil) {
        self.base = base
        self.rowCount = rowCount
        self.columnCount = columnCount
        self.rowStride = rowStride ?? columnCount
    }

    /// The rows of `range`, in place.
    public func rows(_ range: Range<Int>) -> MatrixView {
        precondition(range.lowerBound >= 0 && range.upperBound <= rowCount, "rows \(range) of \(rowCount)")
        return MatrixView(
            base: base + range.lowerBound * rowStride,
            rowCount: range.count,
            columnCount: columnCount,
            rowStride: rowStride
        )
    }

    /// The columns of `range`, in place.
    public func columns(_ range: Range<Int>) -> MatrixView {
        precondition(range.lowerBound >= 0 && range.upperBound <= columnCount, "columns \(range) of \(columnCount)")
        return MatrixView(
            base: base + range.lowerBound,
            rowCount: rowCount,
            columnCount: range.count,
            rowStride: rowStride
        )
    }

    /// All values where rows follow each other without a gap.
    public var values: UnsafeMutableBufferPointer<Float> {
        precondition(rowStride == columnCount, "a matrix with gaps has no contiguous values")
        return UnsafeMutableBufferPointer(start: base, count: rowCount * columnCount)
    }
}
