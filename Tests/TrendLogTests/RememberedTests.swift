// Windows read back with what was heard in them.
import Foundation
import MachineHealth
import Testing
import TrendLog

@Suite struct RememberedTests {
    @Test func windowsComeWithTheirFeaturesAPageAtATime() async throws {
        let folder = try TemporaryFolder()
        let store = try TrendLogStore(url: folder.store)
        let start = Samples.start
        for number in 0..<7 {
            let time = start.addingTimeInterval(Double(number) * 5)
            // Every third window was not classified, and one lost its features.
            let window =
                number % 3 == 2
                ? Samples.incomplete(at: time)
                : Samples.window(at: time, embedding: number == 4 ? nil : [Float(number), 0.5])
            try await store.commit(WindowCommit(window: window))
        }
        try await store.commit(WindowCommit(window: Samples.window("other", at: start, embedding: [9])))
        var seen: [RememberedWindow] = []
        var from = start.addingTimeInterval(5)
        while true {
            let page = try await store.reader.remembered(
                machine: "compressor-2",
                from: from,
                until: start.addingTimeInterval(30),
                limit: 2
            )
            seen += page
            guard page.count == 2, let last = page.last else { break }
            from = last.window.start.addingTimeInterval(0.001)
        }
        #expect(seen.map { $0.window.start.timeIntervalSince(start) } == [5, 10, 15, 20, 25])
        #expect(seen.map { $0.features?.embedding } == [[1, 0.5], nil, [3, 0.5], nil, nil])
        #expect(seen.map(\.window.quality) == [.good, .incomplete, .good, .good, .incomplete])
        #expect(seen[0].features?.model == "tiny@1234abcd")
    }
}
