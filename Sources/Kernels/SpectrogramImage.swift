// From a log-mel spectrogram to an image and its patches.
import CKernels

/// Normalise, resize in time (bicubic) and fold a spectrogram, then cut patches: the steps before a patch embedding.
public enum SpectrogramImage {
    /// One channel of a spectrogram as an image.
    ///
    /// - Parameters:
    ///   - spectrogram: (frames, mels)
    ///   - scale, shift: (mels), the folded batch norm
    ///   - scratch: (frames, mels)
    ///   - image: (fold · mels, width); time is resized to fold · width and cut into `fold` stretches stacked along
    ///     frequency.
    public static func make(
        from spectrogram: UnsafePointer<Float>,
        frameCount: Int,
        melCount: Int,
        scale: UnsafePointer<Float>,
        shift: UnsafePointer<Float>,
        scratch: UnsafeMutablePointer<Float>,
        into image: MatrixView
    ) {
        ck_spectrogram_image(
            spectrogram,
            frameCount,
            melCount,
            scale,
            shift,
            scratch,
            image.base,
            image.columnCount,
            image.rowCount / melCount
        )
    }

    /// How patches are cut: kernel, step and zero padding in pixels, and the grid they give.
    public struct PatchGrid: Sendable, Equatable {
        public var kernelHeight: Int
        public var kernelWidth: Int
        public var stepY: Int
        public var stepX: Int
        public var paddingY: Int
        public var paddingX: Int
        public var rowCount: Int
        public var columnCount: Int

        /// The grid that a convolution with these sizes makes of an image; empty where the kernel does not fit.
        public init(
            imageHeight: Int,
            imageWidth: Int,
            kernel: (height: Int, width: Int),
            step: (y: Int, x: Int),
            padding: (y: Int, x: Int)
        ) {
            kernelHeight = kernel.height
            kernelWidth = kernel.width
            stepY = step.y
            stepX = step.x
            paddingY = padding.y
            paddingX = padding.x
            let spareY = imageHeight + 2 * padding.y - kernel.height
            let spareX = imageWidth + 2 * padding.x - kernel.width
            rowCount = spareY < 0 ? 0 : spareY / step.y + 1
            columnCount = spareX < 0 ? 0 : spareX / step.x + 1
        }

        public var patchCount: Int { rowCount * columnCount }
        public var patchSize: Int { kernelHeight * kernelWidth }
    }

    /// Patches of `image` as rows of `patches`: (patchCount, patchSize).
    public static func cutPatches(of image: MatrixView, grid: PatchGrid, into patches: MatrixView) {
        ck_image_patches(
            image.base,
            image.rowCount,
            image.columnCount,
            grid.kernelHeight,
            grid.kernelWidth,
            grid.stepY,
            grid.stepX,
            grid.paddingY,
            grid.paddingX,
            grid.rowCount,
            grid.columnCount,
            patches.base
        )
    }

    /// 2 x 2 neighbours side by side: `grid` (height · width, channels) to `out` (height/2 · width/2, 4 · channels).
    public static func mergePatches(of grid: MatrixView, height: Int, width: Int, into out: MatrixView) {
        precondition(
            grid.rowCount == height * width && out.rowCount == height / 2 * (width / 2),
            "grid and tokens differ"
        )
        ck_merge_patches(grid.base, height, width, grid.columnCount, out.base)
    }
}
