import Evidence
import Foundation
import Testing

@Suite struct SoundRingTests {
    private func ring(_ seconds: Double, _ blocks: [SoundBlock]) -> SoundRing {
        var ring = SoundRing(seconds: seconds)
        for block in blocks { ring.append(block) }
        return ring
    }

    @Test func itHoldsItsSecondsAndAtMostAChunkMore() {
        var ring = SoundRing(seconds: 10)
        for second in 0..<100 {
            ring.append(TestSounds.block(second))
            #expect(ring.blocks.count <= 11)
        }
        #expect(ring.blocks.first?.start == TestSounds.seconds(90))
        #expect(ring.end == TestSounds.seconds(100))
    }

    @Test func aStretchComesOutInOrderToTheSample() throws {
        let ring = ring(60, (0..<20).map { TestSounds.block($0) })
        let (from, to) = (TestSounds.seconds(4.25), TestSounds.seconds(9.5))
        let stretch = try #require(SoundStretch(ring.blocks(from: from, to: to), from: from, to: to))
        #expect(stretch.start == from)
        #expect(stretch.samples.count == 42_000)
        #expect(stretch.samples.prefix(6_000).allSatisfy { $0 == 5 })
        #expect(stretch.samples[6_000] == 6)
        #expect(stretch.samples.last == 10)
        #expect(stretch.missing.isEmpty)
    }

    @Test func aGapIsSilentAndKnown() throws {
        let ring = ring(60, [0, 1, 4, 5].map { TestSounds.block($0) })
        let to = TestSounds.seconds(6)
        let stretch = try #require(SoundStretch(ring.blocks, from: TestSounds.start, to: to))
        #expect(values(stretch) == [1, 2, 0, 0, 5, 6])
        #expect(stretch.missing == [16_000..<32_000])
        #expect(stretch.missingSeconds == 2)
    }

    @Test func whatReachesBeyondTheSoundIsCutOff() throws {
        let ring = ring(60, (0..<3).map { TestSounds.block($0) })
        let stretch = try #require(
            SoundStretch(ring.blocks, from: TestSounds.seconds(-20), to: TestSounds.seconds(20))
        )
        #expect(stretch.start == TestSounds.start)
        #expect(stretch.end == TestSounds.seconds(3))
        #expect(SoundStretch(ring.blocks, from: TestSounds.seconds(30), to: TestSounds.seconds(40)) == nil)
        #expect(SoundStretch([], from: TestSounds.start, to: TestSounds.seconds(1)) == nil)
    }

    @Test func aClockThatIsCorrectedLeavesNoSeam() throws {
        let blocks = (0..<5).map { second in
            TestSounds.block(second, at: TestSounds.seconds(Double(second) * 1.002))
        }
        let stretch = try #require(SoundStretch(blocks, from: TestSounds.start, to: TestSounds.seconds(9)))
        #expect(stretch.samples.count == 40_000)
        #expect(stretch.missing.isEmpty)
    }

    @Test func aClockSetBackLeavesOneSoundForEachMoment() throws {
        var ring = ring(60, (0..<10).map { TestSounds.block($0) })
        let stepped = ring.append(TestSounds.block(100, epoch: 1, position: 0, at: TestSounds.seconds(5)))
        #expect(stepped)
        let stretch = try #require(
            SoundStretch(ring.blocks, from: TestSounds.start, to: TestSounds.seconds(60))
        )
        #expect(values(stretch) == [1, 2, 3, 4, 5, 101])
        let steppedAgain = ring.append(TestSounds.block(101, epoch: 1, position: 8_000, at: TestSounds.seconds(6)))
        #expect(!steppedAgain)
    }

    @Test func anotherRateIsBroughtToTheLastOne() throws {
        let blocks = [TestSounds.block(0, rate: 8_000), TestSounds.block(1, epoch: 1, position: 0, rate: 16_000)]
        let stretch = try #require(SoundStretch(blocks, from: TestSounds.start, to: TestSounds.seconds(2)))
        #expect(stretch.sampleRateHz == 16_000)
        #expect(stretch.samples.count == 32_000)
        #expect(values(stretch) == [1, 2])
    }

    @Test func sixteenBitSoundComesBackBitForBit() {
        let all = (-32_768...32_767).map { Float($0) * 0x1p-15 }
        let block = SoundBlock(epoch: 0, position: 0, start: .now, sampleRateHz: 48_000, fullScale: all + [1, -3, 7])
        #expect(block.samples.prefix(65_536).elementsEqual((-32_768...32_767).map { Int16($0) }))
        #expect(Array(block.samples.suffix(3)) == [32_767, -32_768, 32_767])
    }

    @Test func onlyCapturedMachinesAreRemembered() {
        let sound = RecentSound(seconds: 10)
        sound.feed("pump-1", TestSounds.block(0))
        #expect(sound.latest("pump-1", seconds: 5) == nil)
        sound.capture(["pump-1"], seconds: 10)
        sound.feed("pump-1", TestSounds.block(0))
        sound.feed("pump-2", TestSounds.block(0))
        #expect(sound.latest("pump-1", seconds: 5)?.samples.count == 8_000)
        #expect(sound.latest("pump-2", seconds: 5) == nil)
        #expect(sound.byteCount == 16_000)
        sound.capture([], seconds: 10)
        #expect(sound.byteCount == 0)
    }
}
