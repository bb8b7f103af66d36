// What `bench --enrolled` measures is really done.
import EdgeService
import Testing

@Suite struct LearningBenchmarkTests {
    @Test func noveltyAndExamplesTakeLongerThanTextAlone() throws {
        let report = try LearningBenchmark(machines: 2, points: 40, examples: 8, windows: 100).run()
        #expect(report.judgeMs.median > report.textMs.median)
        #expect(report.judgeP99Ms >= report.judgeMs.median)
        #expect(report.storedBytes > 0)
    }
}
