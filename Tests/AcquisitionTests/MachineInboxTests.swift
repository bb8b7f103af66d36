// The inbox: bounded, drop-oldest, counted, and friendly to waiting and cancelled consumers.
import Acquisition
import Foundation
import Testing

@Suite("Machine inbox")
struct MachineInboxTests {
    private func chunk(_ number: Int, byteCount: Int = 10) -> AudioChunk {
        AudioChunk(
            machine: "m",
            arrival: Sender.start,
            payload: Data(count: byteCount),
            sequenceNumber: UInt64(number)
        )
    }

    private func number(_ chunk: AudioChunk?) -> UInt64? { (try? chunk?.properties.get())?.sequenceNumber }

    @Test("First in, first out")
    func order() async {
        let inbox = MachineInbox()
        for index in 0..<5 { #expect(inbox.push(chunk(index)) == InboxDrops()) }
        #expect(inbox.count == 5)
        inbox.finish()
        var numbers: [UInt64?] = []
        for await chunk in inbox { numbers.append(number(chunk)) }
        #expect(numbers == [0, 1, 2, 3, 4])
        #expect(await inbox.next() == nil)
    }

    @Test("Too many: the oldest go and are counted")
    func countBound() async {
        let inbox = MachineInbox(maxChunkCount: 3)
        let dropped = (0..<10).map { inbox.push(chunk($0)).chunks }
        #expect(dropped == [0, 0, 0, 1, 1, 1, 1, 1, 1, 1])
        #expect(number(await inbox.next()) == 7)
        let drops = inbox.takeDrops()
        #expect(drops.chunks == 7 && drops.bytes == 70)
        #expect(inbox.takeDrops() == InboxDrops())
    }

    @Test("Too large: room is made by bytes, and a giant goes itself")
    func byteBound() async {
        let inbox = MachineInbox(maxChunkCount: 100, maxByteCount: 100)
        for index in 0..<4 { inbox.push(chunk(index, byteCount: 30)) }
        #expect(inbox.count == 3)
        #expect(inbox.push(chunk(4, byteCount: 101)).bytes == 101)
        #expect(inbox.count == 3)
        #expect(inbox.push(chunk(5, byteCount: 100)).chunks == 3)
        #expect(number(await inbox.next()) == 5)
    }

    @Test("A waiting consumer is handed what comes, then the end")
    func waiting() async {
        let inbox = MachineInbox(maxChunkCount: 1_000)
        async let received = { () async -> [UInt64?] in
            var numbers: [UInt64?] = []
            for await chunk in inbox { numbers.append(number(chunk)) }
            return numbers
        }()
        for index in 0..<500 {
            inbox.push(chunk(index))
            if index.isMultiple(of: 7) { await Task.yield() }
        }
        inbox.finish()
        #expect(await received == (0..<500).map { UInt64($0) })
    }

    @Test("A cancelled consumer is let go and loses nothing")
    func cancellation() async {
        let inbox = MachineInbox()
        let waiting = Task { await inbox.next() }
        waiting.cancel()
        #expect(await waiting.value == nil)
        inbox.push(chunk(1))
        #expect(number(await inbox.next()) == 1)
    }

    @Test("Every chunk of many senders is either taken or counted as dropped")
    func concurrentSenders() async {
        let inbox = MachineInbox(maxChunkCount: 16)
        let consumer = Task {
            var count = 0
            for await _ in inbox { count += 1 }
            return count
        }
        await withTaskGroup(of: Void.self) { group in
            for sender in 0..<8 {
                group.addTask {
                    for index in 0..<200 { inbox.push(chunk(sender * 1_000 + index)) }
                }
            }
        }
        inbox.finish()
        let taken = await consumer.value
        #expect(taken + inbox.takeDrops().chunks == 1_600)
        #expect(inbox.push(chunk(0)) == InboxDrops(), "after the end chunks are ignored")
        #expect(inbox.count == 0)
    }
}
