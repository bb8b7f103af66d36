// How a long clip's spectrogram becomes the four channels of a fused checkpoint.

/// The whole spectrogram shrunk in time to one window's frames, and three chunks of it at full resolution.
///
/// The reference splits the possible starts of a chunk into three ranges, as `numpy.array_split` does, and draws one start from
/// each; here each chunk starts in the middle of its range.
struct ClapFusionLayout: Equatable {
    /// Frames of the whole clip, more than `chunkFrames`.
    let totalFrames: Int

    /// Frames of one window.
    let chunkFrames: Int

    let melBinCount: Int

    /// First frame of chunk 0, 1 or 2.
    func chunkStart(_ chunk: Int) -> Int {
        let starts = totalFrames - chunkFrames + 1
        // The first `starts % 3` ranges are one longer.
        let size = starts / 3 + (chunk < starts % 3 ? 1 : 0)
        let first = chunk * (starts / 3) + min(chunk, starts % 3)
        return size == 0 ? 0 : first + size / 2
    }

    /// Fills `output`, shape `(4, chunkFrames, mels)`, from `whole`, shape `(totalFrames, mels)`.
    func fill(_ output: UnsafeMutableBufferPointer<Float>, from whole: UnsafeBufferPointer<Float>) {
        let channelValues = chunkFrames * melBinCount
        precondition(output.count == 4 * channelValues && whole.count == totalFrames * melBinCount)
        guard let target = output.baseAddress, let source = whole.baseAddress else { return }
        shrink(target, from: source)
        for chunk in 0..<3 {
            let start = source + chunkStart(chunk) * melBinCount
            (target + (chunk + 1) * channelValues).update(from: start, count: channelValues)
        }
    }

    /// Linear interpolation in time between frame centres, without smoothing first, in single precision throughout: torch's
    /// `interpolate(mode: "bilinear", align_corners: false)`, whose other axis keeps its size.
    private func shrink(_ target: UnsafeMutablePointer<Float>, from source: UnsafePointer<Float>) {
        let scale = Float(totalFrames) / Float(chunkFrames)
        for frame in 0..<chunkFrames {
            let place = max(0, scale * (Float(frame) + 0.5) - 0.5)
            let lower = min(Int(place), totalFrames - 1)
            let upper = min(lower + 1, totalFrames - 1)
            let upperShare = min(max(place - Float(lower), 0), 1)
            let lowerShare = 1 - upperShare
            let (a, b) = (source + lower * melBinCount, source + upper * melBinCount)
            let row = target + frame * melBinCount
            for mel in 0..<melBinCount { row[mel] = lowerShare * a[mel] + upperShare * b[mel] }
        }
    }
}
