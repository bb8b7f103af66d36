// From tallies of machines to the figures of a report.
import Detection
import Foundation

/// Computes figures. Means are over machines, so that one with many recordings counts as much as one with few.
struct ComparisonSummary {
    let tallies: [MachineTally]
    let bootstrap: ComparisonBootstrap
    /// The labels of a profile.
    let labels: (String) -> [String]

    func report(
        windows: ComparisonWindows,
        order: SplitOrder,
        options: ComparisonOptions,
        leftOut: [MachineLeftOut],
        latency: ComparisonLatency?
    ) -> ComparisonReport {
        let modes = Set(tallies.flatMap(\.modes.keys)).sorted()
        let scores = recordingScores()
        return ComparisonReport(
            windows: windows,
            order: order,
            repetitions: options.repetitions,
            seed: options.seed,
            recordingCount: tallies.reduce(0) { $0 + $1.rows.count },
            modes: modes.map(figures),
            differences: differences(modes),
            leftOut: leftOut,
            latency: latency,
            telling: TellingRecordings.choose(from: scores),
            scores: scores
        )
    }

    // MARK: - One mode

    private func figures(_ mode: ComparisonMode) -> ModeFigures {
        let present = tallies.indices.filter { tallies[$0].modes[mode] != nil }
        let machines = present.compactMap { index in
            tallies[index].modes[mode].map { machineFigures($0, mode: mode, index: index) }
        }
        let calibration = calibration(mode)
        return ModeFigures(
            mode: mode.name,
            chineseName: mode.chineseName,
            isBaseline: mode.isBaseline,
            machineCount: present.count,
            auc: Self.mean(machines.compactMap(\.auc?.value)).map {
                FigureWithInterval($0, interval: bootstrap.interval(mode))
            },
            partialAuc: Self.mean(machines.compactMap(\.partialAuc?.value)).map {
                FigureWithInterval($0, interval: bootstrap.interval(mode, isPartial: true))
            },
            detected: Self.mean(machines.compactMap(\.detected)),
            falselyFlagged: Self.mean(machines.compactMap(\.falselyFlagged)),
            balancedAccuracy: balancedAccuracy(mode),
            calibrationError: calibration?.expectedCalibrationError,
            brierScore: calibration?.brierScore,
            falseAlarms: falseAlarms(mode),
            fewestExamples: present.flatMap { tallies[$0].modes[mode]?.splits.compactMap(\.examples) ?? [] }.min(),
            machines: machines,
            confusion: confusion(mode),
            reliability: calibration?.bins ?? []
        )
    }

    private func machineFigures(_ tally: ModeTally, mode: ComparisonMode, index: Int) -> MachineModeFigures {
        let machine = tallies[index]
        let areas = bootstrap.machines[index][mode] ?? []
        let partial = bootstrap.partialMachines[index][mode] ?? []
        return MachineModeFigures(
            machine: machine.machine,
            auc: tally.area().map { FigureWithInterval($0, interval: Interval(resamples: areas)) },
            partialAuc: tally.area(maximumFalseRate: ComparisonBootstrap.maximumFalseRate).map {
                FigureWithInterval($0, interval: Interval(resamples: partial))
            },
            detected: tally.flagged(.anomalous, of: machine.conditions),
            falselyFlagged: tally.flagged(.normal, of: machine.conditions)
        )
    }

    private func falseAlarms(_ mode: ComparisonMode) -> FalseAlarmFigures {
        var (alarms, hours) = (0.0, 0.0)
        for tally in tallies {
            guard let splits = tally.modes[mode]?.splits, !splits.isEmpty else { continue }
            alarms += Double(splits.reduce(0) { $0 + $1.falseAlarms }) / Double(splits.count)
            hours += tally.testedHours
        }
        return FalseAlarmFigures(alarms: alarms, hours: hours)
    }

    /// Every verdict that gives probabilities, with the place of the true label.
    private func labelled(_ mode: ComparisonMode) -> [LabelledVerdict] {
        tallies.flatMap { tally -> [LabelledVerdict] in
            let names = labels(tally.profile)
            return (tally.modes[mode]?.splits ?? []).flatMap(\.verdicts).compactMap { verdict -> LabelledVerdict? in
                guard let probabilities = verdict.probabilities,
                    let truth = names.firstIndex(of: tally.rows[verdict.recording].label)
                else { return nil }
                return LabelledVerdict(profile: tally.profile, truth: truth, probabilities: probabilities)
            }
        }
    }

