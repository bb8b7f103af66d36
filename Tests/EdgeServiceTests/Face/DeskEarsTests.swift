// The desk beside the machines: it waits for them, not forever, and forgets what was not asked for long.
import AudioFeatures
import Dashboard
import Foundation
import Synchronization
import Testing

@testable import EdgeService

@Suite struct DeskEarsTests {
    private static let model: Result<SoundModel, any Error> = Result {
        let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return try SoundModel(directory: root.appendingPathComponent("Tests/Fixtures/clap/tiny-fused"))
    }

    private static func question(seconds: Double, labels: [String] = ["a", "b"]) throws -> DeskQuestion {
        let samples = (0..<Int(seconds * 16_000)).map { Float(0.2 * sin(Double($0) * 0.05)) }
        let sound = try AudioEncoder.encode(AudioBuffer(samples: samples, sampleRateHz: 16_000), as: .wav)
        return DeskQuestion(sound: sound, name: "hum.wav", labels: labels, windowSeconds: 2, hopSeconds: 1)
    }

    @Test func theDeskWaitsWhileMachinesHaveWindows() async throws {
        let looks = Mutex(0)
        // Windows wait for the first fifty looks at the queue, and are gone then.
        let desk = DeskEars(
            model: try Self.model.get(),
            courtesy: .init(longest: .seconds(600), step: .milliseconds(1))
        ) {
            looks.withLock { count in
                count += 1
                return count <= 50 ? 3 : 0
            }
        }
        let answer = try await desk.classify(try Self.question(seconds: 4))
        #expect(answer.windows.count == 3)
        #expect(looks.withLock { $0 } > 50)
    }

    /// A queue that is never empty slows the desk down and does not stop it.
    @Test func theDeskMakesProgressWhateverTheMachinesDo() async throws {
        let looks = Mutex(0)
        let desk = DeskEars(
            model: try Self.model.get(),
            courtesy: .init(longest: .milliseconds(30), step: .milliseconds(5))
        ) {
            looks.withLock { $0 += 1 }
            return 9
        }
        let begin = ContinuousClock.now
        let answer = try await desk.classify(try Self.question(seconds: 4))
        #expect(answer.windows.count == 3)
        #expect(looks.withLock { $0 } >= 4, "a look before every window")
        #expect(ContinuousClock.now - begin >= .milliseconds(90), "a wait before every window")
    }

    @Test func aCancelledQuestionEndsBeforeItsNextWindow() async throws {
        let desk = DeskEars(model: try Self.model.get(), courtesy: .init(longest: .seconds(600))) { 1 }
        let question = try Self.question(seconds: 60)
        let work = Task { try await desk.classify(question) }
        work.cancel()
        await #expect(throws: CancellationError.self) { try await work.value }
        #expect(await desk.windowsJudged == 0)
    }

    @Test func closingEndsWhatWaits() async throws {
        let looks = Mutex(0)
        let desk = DeskEars(
            model: try Self.model.get(),
            courtesy: .init(longest: .milliseconds(50), step: .milliseconds(1))
        ) {
            looks.withLock { $0 += 1 }
            return 1
        }
        let question = try Self.question(seconds: 600)
        let work = Task { try await desk.classify(question) }
        let deadline = ContinuousClock.now + .seconds(600)
        while looks.withLock({ $0 }) == 0, ContinuousClock.now < deadline { await Task.yield() }
        await desk.close()
        await #expect(throws: DeskRefusal.closed) { try await work.value }
        await #expect(throws: DeskRefusal.closed) { try await desk.classify(question) }
    }

    @Test func theAnswerIsThatOfTheFileClassifier() async throws {
        let model = try Self.model.get()
        let question = try Self.question(seconds: 5, labels: ["pump dry", "motor hot", "其他"])
        let desk = DeskEars(model: model) { 0 }
        let answer = try await desk.classify(question)
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("ausculta-\(UUID().uuidString).wav")
        try question.sound.write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let options = ClassificationOptions(windowSeconds: 2, hopSeconds: 1)
        let same = try FileClassifier(model: model, labels: question.labels, options: options).classify(file.path)
        #expect(answer.durationSeconds == same.durationSeconds)
        #expect(answer.fused.probabilities == same.fused.probabilities.map(Double.init))
        #expect(answer.windows.map(\.startSeconds) == same.windows.map(\.startSeconds))
        let again = try await desk.classify(question)
        #expect(again == answer, "the same bit for bit, phrases remembered")
        let cosines = try await desk.similarity(of: question.labels)
        #expect(cosines.indices.allSatisfy { abs(cosines[$0][$0] - 1) < 1e-5 })
    }

    @Test func theLongestUnusedIsForgotten() {
        var memory = RecentlyUsed<String, Int>(capacity: 2)
        memory["a"] = 1
        memory["b"] = 2
        #expect(memory["a"] == 1)
        memory["c"] = 3
        #expect(memory["b"] == nil)
        #expect(memory["a"] == 1 && memory["c"] == 3 && memory.count == 2)
        memory["a"] = nil
        #expect(memory.count == 1)
    }

    @Test(
        arguments: [
            ([0, 0, 1, 1, 1, 0], 1, 3), ([0, 0, 1, 1], 0, 2), ([0, nil, 0, 0], 0, 2), ([nil, 2, nil], 2, 1),
        ] as [([Int?], Int, Int)]
    )
    func theLongestRunIsFound(tops: [Int?], label: Int, count: Int) {
        let windows = tops.map { top in
            LabelledScores(probabilities: (0..<3).map { top == nil ? 0.33 : $0 == top ? 0.9 : 0.05 }, threshold: 0.7)
        }
        #expect(LabelRun.longest(in: windows) == LabelRun(label: label, count: count))
    }

    @Test func undeterminedWindowsMakeNoRun() {
        #expect(LabelRun.longest(in: []) == nil)
        #expect(LabelRun.longest(in: [LabelledScores(probabilities: [0.5, 0.5], threshold: 0.7)]) == nil)
    }
}
