// Order: duplicates, disorder, loss and restarts of numbered and stamped streams.
import Acquisition
import AudioFeatures
import Foundation
import Testing

@Suite("Ordering")
struct OrderingTests {
    /// Shuffles within blocks, so that no chunk moves further than the reorder buffer reaches.
    private func shuffled(_ chunks: [AudioChunk], seed: UInt64) -> [AudioChunk] {
        var noise = Noise(state: seed)
        var result = [chunks[0]]
        var rest = chunks.dropFirst()
        while !rest.isEmpty {
            let count = Int.random(in: 1...8, using: &noise)
            result += rest.prefix(count).shuffled(using: &noise)
            rest = rest.dropFirst(count)
        }
        return result
    }

    @Test(
        "Any disorder within the buffer gives the same windows",
        arguments: [(true, true), (true, false), (false, true)],
        UInt64(1)...6
    )
    func permutations(properties: (hasNumbers: Bool, hasTimestamps: Bool), seed: UInt64) throws {
        let sender = Sender(hasNumbers: properties.hasNumbers, hasTimestamps: properties.hasTimestamps)
        let chunks = sender.chunks(0..<48)
        var ordered = MachineIntake(for: sender, window: try .short())
        let expected = ordered.accept(chunks)
        #expect(expected.windows.count == 23)
        #expect(expected.windows.allSatisfy { $0.missingFraction == 0 })

        var disordered = MachineIntake(for: sender, window: try .short())
        let result = disordered.accept(shuffled(chunks, seed: seed))
        #expect(result.windows == expected.windows)
        #expect(result.notices.isEmpty, "\(result.notices)")
        #expect(disordered.counters.reorderedChunks > 0)
        #expect(disordered.counters.gaps == 0)
    }

    @Test("Redeliveries change nothing but their counter", arguments: [true, false], UInt64(1)...4)
    func duplicates(hasNumbers: Bool, seed: UInt64) throws {
        let sender = Sender(hasNumbers: hasNumbers)
        let chunks = sender.chunks(0..<40)
        var plain = MachineIntake(for: sender, window: try .short())
        let expected = plain.accept(chunks)

        var noise = Noise(state: seed)
        var withDuplicates: [AudioChunk] = []
        var count = 0
        for (index, chunk) in chunks.enumerated() {
            withDuplicates.append(chunk)
            for _ in 0..<Int.random(in: 0...2, using: &noise) {
                withDuplicates.append(chunks[Int.random(in: max(0, index - 30)...index, using: &noise)])
                count += 1
            }
        }
        var intake = MachineIntake(for: sender, window: try .short())
        let result = intake.accept(withDuplicates)
        #expect(result.windows == expected.windows)
        #expect(intake.counters.duplicateChunks == count)
        #expect(intake.counters.acceptedChunks == 40)
        #expect(intake.counters.receivedChunks == 40 + count)
    }

    @Test("Duplicates of a chunk that still waits are dropped, too")
    func duplicatesOfWaiting() throws {
        let sender = Sender()
        var intake = MachineIntake(for: sender, window: try .short())
        _ = intake.accept([sender.chunk(0), sender.chunk(2), sender.chunk(2), sender.chunk(3), sender.chunk(2)])
        #expect(intake.counters.duplicateChunks == 2)
        let result = intake.accept([sender.chunk(1)])
        #expect(result.windows.count == 1)
        #expect(result.windows.first?.missingFraction == 0)
    }