    private func calibration(_ mode: ComparisonMode) -> CalibrationReport? {
        let verdicts = labelled(mode)
        // Profiles differ in labels; labels nothing has a probability for change no figure.
        let width = verdicts.map(\.probabilities.count).max() ?? 0
        return try? CalibrationReport(
            probabilities: verdicts.map {
                $0.probabilities + [Double](repeating: 0, count: width - $0.probabilities.count)
            },
            truths: verdicts.map(\.truth)
        )
    }

    private func confusion(_ mode: ComparisonMode) -> [ConfusionFigures] {
        let verdicts = labelled(mode)
        var profiles: [String] = []
        for verdict in verdicts where !profiles.contains(verdict.profile) { profiles.append(verdict.profile) }
        return profiles.map { profile in
            let names = labels(profile)
            var counts = [[Int]](repeating: [Int](repeating: 0, count: names.count), count: names.count)
            for verdict in verdicts where verdict.profile == profile {
                counts[verdict.truth][EvaluationOutcome(truth: 0, probabilities: verdict.probabilities).top] += 1
            }
            return ConfusionFigures(profile: profile, labels: names, counts: counts)
        }
    }

    /// Mean recall over the labels that occur, over all profiles.
    private func balancedAccuracy(_ mode: ComparisonMode) -> Double? {
        let recalls = confusion(mode).flatMap { table in
            table.counts.enumerated().compactMap { label, counts in
                let total = counts.reduce(0, +)
                return total == 0 ? nil : Double(counts[label]) / Double(total)
            }
        }
        return Self.mean(recalls)
    }

    // MARK: - Over modes and recordings

    /// Every way of ours beside the best baseline.
    private func differences(_ modes: [ComparisonMode]) -> [ModeDifference] {
        func mean(_ mode: ComparisonMode) -> Double? {
            Self.mean(tallies.compactMap { $0.modes[mode]?.area() })
        }
        let baselines = modes.filter(\.isBaseline).compactMap { mode in mean(mode).map { (mode, $0) } }
        guard let (best, bestMean) = baselines.max(by: { $0.1 < $1.1 }) else { return [] }
        return modes.filter { !$0.isBaseline }.compactMap { mode in
            mean(mode).map { value in
                ModeDifference(
                    mode: mode.name,
                    baseline: best.name,
                    auc: FigureWithInterval(value - bestMean, interval: bootstrap.interval(mode, minus: best))
                )
            }
        }
    }

    private func recordingScores() -> [RecordingScore] {
        tallies.flatMap { tally -> [RecordingScore] in
            let verdicts = (tally.modes[.enrolled]?.splits ?? []).flatMap(\.verdicts)
            return tally.rows.indices.compactMap { place -> RecordingScore? in
                let own = verdicts.filter { $0.recording == place }
                guard !own.isEmpty else { return nil }
                return RecordingScore(
                    file: tally.rows[place].file,
                    machine: tally.machine,
                    label: tally.rows[place].label,
                    condition: tally.rows[place].condition,
                    novelty: own.reduce(0) { $0 + $1.score } / Double(own.count),
                    flagged: Double(own.count { $0.isFlagged }) / Double(own.count)
                )
            }
        }
    }

    private static func mean(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }
}

/// A verdict that gives probabilities, with the place of the true label.
private struct LabelledVerdict {
    let profile: String
    let truth: Int
    let probabilities: [Double]
}

/// Chooses the recordings worth listening to.
enum TellingRecordings {
    /// Two of each reason at most, each recording once.
    static let perReason = 2

    static func choose(from scores: [RecordingScore]) -> [TellingRecording] {
        let normal = scores.filter { $0.condition == .normal }
        let faulty = scores.filter { $0.condition == .anomalous }
        let rising: (RecordingScore, RecordingScore) -> Bool = { ($0.novelty, $0.file) < ($1.novelty, $1.file) }
        let lists: [(TellingRecording.Reason, [RecordingScore])] = [
            (.falseAlarm, normal.filter { $0.flagged > 0 }.sorted { rising($1, $0) }),
            (.miss, faulty.filter { $0.flagged < 1 }.sorted(by: rising)),
            (.clearest, faulty.sorted { rising($1, $0) }),
            (.typical, normal.sorted(by: rising)),
        ]
        var taken = Set<String>()
        return lists.flatMap { reason, list in
            list.filter { !taken.contains($0.file) }.prefix(perReason).map { score in
                taken.insert(score.file)
                return TellingRecording(reason: reason, recording: score)
            }
        }
    }
}
