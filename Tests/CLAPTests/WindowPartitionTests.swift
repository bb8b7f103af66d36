// Windows of a grid: every row in one window and one band, shifted or not.
import Testing

@testable import CLAP

@Suite struct WindowPartitionTests {
    /// Height and width of the grid, side of a window, shift.
    struct Case: Sendable, CustomTestStringConvertible {
        var height: Int
        var width: Int
        var side: Int
        var shift: Int
        var testDescription: String { "\(height) x \(width) in windows of \(side), shifted by \(shift)" }

        static let all = [
            Case(height: 64, width: 64, side: 8, shift: 0), Case(height: 64, width: 64, side: 8, shift: 4),
            Case(height: 32, width: 32, side: 8, shift: 4), Case(height: 16, width: 16, side: 8, shift: 4),
            Case(height: 8, width: 8, side: 8, shift: 0), Case(height: 14, width: 21, side: 7, shift: 3),
            Case(height: 40, width: 12, side: 4, shift: 2), Case(height: 2, width: 300, side: 1, shift: 0),
        ]
    }

    @Test(arguments: Case.all)
    func bandsHoldTheRowsOfTheirWindows(_ grid: Case) {
        let stage = AudioLayout.Stage(
            grid: Extent(height: grid.height, width: grid.width),
            channelCount: 8,
            headCount: 2,
            depth: 2,
            windowSize: grid.side,
            shift: grid.shift,
            hiddenChannelCount: 16
        )
        let partition = WindowPartition(stage, shift: grid.shift)
        let tokens = grid.height * grid.width
        #expect(partition.rowNumbers.sorted() == (0..<Int32(tokens)).map { $0 })
        #expect(partition.bands.flatMap { Array($0.windows) } == Array(0..<partition.windowCount))
        #expect(partition.bands.flatMap { $0.rows.flatMap(Array.init) }.sorted() == Array(0..<tokens))
        for band in partition.bands {
            var rows: [Int32] = []
            partition.forEachWindow(of: band) { numbers, mask in
                rows += UnsafeBufferPointer(start: numbers, count: partition.windowTokenCount)
                #expect((mask == nil) || grid.shift > 0)
            }
            #expect(rows.sorted() == band.rows.flatMap { $0.map(Int32.init) }.sorted())
        }
    }
}
