// Blocks of pages: where they begin, what they hold, how far they reach.
import Kernels
import Testing

@Suite struct PageBlockTests {
    private static let largePage = 2 << 20

    @Test(arguments: [0, 1, 4_095, 4_097, largePage - 1, largePage, largePage + 1, 3 * largePage + 8_191])
    func aBlockHoldsZerosAndCanBeWrittenToItsEnd(_ byteCount: Int) {
        let block = PageBlock(byteCount: byteCount)
        #expect(block.byteCount == max(byteCount, 1))
        let bytes = UnsafeMutableRawBufferPointer(start: block.base, count: block.byteCount)
        #expect(bytes.allSatisfy { $0 == 0 })
        bytes[0] = 1
        bytes[block.byteCount - 1] = 2
        #expect(bytes[block.byteCount - 1] == 2)
        let address = UInt(bitPattern: block.base)
        #expect(address % 4_096 == 0)
        if byteCount >= Self.largePage { #expect(address % UInt(Self.largePage) == 0, "not where a large page begins") }
    }

    /// Blocks that come and go leave nothing behind and do not meet.
    @Test func blocksDoNotOverlap() {
        var blocks: [PageBlock] = []
        for round in 0..<40 {
            blocks.append(PageBlock(byteCount: Self.largePage + round * 4_096))
            if round % 3 == 2 { blocks.removeFirst() }
        }
        for (number, block) in blocks.enumerated() {
            UnsafeMutableRawBufferPointer(start: block.base, count: block.byteCount)
                .initializeMemory(as: UInt8.self, repeating: UInt8(number + 1))
        }
        for (number, block) in blocks.enumerated() {
            let bytes = UnsafeRawBufferPointer(start: block.base, count: block.byteCount)
            #expect(bytes.first == UInt8(number + 1) && bytes.last == UInt8(number + 1))
        }
    }
}
