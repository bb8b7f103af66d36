// Resize, fold, patches and merging.
import Kernels
import Testing

@Suite struct SpectrogramImageTests {
    private func image(_ values: [Float], frames: Int, mels: Int, width: Int, fold: Int) -> [Float] {
        let workspace = scratchWorkspace()
        defer { keep(workspace) }
        let spectrogram = workspace.matrix(values, rows: frames, columns: mels)
        let scale = workspace.matrix((0..<mels).map { Float($0 + 1) }, rows: 1, columns: mels)
        let shift = workspace.matrix((0..<mels).map { Float(10 * $0) }, rows: 1, columns: mels)
        let out = workspace.takeMatrix(rows: fold * mels, columns: width)
        SpectrogramImage.make(
            from: spectrogram.base,
            frameCount: frames,
            melCount: mels,
            scale: scale.base,
            shift: shift.base,
            scratch: workspace.take(frames * mels),
            into: out
        )
        return Array(out.values)
    }

    @Test func equalLengthsAreCopiedNormalisedAndFolded() {
        let (frames, mels, width, fold) = (6, 2, 3, 2)
        let values = (0..<(frames * mels)).map(Float.init)
        let found = image(values, frames: frames, mels: mels, width: width, fold: fold)
        for stretch in 0..<fold {
            for mel in 0..<mels {
                for x in 0..<width {
                    let raw = values[(stretch * width + x) * mels + mel]
                    #expect(found[(stretch * mels + mel) * width + x] == raw * Float(mel + 1) + Float(10 * mel))
                }
            }
        }
    }

    /// Keys' cubic kernel with a = -0.75, written as a function of the distance to a sample.
    private func cubic(_ distance: Double) -> Double {
        let (a, x) = (-0.75, abs(distance))
        if x <= 1 { return (a + 2) * x * x * x - (a + 3) * x * x + 1 }
        return x < 2 ? a * x * x * x - 5 * a * x * x + 8 * a * x - 4 * a : 0
    }

    @Test(arguments: [2, 5, 31, 97, 127])
    func stretchingFollowsTheCubicKernel(_ frames: Int) {
        let width = 128
        var source = Values(seed: frames)
        let values = source.list(frames)
        let found = image(values, frames: frames, mels: 1, width: width, fold: 1)
        for x in 0..<width {
            let position = Double(x) * Double(frames - 1) / Double(width - 1)
            var expected = 0.0
            for k in -2..<(frames + 2) {
                expected += cubic(position - Double(k)) * Double(values[min(max(k, 0), frames - 1)])
            }
            #expect(abs(Double(found[x]) - expected) < 5e-5, "at \(x)")
        }
    }

    @Test func oneFrameFillsTheImage() {
        #expect(image([4], frames: 1, mels: 1, width: 8, fold: 1) == Array(repeating: 4, count: 8))
    }

    @Test func patchesReadZeroBeyondTheEdge() {
        let workspace = scratchWorkspace()
        defer { keep(workspace) }
        let picture = workspace.matrix([1, 2, 3, 4], rows: 2, columns: 2)
        let grid = SpectrogramImage.PatchGrid(
            imageHeight: 2,
            imageWidth: 2,
            kernel: (3, 3),
            step: (1, 1),
            padding: (1, 1)
        )
        #expect(grid.rowCount == 2 && grid.columnCount == 2 && grid.patchSize == 9)
        let patches = workspace.takeMatrix(rows: 4, columns: 9)
        SpectrogramImage.cutPatches(of: picture, grid: grid, into: patches)
        #expect(Array(patches.rows(0..<1).values) == [0, 0, 0, 0, 1, 2, 0, 3, 4])
        #expect(Array(patches.rows(3..<4).values) == [1, 2, 0, 3, 4, 0, 0, 0, 0])
    }

    @Test func neighboursMergeColumnByColumn() {
        let workspace = scratchWorkspace()
        defer { keep(workspace) }
        // Channel values name their place: 10 * row + column.
        let grid = workspace.matrix([0, 1, 2, 3, 10, 11, 12, 13], rows: 8, columns: 1)
        let out = workspace.takeMatrix(rows: 2, columns: 4)
        SpectrogramImage.mergePatches(of: grid, height: 2, width: 4, into: out)
        #expect(Array(out.values) == [0, 10, 1, 11, 2, 12, 3, 13])
    }

    @Test func aKernelThatDoesNotFitGivesNoPatches() {
        let grid = SpectrogramImage.PatchGrid(
            imageHeight: 2,
            imageWidth: 2,
            kernel: (3, 3),
            step: (1, 1),
            padding: (0, 0)
        )
        #expect(grid.patchCount == 0)
    }
}