    @Test("A lost chunk becomes silence of its exact length", arguments: [true, false])
    func lostChunk(hasTimestamps: Bool) throws {
        let sender = Sender(hasTimestamps: hasTimestamps)
        let silence = Data(count: sender.chunkSampleCount * 2)
        var reference = MachineIntake(for: sender, window: try .short())
        let expected = reference.accept((0..<32).map { sender.chunk($0, payload: $0 == 9 ? silence : nil) })

        var intake = MachineIntake(for: sender, window: try .short())
        let result = intake.accept(sender.chunks(0..<9) + sender.chunks(10..<32))
        #expect(result.windows.map(\.samples) == expected.windows.map(\.samples))
        #expect(result.windows.map(\.start) == expected.windows.map(\.start))
        // Chunk 9 covers 2.25 s to 2.5 s: windows starting at 1.5 s and 2 s have it.
        #expect(
            result.windows.map(\.missingFraction) == expected.windows.indices.map { (3...4).contains($0) ? 0.25 : 0 }
        )
        #expect(result.windows.map(\.isClassifiable) == expected.windows.indices.map { !(3...4).contains($0) })
        #expect(intake.counters.gaps == 1)
        #expect(intake.counters.missingSeconds == 0.25)
        #expect(intake.counters.incompleteWindows == 2)
        #expect(result.notices == [.gap(seconds: 0.25)])
    }

    @Test("Up to five percent missing is still classified")
    func smallLoss() throws {
        let sender = Sender(chunkSeconds: 0.05)
        var intake = MachineIntake(for: sender, window: try .short(hop: 1))
        let windows = intake.accept(sender.chunks(0..<5) + sender.chunks(6..<70)).windows
        #expect(windows[0].missingFraction == 0.05)
        #expect(windows[0].isClassifiable)
    }

    @Test("A chunk after its gap was closed is late, counted and dropped")
    func lateChunk() throws {
        let sender = Sender()
        var intake = MachineIntake(for: sender, window: try .short())
        _ = intake.accept(sender.chunks(0..<4) + sender.chunks(5..<20))
        let windows = intake.counters.windows
        let late = intake.accept(sender.chunk(4), now: sender.chunk(20).arrival)
        #expect(late.windows.isEmpty && late.refusal == nil)
        #expect(intake.counters.lateChunks == 1)
        _ = intake.accept(sender.chunks(20..<24))
        #expect(intake.counters.windows == windows + 2, "the stream goes on")
        #expect(intake.counters.senderRestarts == 0)
    }

    @Test("Waiting for a missing chunk ends by time")
    func waitEnds() throws {
        let sender = Sender(chunkSeconds: 1)
        var intake = MachineIntake(for: sender, window: try .short(hop: 1))
        _ = intake.accept([sender.chunk(0)])
        let held = intake.accept([sender.chunk(2)])
        #expect(held.windows.isEmpty)
        let arrival = sender.chunk(2).arrival
        #expect(intake.tick(now: arrival.addingTimeInterval(2.9)).windows.isEmpty)
        let released = intake.tick(now: arrival.addingTimeInterval(3))
        #expect(released.windows.map(\.missingFraction) == [1, 0])
        #expect(intake.silenceSeconds(now: arrival.addingTimeInterval(3)) == 3)
    }

    @Test("A refused chunk holds its place: nothing waits for it", arguments: [true, false])
    func refusedChunkHoldsPlace(hasTimestamps: Bool) throws {
        let sender = Sender(hasTimestamps: hasTimestamps)
        var intake = MachineIntake(for: sender, window: try .short())
        let bad = sender.chunk(2, payload: Data([1, 2, 3]))
        let result = intake.accept([sender.chunk(0), sender.chunk(1), bad, sender.chunk(3)])
        #expect(result.refusal?.reason == .audio(.partialFrame))
        #expect(result.windows.map(\.missingFraction) == [0.25])
    }

    @Test("A restarted sender is followed at once when its clock is believed")
    func restartWithClock() throws {
        let sender = Sender()
        var intake = MachineIntake(for: sender, window: try .short())
        _ = intake.accept(sender.chunks(0..<10))
        // Numbers start again at once; by its clock half a second (two chunks) is lost.
        let result = intake.accept((12..<20).map { sender.chunk($0, number: UInt64($0 - 12)) })
        #expect(result.notices == [.senderRestarted, .gap(seconds: 0.5)])
        #expect(intake.counters.acceptedChunks == 18)
        #expect(intake.counters.lateChunks == 0)
        #expect(result.windows.last?.end == Sender.start.addingTimeInterval(5))
    }

    @Test("A restarted sender without a clock is told by other contents under a known number, or by a far lower one")
    func restartWithoutClock() throws {
        let sender = Sender(hasTimestamps: false)
        for first in [0, 500] {
            var intake = MachineIntake(for: sender, window: try .short())
            let before = intake.accept(sender.chunks(first..<first + 10))
            #expect(before.notices.isEmpty)
            let after = intake.accept(
                (first + 10..<first + 20).map { sender.chunk($0, number: UInt64($0 - first - 10)) }
            )
            #expect(after.notices == [.senderRestarted])
            #expect(intake.counters.acceptedChunks == 20)
            #expect(intake.counters.lateChunks == 0 && intake.counters.duplicateChunks == 0)
            #expect(intake.counters.windows == 9, "nothing is lost, so the windows go on")
        }
    }

    @Test("A restart just below the first number heard costs two chunks")
    func restartBelowFirst() throws {
        let sender = Sender(hasTimestamps: false)
        var intake = MachineIntake(for: sender, window: try .short())
        _ = intake.accept(sender.chunks(20..<30))
        let result = intake.accept((30..<40).map { sender.chunk($0, number: UInt64($0 - 30)) })
        #expect(result.notices.first == .senderRestarted)
        #expect(intake.counters.lateChunks == 2)
        #expect(intake.counters.acceptedChunks == 18)
    }

    @Test("Numbers may run over")
    func overflow() throws {
        let sender = Sender()
        var intake = MachineIntake(for: sender, window: try .short())
        let result = intake.accept((0..<12).map { sender.chunk($0, number: (UInt64.max - 5) &+ UInt64($0)) })
        #expect(result.windows.count == 5)
        #expect(result.notices.isEmpty)
    }

    @Test("What waits is bounded whatever the sender does", arguments: UInt64(1)...8)
    func hostileOrder(seed: UInt64) throws {
        let sender = Sender(chunkSeconds: 0.1)
        let config = StreamPolicy(maxFilledGapSeconds: 1)
        var noise = Noise(state: seed)
        var intake = MachineIntake(for: sender, window: try .short(), policy: config)
        var lastNumber: UInt64?
        for index in 0..<400 {
            let number =
                Bool.random(using: &noise) ? UInt64(index) : noise.next() >> UInt64.random(in: 0...63, using: &noise)
            let chunk = sender.chunk(
                index,
                number: number,
                timestampShift: Double.random(in: -400...400, using: &noise),
                arrivalShift: Double.random(in: -50...50, using: &noise)
            )
            let result = intake.accept(chunk, now: chunk.arrival)
            #expect(intake.waitingChunkCount <= 8)
            for window in result.windows {
                #expect(window.samples.count == 48_000)
                #expect((0...1).contains(window.missingFraction))
                #expect(window.sequenceNumber == lastNumber.map { $0 + 1 } ?? 0)
                lastNumber = window.sequenceNumber
            }
        }
        let counters = intake.counters
        #expect(counters.receivedChunks == 400)
        #expect(counters.acceptedChunks + counters.duplicateChunks + counters.lateChunks == 400)
    }
}
