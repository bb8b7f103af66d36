// Banks: what is kept, how it is stored, what is refused.
import Foundation
import Testing

@testable import Detection

@Suite struct NormalBankTests {
    private func windows(_ count: Int, width: Int = 8, seed: UInt64 = 1) -> [NormalWindow] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in
            NormalWindow(embedding: generator.vector(width), descriptor: generator.vector(3))
        }
    }

    @Test func farthestPointsCoverWhatIsThere() {
        // Three clumps: one of each is taken before a second of any.
        let clumps: [[Float]] = [[1, 0], [0, 1], [-1, 0]]
        var generator = SeededGenerator(seed: 2)
        let rows = (0..<30).map { generator.near(clumps[$0 % 3], by: 0.01) }
        let kept = Coreset.farthestPoints(in: RowMatrix(rows, columns: 2), limit: 3)
        #expect(Set(kept.map { $0 % 3 }) == [0, 1, 2])
        #expect(kept == kept.sorted())
    }

    @Test func coresetRadiusFallsWithItsSize() {
        var generator = SeededGenerator(seed: 4)
        let rows = (0..<60).map { _ in generator.vector(5) }
        let matrix = RowMatrix(rows, columns: 5)
        var last = Double.infinity
        for limit in [1, 2, 5, 10, 30, 60] {
            let kept = Coreset.farthestPoints(in: matrix, limit: limit)
            #expect(kept.count == limit && Set(kept).count == limit)
            let radius = rows.map { row in
                kept.map { point in zip(row, rows[point]).reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) } }
                    .min() ?? .infinity
            }.max()
            #expect(radius ?? .infinity <= last)
            last = radius ?? .infinity
        }
        #expect(last == 0)
    }

    @Test func equalWindowsAreKeptOnce() throws {
        let window = windows(1)[0]
        let louder = NormalWindow(embedding: window.embedding.map { $0 * 2 }, descriptor: window.descriptor)
        let bank = try NormalBank(windows: ["": [window, window, louder]])
        #expect(bank.points == 1)
        #expect(bank.states[0].windowsHeard == 3)
        #expect(Coreset.farthestPoints(in: RowMatrix([], columns: 4), limit: 3).isEmpty)
    }

    @Test func theCapacityIsShared() throws {
        #expect(NormalBank.shares(of: 10, needs: [2, 100]) == [2, 8])
        #expect(NormalBank.shares(of: 10, needs: [100, 100, 100]) == [4, 3, 3])
        #expect(NormalBank.shares(of: 10, needs: [1, 2]) == [1, 2])
        let bank = try NormalBank(windows: ["a": windows(5), "b": windows(60, seed: 7)], capacity: 20)
        #expect(bank.states.map(\.points) == [5, 15])
        #expect(bank.states.map(\.name) == ["a", "b"])
    }

    @Test func aFullBankOfAWideModelFitsInAMegabyte() throws {
        let values = [Float](repeating: 0.25, count: 256 * 512)
        let state = StateBank(
            name: "",
            embeddings: RowMatrix(rows: 256, columns: 512, values: values),
            descriptors: RowMatrix(rows: 256, columns: 64, values: [Float](repeating: 0, count: 256 * 64)),
            windowsHeard: 256
        )
        let bank = try NormalBank(embeddingWidth: 512, descriptorWidth: 64, states: [state])
        #expect(bank.encodedBytes < 1_000_000)
        #expect(throws: DetectionError.self) {
            try NormalBank(embeddingWidth: 512, descriptorWidth: 64, states: [state, state])
        }
    }

    @Test(arguments: 0..<6 as Range<UInt64>)
    func bytesRoundTrip(seed: UInt64) throws {
        let bank = try NormalBank(windows: [
            "empty load / 空载": windows(7, seed: seed), "full": windows(9, seed: seed + 50),
        ])
        let data = bank.encoded()
        #expect(data.count == bank.encodedBytes)
        #expect(try NormalBank(encoded: data) == bank)
        #expect(try NormalBank(encoded: data).encoded() == data)
        let json = try JSONEncoder().encode([bank])
        #expect(try JSONDecoder().decode([NormalBank].self, from: json) == [bank])
    }

    @Test func damagedBytesAreRefused() throws {
        let data = try NormalBank(windows: ["": windows(3, width: 4)]).encoded()
        for length in 0..<data.count {
            #expect(throws: DetectionError.self) { try NormalBank(encoded: data.prefix(length)) }
        }
        for index in data.indices {
            var flipped = data
            flipped[index] ^= 0x10
            #expect(throws: DetectionError.self) { try NormalBank(encoded: flipped) }
        }
        #expect(throws: DetectionError.self) { try NormalBank(encoded: data + [0]) }
        var later = data
        later[4] = 3
        let refusal = #expect(throws: DetectionError.self) { try NormalBank(encoded: later) }
        #expect(refusal?.code == .version)
    }

    @Test func hostileSizesAreRefusedNotAllocated() throws {
        let data = try NormalBank(windows: ["": windows(2, width: 4)]).encoded()
        // Widths and the number of points at their largest, under a checksum that fits.
        for place in [8, 12, 26] {
            var bytes = Array(data.dropLast(8))
            for offset in 0..<4 { bytes[place + offset] = 0xFF }
            let sum = bytes.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
            bytes += (0..<8).map { UInt8(truncatingIfNeeded: sum >> (8 * UInt64($0))) }
            #expect(throws: DetectionError.self) { try NormalBank(encoded: Data(bytes)) }
        }
    }

    @Test func badWindowsAreRefused() {
        let good = windows(2)
        let bad: [[String: [NormalWindow]]] = [
            [:], ["": []], ["": [NormalWindow(embedding: [])]],
            ["": good + [NormalWindow(embedding: [1], descriptor: [1, 2, 3])]],
            ["": good + [NormalWindow(embedding: good[0].embedding, descriptor: [1])]],
            ["": good + [NormalWindow(embedding: [Float](repeating: .infinity, count: 8), descriptor: [1, 2, 3])]],
        ]
        for windows in bad {
            #expect(throws: DetectionError.self) { try NormalBank(windows: windows) }
        }
        #expect(throws: DetectionError.self) { try NormalBank(windows: ["a": good, "b": good], capacity: 1) }
    }
}
