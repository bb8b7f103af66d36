// Multi-head self-attention over windows of tokens.
import CKernels

/// Attention among the tokens of one window at a time, for every head: softmax(q·kᵀ·scale + bias + mask)·v.
///
/// The rows of a window may lie anywhere in the token matrix; their numbers are given, so that partitioning an image
/// into windows, shifting it and putting it back together cost nothing.
public struct WindowAttention {
    public var tokenCount: Int
    public var headCount: Int
    public var headWidth: Int

    public init(tokenCount: Int, headCount: Int, headWidth: Int) {
        self.tokenCount = tokenCount
        self.headCount = headCount
        self.headWidth = headWidth
    }

    /// Floats from row to row of a bias or mask table: the token count, padded to whole blocks.
    public var tableStride: Int { ck_attention_stride(tokenCount) }

    /// Floats of scratch `attend` needs.
    public var scratchCount: Int { ck_attention_scratch(tokenCount, headWidth) }

    /// - Parameters:
    ///   - qkv: (rows, 3 · channels): queries, keys and values side by side.
    ///   - qkvBias: (3 · channels), added to the rows as they are read.
    ///   - rowNumbers: `tokenCount` rows of one window; nil for the first rows in order.
    ///   - bias: (headCount, keys, tableStride): what a key's row adds to the score of each query.
    ///   - mask: (keys, tableStride), added for every head.
    ///   - out: (rows, channels): receives the context at the same row numbers.
    ///   - scratch: `scratchCount` floats.
    public func attend(
        _ qkv: MatrixView,
        qkvBias: UnsafePointer<Float>?,
        rowNumbers: UnsafePointer<Int32>?,
        bias: UnsafePointer<Float>?,
        mask: UnsafePointer<Float>?,
        into out: MatrixView,
        scratch: UnsafeMutablePointer<Float>
    ) {
        precondition(qkv.columnCount == 3 * headCount * headWidth, "qkv has \(qkv.columnCount) columns")
        var call = ck_attention(
            qkv: qkv.base,
            qkv_stride: qkv.rowStride,
            qkv_bias: qkvBias,
            out: out.base,
            out_stride: out.rowStride,
            token_count: tokenCount,
            head_count: headCount,
            head_width: headWidth,
            scale: 1 / Float(headWidth).squareRoot(),
            bias: bias,
            scratch: scratch
        )
        ck_attend_window(&call, rowNumbers, mask)
    }
}
