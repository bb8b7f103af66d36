// How much arithmetic a window takes.

extension AudioLayout {
    /// Multiply-adds in the matrix products and the attention of one window, for a fused checkpoint on its fusion path.
    func multiplyAddsPerWindow(_ configuration: ClapConfiguration) -> Int {
        let audio = configuration.audio
        let channels = audio.patchEmbedsHiddenSize
        var count = wholePatches.patchCount * wholePatches.patchSize * channels
        if audio.enableFusion {
            count += 3 * chunkPatches.patchCount * chunkPatches.patchSize * channels
            count += 2 * (wholePatches.patchCount + 1) * channels * fusionChannelCount
        }
        for (i, stage) in stages.enumerated() {
            let (tokens, width) = (stage.tokenCount, stage.channelCount)
            let linear = 4 * width * width + 2 * width * stage.hiddenChannelCount
            let attention = 2 * stage.windowTokenCount * width
            count += stage.depth * tokens * (linear + attention)
            if i + 1 < stages.count { count += tokens / 4 * 4 * width * 2 * width }
        }
        let dimension = configuration.projectionDimension
        return count + featureCount * dimension + dimension * dimension
    }
}

extension AudioEncoder {
    /// Floating-point operations in the matrix products and the attention of one window (a multiply-add counts two), for
    /// a fused checkpoint on its fusion path. Norms, activations and the resize are left out, as is usual.
    public var floatingPointOperationsPerWindow: Int { 2 * layout.multiplyAddsPerWindow(model.configuration) }
}
