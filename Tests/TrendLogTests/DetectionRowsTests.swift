// Novelty, trouble and raw scores: stored with their window, summed up with its minute and hour.
import Foundation
import MachineHealth
import Testing

@testable import TrendLog

@Suite("Trend log: what detection adds to windows")
struct DetectionRowsTests {
    private let folder: TemporaryFolder
    private let store: TrendLogStore

    init() throws {
        folder = try TemporaryFolder()
        store = try TrendLogStore(url: folder.store)
    }

    @Test("novelty, trouble and the model's own scores come back as they were committed")
    func roundTrip() async throws {
        let novelty = Novelty(score: 3.25, limit: 4.5, share: 0.875, state: "idle")
        let full = Samples.heard(
            at: Samples.start,
            novelty: novelty,
            trouble: .levelJump,
            scores: [0.5, 0.25, 0.25],
            raw: [0.25, 0.5, 0.25]
        )
        let plain = Samples.heard(at: Samples.start.addingTimeInterval(5), novelty: nil)
        for record in [full, plain] { try await store.commit(WindowCommit(window: record)) }
        let windows = try await store.reader.windows(machine: "compressor-2")
        try #require(windows.count == 2)
        #expect(windows[0].novelty == novelty)
        #expect(windows[0].trouble == .levelJump)
        #expect(windows[0].rawScores.map(\.confidence) == [0.25, 0.5, 0.25])
        #expect(windows[0].rawScores.map(\.label) == [Samples.normal, Samples.oil, Samples.valve])
        #expect(windows[1].novelty == nil)
        #expect(windows[1].trouble == nil)
        #expect(windows[1].rawScores.isEmpty)
    }

    @Test("a novelty that is no number is stored as none", arguments: [Double.nan, .infinity])
    func notANumber(score: Double) async throws {
        let record = Samples.heard(at: Samples.start, novelty: Novelty(score: score, limit: 4, share: 1))
        try await store.commit(WindowCommit(window: record))
        #expect(try await store.reader.latestWindow(machine: "compressor-2")?.novelty == nil)
    }

    @Test("minutes, hours and single windows give the same sums", arguments: [30.0, 60, 3_600])
    func series(bucketSeconds: Double) async throws {
        // 10:00:00 and ten windows six seconds apart: all in one minute, half of them novel, one without any novelty.
        for index in 0..<10 {
            let novelty = index == 3 ? nil : Novelty(score: Double(index), limit: 4.5, share: 0.5)
            let record = Samples.heard(
                at: Samples.start.addingTimeInterval(Double(index) * 3),
                novelty: novelty,
                trouble: index == 9 ? .clipping : nil
            )
            try await store.commit(WindowCommit(window: record))
        }
        let series = try await store.reader.series(
            machine: "compressor-2",
            since: Samples.start,
            until: Samples.start.addingTimeInterval(bucketSeconds),
            bucketSeconds: bucketSeconds
        )
        try #require(series.buckets.count == 1)
        // 0, 1, 2, 4, 5, 6, 7, 8, 9.
        let novelty = try #require(series.buckets[0].novelty)
        #expect(novelty == NoveltySummary(windows: 9, mean: 42.0 / 9, maximum: 9, limit: 4.5, novel: 5))
        #expect(series.buckets[0].troubled == 1)
    }

    @Test("without normal sound there is no novelty in any bucket")
    func none() async throws {
        try await store.commit(WindowCommit(window: Samples.heard(at: Samples.start, novelty: nil)))
        let series = try await store.reader.series(
            machine: "compressor-2",
            since: Samples.start,
            until: Samples.start.addingTimeInterval(60),
            bucketSeconds: 60
        )
        #expect(series.buckets.map(\.novelty) == [nil])
    }

    @Test("learning reads the windows of its model only, whole ones inside the stretch, the newest of them")
    func learningWindows() async throws {
        let descriptor = SoundDescriptor(version: 1, values: [0.5, -3])
        for index in 0..<6 {
            let record = Samples.heard(
                at: Samples.start.addingTimeInterval(Double(index) * 10),
                novelty: nil,
                trouble: index == 2 ? .mainsHum : nil,
                model: index == 1 ? "other@5678" : "tiny@1234abcd",
                embedding: index == 3 ? nil : [Float(index), 1],
                descriptor: index == 4 ? descriptor : nil
            )
            try await store.commit(WindowCommit(window: record))
        }
        let reader = store.reader
        let all = try await reader.learningWindows(machine: "compressor-2", model: "tiny@1234abcd", limit: 100)
        #expect(all.map(\.embedding) == [[0, 1], [2, 1], [4, 1], [5, 1]])
        #expect(all.map(\.trouble) == [nil, .mainsHum, nil, nil])
        #expect(all.map(\.descriptor) == [nil, nil, descriptor, nil])
        #expect(all.allSatisfy { $0.top == Samples.normal && $0.levelDBFS == -24 })
        let inside = try await reader.learningWindows(
            machine: "compressor-2",
            model: "tiny@1234abcd",
            since: Samples.start.addingTimeInterval(5),
            until: Samples.start.addingTimeInterval(55),
            limit: 100
        )
        #expect(inside.map(\.embedding) == [[2, 1], [4, 1]])
        let newest = try await reader.learningWindows(machine: "compressor-2", model: "tiny@1234abcd", limit: 1)
        #expect(newest.map(\.embedding) == [[5, 1]])
        for (every, limit, expected) in [
            (0, 9, all), (2, 9, [all[1], all[3]]), (3, 9, [all[0], all[3]]), (3, 1, [all[3]]),
        ] {
            let spread = try await reader.learningWindows(
                machine: "compressor-2",
                model: "tiny@1234abcd",
                every: every,
                limit: limit
            )
            #expect(spread == expected, "every \(every), at most \(limit)")
        }
        let heard = try #require(try await reader.heard(machine: "compressor-2", model: "tiny@1234abcd", limit: 3))
        #expect(heard.windows == 3)
        #expect(heard.start == Samples.start.addingTimeInterval(20))
        #expect(heard.end == Samples.start.addingTimeInterval(60))
        #expect(try await reader.heard(machine: "compressor-2", since: Samples.start.addingTimeInterval(90)) == nil)
    }
}
