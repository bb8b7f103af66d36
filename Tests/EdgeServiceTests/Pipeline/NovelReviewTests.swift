// Which novel windows are put before a person: those that no fault label explains.
import Foundation
import Logging
import MachineHealth
import Testing
import TrendLog

@testable import EdgeService

@Suite struct NovelReviewTests {
    private static let yaml = """
        site: plant1
        broker: {url: "mqtt://localhost:1883"}
        labels:
          pump:
            - {id: normal, name: Normal running, kind: normal, prompts: ["a pump running normally"]}
            - {id: cavitation, name: Cavitation, kind: fault, prompts: ["a pump cavitating"]}
            - {id: other, name: Other, kind: anchor, prompts: ["other sounds"]}
        machines:
          - {id: pump-1, profile: pump}
        """
    private static let start = Date(timeIntervalSince1970: 1_767_225_600)

    /// The review items that one window leads to.
    private func items(top: String, confidence: Double, novelty score: Double) async throws -> [ReviewItem] {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("ausculta-novel-review-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let configuration = try ServiceConfiguration.parse(
            Self.yaml,
            file: folder.appendingPathComponent("a.yaml").path
        )
        let vocabulary = try #require(configuration.vocabularies["pump"])
        let store = try TrendLogStore(url: folder.appendingPathComponent("trend.sqlite"))
        try await store.register([
            MachineRegistration(machine: "pump-1", site: "plant1", profile: "pump", labels: vocabulary.labels)
        ])
        let room = EvidenceRoom(
            configuration,
            store: store,
            logger: Logger(label: "ausculta.test") { _ in SwiftLogNoOpLogHandler() },
            now: { Self.start }
        )
        await room.open(configuration)
        let monitor = MachineMonitor(
            machine: "pump-1",
            vocabulary: vocabulary,
            rules: TrendRules(),
            startingAt: Self.start,
            followsNovelty: true
        )
        let rest = (1 - confidence) / Double(vocabulary.labels.count - 1)
        let observation = Observation(
            machine: "pump-1",
            start: Self.start,
            end: Self.start.addingTimeInterval(10),
            scores: vocabulary.labels.map {
                LabelScore(label: $0.id, confidence: $0.id.rawValue == top ? confidence : rest)
            },
            levelDBFS: -30,
            missingFraction: 0,
            quality: .good,
            novelty: Novelty(score: score, limit: 3, share: 1)
        )
        let window = WindowRecord(
            observation: observation,
            verdict: monitor.verdict(on: observation),
            model: "tiny@1",
            latencyMS: 1
        )
        room.notice(window: window, actions: [], of: monitor)
        await room.close()
        let items = try await store.reader.reviewPage(state: .open).items
        try store.close()
        return items
    }

    @Test(arguments: ["normal", "other"])
    func anUnusualWindowThatNoFaultExplainsIsOffered(top: String) async throws {
        let item = try #require(try await items(top: top, confidence: 0.9, novelty: 6).first)
        #expect(item.reason == .novel)
        #expect(item.label == LabelID(top))
        #expect(item.confidence == 0.9)
        #expect(item.distance == 0.5)
    }

    @Test(arguments: [("normal", 0.9, 2.0), ("other", 0.9, 2.0), ("cavitation", 0.9, 6.0)])
    func anUsualOrAnExplainedOneIsNot(top: String, confidence: Double, novelty: Double) async throws {
        #expect(try await items(top: top, confidence: confidence, novelty: novelty).isEmpty)
    }

    @Test func belowTheThresholdItIsUnsure() async throws {
        let item = try #require(try await items(top: "normal", confidence: 0.6, novelty: 6).first)
        #expect(item.reason == .undetermined)
    }
}
