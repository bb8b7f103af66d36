// What machines learned, from the trend log to their judges; reads only, so that a replay beside the service uses it, too.
import Detection
import Foundation
import Logging
import TrendLog

/// Banks, examples and calibrations as they stand in a trend log, for one model.
struct LearnedState: Sendable {
    let reader: TrendLogReader
    /// What results are signed with; banks and decisions of others are left alone.
    let model: String
    let logger: Logger

    /// Gives judges all that was learned.
    ///
    /// - Throws: where the trend log cannot be read; a bank or decision that cannot be used is told in the log.
    func teach(
        _ judges: inout [String: WindowJudge],
        profiles: [String: String],
        isolation: isolated (any Actor)? = #isolation
    ) async throws {
        for record in try await reader.activeBanks() where judges[record.machine] != nil {
            judges[record.machine]?.normalSound = await normalSound(of: record)
        }
        let decisions = try await reader.decisions()
        for profile in Set(profiles.values).sorted() {
            _ = learn(profile, profiles: profiles, decisions: decisions, into: &judges)
        }
    }

    /// The scorers of a stored bank; nil, with the reason in the log, where it cannot be used.
    ///
    /// Tenths of a second of work, done where the caller is.
    func normalSound(
        of record: BankRecord,
        isolation: isolated (any Actor)? = #isolation
    ) async -> NormalSound? {
        guard record.model == model else {
            logger.warning(
                """
                \(record.machine): its normal sound (version \(record.version)) was enrolled with the model \
                \(record.model), not \(model), and is not used; enrol it anew with `ausculta enroll`
                """
            )
            return nil
        }
        do {
            guard let bank = try await bank(of: record) else { return nil }
            return try NormalSound(bank, version: record.version)
        } catch {
            logger.error("\(record.machine): its normal sound (version \(record.version)) cannot be used: \(error)")
            return nil
        }
    }

    /// A stored bank; nil where its bytes are gone.
    func bank(
        of record: BankRecord,
        isolation: isolated (any Actor)? = #isolation
    ) async throws -> NormalBank? {
        guard let data = try await reader.bankData(machine: record.machine, version: record.version) else {
            return nil
        }
        return try NormalBank(encoded: data)
    }

    /// Calibration and examples of the machines of a profile among `judges`.
    func learn(
        _ profile: String,
        profiles: [String: String],
        decisions: [ReviewDecision],
        into judges: inout [String: WindowJudge]
    ) -> (calibration: ProfileCalibration?, examples: [String: LearnedExamples]) {
        let machines = judges.keys.filter { profiles[$0] == profile }.sorted()
        guard let sample = machines.first.flatMap({ judges[$0] }) else { return (nil, [:]) }
        let mine = decisions.filter { profiles[$0.machine] == profile }
        var calibration: ProfileCalibration?
        do {
            calibration = try ProfileCalibration(profile: profile, judge: sample, decisions: mine, model: model)
        } catch {
            logger.error("profile \(profile): its confidences cannot be calibrated: \(error)")
        }
        let byMachine = Dictionary(grouping: mine, by: \.machine)
        var chosen: [String: LearnedExamples] = [:]
        for machine in machines {
            guard var judge = judges[machine] else { continue }
            judge.calibration = calibration?.choice.used ?? judge.unlearned
            let examples = LearnedExamples(
                judge: judge,
                own: byMachine[machine] ?? [],
                others: mine.filter { $0.machine != machine },
                model: model
            )
            judge.examples = examples.cache
            judges[machine] = judge
            chosen[machine] = examples
        }
        return (calibration, chosen)
    }
}
