// Replays machines from the trend log, a page of windows at a time.
import CLAP
import Dashboard
import Foundation
import MachineHealth
import TrendLog

/// Judges stored windows anew with the judges of the present configuration and a change to it.
///
/// Reads while a service writes; memory does not grow with the range.
public struct ReplayEngine: Sendable {
    /// How far a replay is.
    public struct Progress: Sendable {
        public let machine: String
        /// Seconds of the whole range, over all machines, and how many are done.
        public let totalSeconds: Double
        public let doneSeconds: Double
    }

    private static let pageSize = 500

    let configuration: ServiceConfiguration
    let reader: TrendLogReader
    let modelSignature: String
    let judge: @Sendable (String) -> WindowJudge?
    let makeHead: @Sendable ([[String]]) async throws -> ZeroShotHead

    /// Replays machines.
    ///
    /// - Parameters:
    ///   - machines: ids; all configured ones where empty.
    ///   - deadline: when to give up.
    /// - Throws: `ReplayRefusal`, `TrendLogError`, `CancellationError`.
    public func replay(
        machines ids: [String],
        since: Date,
        until: Date,
        change: WhatIf,
        deadline: ContinuousClock.Instant? = nil,
        isolation: isolated (any Actor)? = #isolation,
        progress: (Progress) -> Void = { _ in }
    ) async throws -> ReplayDocument {
        let machines = try await machines(ids)
        var notes: [String] = []
        var replayed: [ReplayMachine] = []
        let span = until.timeIntervalSince(since)
        for (number, machine) in machines.enumerated() {
            guard var replay = try await setUp(machine, since: since, change: change, notes: &notes) else { continue }
            var from = since.addingTimeInterval(-replay.warmUpSeconds)
            while true {
                try Task.checkCancellation()
                if let deadline, ContinuousClock.now > deadline { throw ReplayRefusal.tooSlow(limitSeconds: 0) }
                let page = try await reader.remembered(
                    machine: machine.id,
                    from: from,
                    until: until,
                    limit: Self.pageSize
                )
                for window in page { try replay.take(window) }
                guard let last = page.last, page.count == Self.pageSize else { break }
                from = last.window.start.addingTimeInterval(0.001)
                let done = max(0, last.window.start.timeIntervalSince(since))
                progress(
                    Progress(
                        machine: machine.id,
                        totalSeconds: span * Double(machines.count),
                        doneSeconds: span * Double(number) + done
                    )
                )
            }
            let stored = try await reader.alarms(machine: machine.id, presentFrom: since, until: until)
            replayed.append(replay.result(stored: stored))
        }
        return ReplayDocument(
            since: since,
            until: until,
            model: modelSignature,
            changes: changes(change, machines: machines),
            notes: notes + Self.remarks(on: replayed),
            machines: replayed
        )
    }

    /// The configured machines that are asked for and have windows.
    private func machines(_ ids: [String]) async throws -> [MachineConfiguration] {
        let stored = Set(try await reader.machines().map(\.machine))
        guard !ids.isEmpty else { return configuration.machines.filter { stored.contains($0.id) } }
        return try ids.map { id throws(ReplayRefusal) in
            guard let machine = configuration.machine(id) else {
                let known = configuration.machines.prefix(20).map(\.id).joined(separator: ", ")
                throw .unknownMachine("machine \"\(id)\" is not configured; there are \(known)")
            }
            guard stored.contains(id) else { throw .unknownMachine("machine \"\(id)\" has no stored windows yet") }
            return machine
        }
    }

    private func setUp(
        _ machine: MachineConfiguration,
        since: Date,
        change: WhatIf,
        notes: inout [String],
        isolation: isolated (any Actor)? = #isolation
    ) async throws -> MachineReplay? {
        guard let vocabulary = configuration.vocabulary(of: machine), let judge = judge(machine.id) else { return nil }
        let before = ReplayCase(vocabulary: vocabulary, rules: machine.rules, judge: judge)
        var after: ReplayCase?
        if !change.isEmpty {
            guard let new = try change.applied(to: machine, vocabulary: vocabulary) else {
                notes.append("\(machine.id): not in the new configuration, left out")
                return nil
            }
            after = ReplayCase(
                vocabulary: new.vocabulary,
                rules: new.rules,
                judge: try await changed(
                    judge,
                    from: vocabulary,
                    to: new.vocabulary,
                    machine: machine.id,
                    notes: &notes
                )
            )
        }
        return MachineReplay(machine: machine, since: since, model: modelSignature, before: before, after: after)
    }

    /// The judge with other labels. What was learned for the old set holds for the same labels only.
    private func changed(
        _ judge: WindowJudge,
        from old: LabelVocabulary,
        to new: LabelVocabulary,
        machine: String,
        notes: inout [String],
        isolation: isolated (any Actor)? = #isolation
    ) async throws -> WindowJudge {
        guard old.labels.map(\.prompts) != new.labels.map(\.prompts) || old.labels.map(\.id) != new.labels.map(\.id)
        else {
            var same = judge
            same.expect(new)
            return same
        }
        var result = WindowJudge(
            labels: new.labels.map(\.id),
            head: try await makeHead(new.labels.map(\.prompts)),
            gain: judge.gain
        )
        result.normalSound = judge.normalSound
        if old.labels.map(\.id) == new.labels.map(\.id) {
            result.calibration = judge.calibration
            result.examples = judge.examples
        } else if judge.examples != nil || judge.calibration != judge.unlearned {
            notes.append(
                "\(machine): what was taught and calibrated for the present labels is left out of the changed ones"
            )
        }
        result.expect(new)
        return result
    }

    /// What differs, in words: by the configurations' own comparison where machines and labels are the same.
    private func changes(_ change: WhatIf, machines: [MachineConfiguration]) -> [String] {
        var changed = change.configuration ?? configuration
        changed.file = configuration.file
        for machine in machines {
            guard let place = changed.machines.firstIndex(where: { $0.id == machine.id }),
                let vocabulary = configuration.vocabulary(of: machine),
                let new = try? change.applied(to: machine, vocabulary: vocabulary)
            else { continue }
            changed.machines[place].rules = new.rules
            changed.vocabularies[changed.machines[place].profile] = new.vocabulary
        }
        let subjects = ["labels.", "machine "]
        let shown = Set(machines.map(\.id))
        return ServiceConfiguration.diff(configuration, changed).filter { difference in
            subjects.contains { difference.subject.hasPrefix($0) }
                && (!difference.subject.hasPrefix("machine ")
                    || shown.contains(String(difference.subject.dropFirst(8))))
        }.map(\.description)
    }

    /// What was left out, said once for all machines.
    private static func remarks(on machines: [ReplayMachine]) -> [String] {
        let other = machines.reduce(0) { $0 + $1.windows.otherModel }
        let without = machines.reduce(0) { $0 + $1.windows.withoutEmbedding }
        var remarks: [String] = []
        if other > 0 {
            remarks.append(
                "\(other) windows were heard with another model and are left out: its embeddings cannot be compared with "
                    + "these labels"
            )
        }
        if without > 0 { remarks.append("\(without) windows are left out because no embedding of them is stored") }
        return remarks
    }
}
