// The what-if desk with a real model: labels are encoded on the spot, and time is bounded.
import CLAP
import Dashboard
import Foundation
import MachineHealth
import Testing
import TrendLog

@testable import EdgeService

@Suite struct ReplayRoomTests {
    private static let model: Result<SoundModel, any Error> = Result {
        let root = ConfigurationSupport.repository
        return try SoundModel(directory: root.appendingPathComponent("Tests/Fixtures/clap/tiny-fused"))
    }

    /// A room over windows whose embeddings are those of the configured labels: one after the other wins.
    @discardableResult
    private func withRoom<Value: Sendable>(
        limitSeconds: Double = 60,
        _ body: (ReplayRoom) async throws -> Value
    ) async throws -> Value {
        let model = try Self.model.get()
        let configuration = try ReplaySupport.configuration()
        let judges = WindowJudges()
        judges.replace(with: try EdgeNode.judges(configuration, model: model))
        let judge = try #require(judges["c1"])
        let machine = try #require(configuration.machine("c1"))
        let vocabulary = try #require(configuration.vocabulary(of: machine))
        let tracker = TrendTracker(machine: "c1", vocabulary: vocabulary, rules: TrendRules())
        return try await ReplaySupport.withStore { store in
            for number in 0..<30 {
                let embedding = judge.head.labelEmbeddings[number % 3]
                let judgement = try judge.judge(embedding: embedding, descriptor: [])
                let start = ReplaySupport.start.addingTimeInterval(Double(number) * 5)
                let observation = Observation(
                    machine: "c1",
                    start: start,
                    end: start.addingTimeInterval(10),
                    scores: judgement.scores,
                    levelDBFS: -30,
                    missingFraction: 0,
                    quality: .good
                )
                let record = WindowRecord(
                    observation: observation,
                    verdict: tracker.verdict(on: observation),
                    model: model.signature,
                    latencyMS: 1,
                    embedding: embedding
                )
                try await store.commit(WindowCommit(window: record))
            }
            return try await body(
                ReplayRoom(model: model, reader: store.reader, judges: judges, limitSeconds: limitSeconds) {
                    configuration
                }
            )
        }
    }

    private func question(rule: String? = nil, labels: ReplayQuestion.Labels? = nil) -> ReplayQuestion {
        ReplayQuestion(
            machine: "c1",
            since: ReplaySupport.start,
            until: ReplaySupport.start.addingTimeInterval(600),
            rule: rule,
            labels: labels
        )
    }

    @Test func labelsAreTriedWithTheModel() async throws {
        try await withRoom { room in
            let document = try await room.replay(question(labels: .phrases(["normal", "hissing steam", "other"])))
            let machine = try #require(document.machines.first)
            #expect(machine.windows.judged == 30)
            #expect(machine.windows.otherModel == 0)
            #expect(document.changes.contains { $0.contains("labels.compressor.hissing-steam: new label") })
            #expect(document.changes.contains { $0.contains("labels.compressor.dry: label removed") })
        }
    }

    @Test func whatCannotBeTriedIsRefusedInWords() async throws {
        try await withRoom { room in
            let error = await #expect(throws: ReplayRefusal.self) {
                try await room.replay(question(rule: "{consecutive: 0}"))
            }
            guard case .badChange(let text) = error else {
                Issue.record("refused as \(String(describing: error))")
                return
            }
            #expect(text.contains("consecutive"))
        }
    }

    @Test func timeIsBounded() async throws {
        try await withRoom(limitSeconds: -1) { room in
            await #expect(throws: ReplayRefusal.tooSlow(limitSeconds: -1)) { try await room.replay(question()) }
        }
    }
}
