// The what-if desk beside the running service: low priority, one question at a time, a bounded time.
import CLAP
import Dashboard
import Foundation
import TrendLog

/// Answers what-if questions on a thread that everything else goes before.
actor ReplayRoom: ReplayDesk {
    /// Longest time a question may take.
    static let limitSeconds = 120.0

    private let thread = WorkerThread(name: "what-if", niceness: 10)
    private let model: SoundModel
    private let reader: TrendLogReader
    private let judges: WindowJudges
    private let configuration: @Sendable () -> ServiceConfiguration
    private let limitSeconds: Double

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    init(
        model: SoundModel,
        reader: TrendLogReader,
        judges: WindowJudges,
        limitSeconds: Double = ReplayRoom.limitSeconds,
        configuration: @escaping @Sendable () -> ServiceConfiguration
    ) {
        self.model = model
        self.reader = reader
        self.judges = judges
        self.limitSeconds = limitSeconds
        self.configuration = configuration
    }

    deinit { thread.stop() }

    func replay(_ question: ReplayQuestion) async throws -> ReplayDocument {
        let engine = ReplayEngine(
            configuration: configuration(),
            reader: reader,
            modelSignature: model.signature,
            judge: { [judges] in judges[$0] },
            makeHead: { [self] in try await head($0) }
        )
        do {
            return try await engine.replay(
                machines: [question.machine],
                since: question.since,
                until: question.until,
                change: WhatIf(labels: question.labels, rule: question.rule),
                deadline: .now + .seconds(limitSeconds)
            )
        } catch ReplayRefusal.tooSlow {
            throw ReplayRefusal.tooSlow(limitSeconds: limitSeconds)
        }
    }

    private func head(_ prompts: [[String]]) throws -> ZeroShotHead {
        defer { model.releaseTextWeights() }
        return try model.makeHead(prompts: prompts)
    }
}
