// Every way of judging, held against every other on the same splits of the same machines.
import CLAP
import Detection
import Foundation

/// Compares ways of judging on labelled recordings of machines. Not Sendable: holds a listener.
public final class MachineComparison {
    /// What the work is at.
    public enum Step: Sendable {
        /// Hearing recordings: done, of so many.
        case hearing(Int, Int)
        /// Splitting and judging machines: done, of so many.
        case judging(Int, Int)
        /// Resampling: done, of so many.
        case resampling(Int, Int)
    }

    /// Machines that have too few recordings, with the reason.
    public private(set) var leftOut: [MachineLeftOut] = []
    /// Machines that can be compared on, in the manifest's order.
    public private(set) var machines: [String] = []
    /// Called with the windows of each recording that was heard; what it throws ends the work.
    public var onHeard: (([HeardWindowLine]) throws -> Void)?

    private let manifest: EvaluationManifest
    private let options: ComparisonOptions
    private let order: SplitOrder

    /// Looks through the manifest.
    public init(_ manifest: EvaluationManifest, options: ComparisonOptions) {
        self.manifest = manifest
        self.options = options
        order = options.order ?? (manifest.hasTimes ? .time : .random)
        for machine in manifest.machines {
            take(machine, rows: manifest.rows.filter { $0.machine == machine })
        }
    }

    private func take(_ machine: String, rows: [EvaluationManifest.Row]) {
        if let reason = Self.shortage(rows) {
            leftOut.append(MachineLeftOut(machine: machine, reason: reason))
        } else {
            machines.append(machine)
        }
    }

    /// Why a machine cannot be compared on; nil where it can.
    static func shortage(_ rows: [EvaluationManifest.Row]) -> String? {
        let normal = rows.count { $0.condition == .normal }
        let faulty = rows.count { $0.condition == .anomalous }
        if normal < 2 {
            return "\(normal) normal recording\(normal == 1 ? "" : "s"), needs 2: one teaches, another tests"
        }
        return faulty < 1 ? "no faulty recording, needs 1" : nil
    }

    /// Hears and judges.
    ///
    /// - Parameters:
    ///   - prompts: the phrases of each label.
    ///   - windows: how recordings are cut.
    ///   - unreadable: called once per recording that cannot be heard; the others go on.
    ///   - progress: called between steps; what it throws ends the work.
    /// - Returns: nil where no machine is left to compare on.
    public func run(
        model: SoundModel,
        prompts: [String: [String]],
        windows: ComparisonWindows,
        unreadable: (String, any Error) -> Void,
        progress: (Step) throws -> Void
    ) throws -> ComparisonReport? {
        let hearing = try RecordingHearing(model: model, windows: windows)
        let heard = try hear(with: hearing, unreadable: unreadable, progress: progress)
        var tallies: [MachineTally] = []
        var judgingSeconds: [Double] = []
        for (number, (machine, recordings)) in heard.enumerated() {
            try progress(.judging(number, heard.count))
            let labels = try profileLabels(recordings, model: model, prompts: prompts)
            let trial = MachineTrial(
                machine: machine,
                recordings: recordings,
                labels: labels,
                options: options,
                hopSeconds: windows.hopSeconds
            )
            do {
                let judged = try tally(trial) { try progress(.judging(number, heard.count)) }
                tallies.append(judged.tally)
                judgingSeconds += judged.secondsPerWindow
            } catch let error as DetectionError {
                leftOut.append(MachineLeftOut(machine: machine, reason: "\(error)"))
            }
        }
        guard !tallies.isEmpty else { return nil }
        let bootstrap = try ComparisonBootstrap(tallies, resamples: options.resamples, seed: options.seed) { done in
            try progress(.resampling(done, options.resamples))
        }
        return ComparisonSummary(tallies: tallies, bootstrap: bootstrap, labels: manifest.labels(profile:)).report(
            windows: windows,
            order: order,
            options: options,
            leftOut: leftOut,
            latency: Self.latency(hearing: hearing.inferenceSeconds, judging: judgingSeconds)
        )
    }

    private func hear(
        with hearing: RecordingHearing,
        unreadable: (String, any Error) -> Void,
        progress: (Step) throws -> Void
    ) throws -> [(machine: String, recordings: [HeardRecording])] {
        let rows = machines.map { machine in manifest.rows.filter { $0.machine == machine } }
        let total = rows.reduce(0) { $0 + $1.count }
        var done = 0
        var heard: [(machine: String, recordings: [HeardRecording])] = []
        for (machine, rows) in zip(machines, rows) {
            var recordings: [HeardRecording] = []
            for row in rows {
                try progress(.hearing(done, total))
                done += 1
                let recording: HeardRecording
                do { recording = try hearing.hear(row) } catch {
                    unreadable(row.file, error)
                    continue
                }
                guard !recording.pieces.isEmpty else { continue }
                recordings.append(recording)
                try onHeard?(recording.pieces.map { HeardWindowLine(row, $0) })
            }
            if let reason = Self.shortage(recordings.map(\.row)) {
                leftOut.append(MachineLeftOut(machine: machine, reason: "\(reason) (of those that can be read)"))
            } else {
                heard.append((machine, recordings))
            }
        }
        return heard
    }

    private func tally(
        _ trial: MachineTrial,
        pause: () throws -> Void
    ) throws -> (tally: MachineTally, secondsPerWindow: [Double]) {
        let rows = trial.recordings.map(\.row)
        var modes: [ComparisonMode: [SplitVerdicts]] = [:]
        var seconds: [Double] = []
        var windows = 0
        for repetition in 0..<max(1, options.repetitions) {
            try pause()
            let split = EvaluationSplit(rows, order: order, repetition: repetition, seed: options.seed)
            let judged = try trial.verdicts(split)
            for (mode, verdicts) in judged.modes { modes[mode, default: []].append(verdicts) }
            seconds.append(judged.secondsPerWindow)
            windows += split.tested.filter { rows[$0].condition == .normal }
                .reduce(0) { $0 + trial.recordings[$1].pieces.count }
        }
        let conditions = rows.map(\.condition)
        let tally = MachineTally(
            machine: trial.machine,
            profile: rows.first?.profile ?? "",
            rows: rows,
            modes: modes.mapValues { ModeTally($0, conditions: conditions) },
            testedHours: Double(windows) * trial.hopSeconds / 3_600 / Double(max(1, options.repetitions))
        )
        return (tally, seconds)
    }

    private func profileLabels(
        _ recordings: [HeardRecording],
        model: SoundModel,
        prompts: [String: [String]]
    ) throws -> ProfileLabels {
        let names = manifest.labels(profile: recordings[0].row.profile)
        let conditions = names.map { name in
            manifest.rows.first { $0.label == name && $0.profile == recordings[0].row.profile }?.condition ?? .other
        }
        let head = try model.makeHead(prompts: names.map { prompts[$0] ?? [$0] })
        return ProfileLabels(names: names, conditions: conditions, head: head)
    }

    private static func latency(hearing: [Double], judging: [Double]) -> ComparisonLatency? {
        let sorted = hearing.sorted()
        guard !sorted.isEmpty else { return nil }
        let judging = judging.sorted()
        return ComparisonLatency(
            windows: sorted.count,
            hearingMedianMs: 1_000 * sorted[sorted.count / 2],
            hearing95PercentMs: 1_000 * sorted[min(sorted.count - 1, sorted.count * 95 / 100)],
            judgingMedianMs: judging.isEmpty ? 0 : 1_000 * judging[judging.count / 2]
        )
    }
}
