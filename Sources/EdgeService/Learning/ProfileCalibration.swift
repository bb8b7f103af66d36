// A profile's temperature, learned from what people said of its windows. A value without I/O.
import Detection
import Foundation
import MachineHealth
import Publishing
import TrendLog

/// What a profile's decisions say about its confidences.
struct ProfileCalibration: Sendable {
    /// The label profile.
    let profile: String
    /// What was learned and how it did.
    let choice: CalibrationChoice
    /// Decisions it was learned from.
    let decisions: Int

    /// Learns.
    ///
    /// - Parameters:
    ///   - judge: of any machine of the profile.
    ///   - decisions: standing ones of all its machines.
    ///   - model: decisions about another model's embeddings are left out.
    /// - Returns: nil for fewer decisions than it takes.
    init?(profile: String, judge: WindowJudge, decisions: [ReviewDecision], model: String) throws(DetectionError) {
        let groups = LearnedExamples.groups(of: decisions)
        let width = judge.head.labelEmbeddings.first?.count ?? 0
        let examples = decisions.sorted { ($0.machine, $0.start, $0.id.text) < ($1.machine, $1.start, $1.id.text) }
            .compactMap { decision -> CalibrationExample? in
                guard decision.model == model, decision.judgement == .confirmed, let embedding = decision.embedding,
                    embedding.count == width,
                    let place = decision.label.flatMap({ judge.labels.firstIndex(of: $0) })
                else { return nil }
                return CalibrationExample(
                    logits: judge.logits(embedding),
                    truth: place,
                    group: groups[decision.id]
                )
            }
        guard let choice = try CalibrationChoice(examples, priors: judge.priors) else { return nil }
        self.profile = profile
        self.choice = choice
        self.decisions = examples.count
    }

    /// What to tell of it.
    var summary: CalibrationSummary {
        CalibrationSummary(
            profile: profile,
            isUsed: choice.isBetter,
            temperature: choice.learned.temperature,
            decisions: decisions,
            eceBefore: choice.before.expectedCalibrationError,
            eceAfter: choice.after.expectedCalibrationError,
            logLossBefore: choice.before.logLoss,
            logLossAfter: choice.after.logLoss
        )
    }

    /// What to store of it.
    func record(model: String, at time: Date) throws -> CalibrationRecord {
        CalibrationRecord(
            profile: profile,
            model: model,
            isUsed: choice.isBetter,
            temperature: choice.learned.temperature,
            logPriors: choice.learned.logPriors,
            decisions: decisions,
            report: try PayloadCoder.encode(summary),
            created: time
        )
    }
}
