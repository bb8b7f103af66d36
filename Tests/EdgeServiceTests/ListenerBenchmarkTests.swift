// The benchmark's bookkeeping: every window once, whoever takes it. Never how fast.
import Foundation
import Testing

@testable import EdgeService

@Suite struct ListenerBenchmarkTests {
    private static let model = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/clap/tiny-unfused")

    private static let sound: [[Float]] = (0..<3).map { machine in
        (0..<48_000).map { Float($0 % (100 + 7 * machine)) / 200 }
    }

    private func report(threads: Int, windows: Int, encoderOnly: Bool = false) throws -> BenchmarkReport {
        let benchmark = ListenerBenchmark(
            model: try SoundModel(directory: Self.model),
            threads: threads,
            windows: windows,
            encoderOnly: encoderOnly
        ) { 0 }
        return try benchmark.run(sound: Self.sound, hopSeconds: 5)
    }

    @Test(arguments: [(1, 1), (1, 7), (2, 2), (2, 13), (3, 20)], [false, true])
    func workersShareAllWindows(_ size: (threads: Int, windows: Int), _ encoderOnly: Bool) throws {
        let report = try report(threads: size.threads, windows: size.windows, encoderOnly: encoderOnly)
        #expect(report.windows == size.windows)
        #expect(report.workers.map(\.windows).reduce(0, +) == size.windows)
        #expect(report.workers.count <= size.threads)
        #expect(report.windowsPerSecond > 0)
        #expect((report.scaling != nil) == (size.threads > 1))
        #expect((report.oneWorkerWindowsPerSecond != nil) == (size.threads > 1))
        #expect(report.encoderMs.min <= report.encoderMs.median)
        #expect(report.allocationsPerWindow == 0)
    }

    /// Sentences first, then the given labels, each with tokens of its own.
    @Test func labelsAreTimedBesideSentences() throws {
        let labels = ["air leak", "其他", "normal running"]
        let model = try SoundModel(directory: Self.model)
        let benchmark = ListenerBenchmark(model: model, threads: 1, windows: 1, labels: labels) { 0 }
        let texts = try benchmark.run(sound: Self.sound, hopSeconds: 5).texts
        try #require(texts.count == 2)
        #expect(texts[0].phrases.count == 4)
        #expect(texts[1].phrases == labels)
        for text in texts {
            #expect(text.tokens == (try model.tokenCounts(of: text.phrases)).reduce(0, +))
            #expect(text.ms.min > 0 && text.ms.min <= text.ms.median)
        }
    }

    /// Programs read these keys.
    @Test func theDocumentHasTheKeysOfTheContract() throws {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        let data = try encoder.encode(report(threads: 1, windows: 2))
        let document = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let keys = [
            "model", "threads", "windows", "log_mel_ms", "encoder_ms", "windows_per_second", "fma_peak_gflops",
            "gemm_peak_gflops", "share_of_peak", "share_of_fma_peak", "share_meanwhile", "fma_meanwhile_gflops",
            "peak_rss_mb",
            "allocations_per_window", "text_ms", "texts",
        ]
        for key in keys { #expect(document[key] != nil, "\(key)") }
        let encoderMS = try #require(document["encoder_ms"] as? [String: Double])
        #expect(encoderMS.keys.sorted() == ["median", "min"])
    }

    @Test func aWorkerThatFailsEndsTheTurn() {
        struct Failure: Error {}
        #expect(throws: Failure.self) {
            try BenchmarkTurn.run(workerCount: 3, windowCount: 5) { _ in throw Failure() }
        }
    }
}
