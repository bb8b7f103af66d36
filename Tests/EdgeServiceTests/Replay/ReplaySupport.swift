// A compressor whose embeddings the tests make up: three directions, one per label, and a sharp head.
import CLAP
import Foundation
import MachineHealth
import TrendLog

@testable import EdgeService

enum ReplaySupport {
    /// 2026-11-22T10:00:00Z.
    static let start = Date(timeIntervalSince1970: 1_795_341_600)
    static let model = "made-up@0123456789ab"

    static let yaml = """
        site: plant1
        node: edge-1
        labels:
          compressor:
            - {id: normal, name: Normal running, kind: normal, prompts: ["runs well"]}
            - {id: dry, name: {en: Bearing lacking oil, zh: 轴承缺油}, kind: fault, prompts: ["runs dry"]}
            - {id: other, name: Other, kind: anchor, prompts: ["other"]}
        machines:
          - {id: c1, profile: compressor}
          - {id: c2, profile: compressor}
        """

    static func configuration(_ text: String = yaml) throws -> ServiceConfiguration {
        try ServiceConfiguration.parse(text, file: "/etc/ausculta/test.yaml")
    }

    /// Where phrases lie: those of the configuration along the axes, "drier" close to "runs dry".
    static func head(_ prompts: [[String]]) -> ZeroShotHead {
        let known: [String: [Float]] = [
            "runs well": [1, 0, 0], "runs dry": [0, 1, 0], "other": [0, 0, 1], "drier": [0, 0.98, 0.199],
        ]
        let somewhere: [Float] = [0.577, 0.577, 0.577]
        return ZeroShotHead(
            promptEmbeddings: prompts.map { $0.map { known[$0] ?? somewhere } },
            scale: 10
        )
    }

    static func judge(_ vocabulary: LabelVocabulary) -> WindowJudge {
        WindowJudge(labels: vocabulary.labels.map(\.id), head: head(vocabulary.labels.map(\.prompts)), gain: .none)
    }

    /// An embedding between "runs well" and "runs dry" that scores about `confidence` for the latter.
    static func embedding(_ confidence: Double) -> [Float] {
        let logit = log(confidence / (1 - confidence))
        let angle = Double.pi / 4 + asin(logit / (10 * 2.0.squareRoot()))
        return [Float(cos(angle)), Float(sin(angle)), 0]
    }

    /// A window as stored with an embedding.
    static func record(
        _ machine: String = "c1",
        at time: Date,
        dry confidence: Double,
        vocabulary: LabelVocabulary,
        rules: TrendRules = TrendRules(),
        model: String = model
    ) throws -> WindowRecord {
        let embedding = embedding(confidence)
        let judgement = try judge(vocabulary).judge(embedding: embedding, descriptor: [])
        let observation = Observation(
            machine: machine,
            start: time,
            end: time.addingTimeInterval(10),
            scores: judgement.scores,
            levelDBFS: -30,
            missingFraction: 0,
            quality: .good
        )
        return WindowRecord(
            observation: observation,
            verdict: TrendTracker(machine: machine, vocabulary: vocabulary, rules: rules).verdict(on: observation),
            model: model,
            latencyMS: 10,
            embedding: embedding
        )
    }

    /// A trend log of its own in a folder that goes afterwards.
    static func withStore<Value>(_ body: (TrendLogStore) async throws -> Value) async throws -> Value {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "ausculta-replay-\(UUID().uuidString)"
        )
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try TrendLogStore(url: folder.appendingPathComponent("trend.sqlite"))
        let value = try await body(store)
        try store.close()
        return value
    }

    /// Commits windows every five seconds, with the alarms a monitor raises on them, as the service does.
    ///
    /// - Returns: the time after the last window's start.
    @discardableResult
    static func hear(
        _ confidences: [Double],
        from time: Date = start,
        machine: String = "c1",
        in store: TrendLogStore,
        model: String = model
    ) async throws -> Date {
        let configuration = try configuration()
        guard let settings = configuration.machine(machine), let vocabulary = configuration.vocabulary(of: settings)
        else { return time }
        var monitor = MachineMonitor(
            machine: machine,
            vocabulary: vocabulary,
            rules: settings.rules,
            startingAt: time
        )
        var time = time
        for confidence in confidences {
            let window = try record(machine, at: time, dry: confidence, vocabulary: vocabulary, model: model)
            var commit = WindowCommit(window: window)
            for action in monitor.observe(window.observation) {
                switch action {
                case .transition(let transition): commit.transitions.append(transition)
                case .recordChanged(let alarm): commit.alarms.append(alarm)
                default: continue
                }
            }
            try await store.commit(commit)
            time.addTimeInterval(5)
        }
        return time
    }

    static func engine(_ store: TrendLogStore, _ configuration: ServiceConfiguration) -> ReplayEngine {
        let judges = Dictionary(
            configuration.machines.compactMap { machine in
                configuration.vocabulary(of: machine).map { (machine.id, judge($0)) }
            }
        ) { first, _ in first }
        return ReplayEngine(
            configuration: configuration,
            reader: store.reader,
            modelSignature: model,
            judge: { judges[$0] },
            makeHead: { head($0) }
        )
    }
}
