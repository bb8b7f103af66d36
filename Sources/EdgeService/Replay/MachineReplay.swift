// One machine's stored windows, judged as configured now and as it would be: counted side by side. A pure value.
import AudioFeatures
import Dashboard
import Foundation
import MachineHealth
import TrendLog

/// Takes a machine's windows one by one; holds counts and alarms, never the windows.
struct MachineReplay: Sendable {
    /// Near misses told in full.
    private static let newestMisses = 20

    let machine: String
    let since: Date
    /// How much earlier to begin, so that runs and alarms under way at `since` are under way in the replay too.
    let warmUpSeconds: Double
    private let model: String
    private var before: ReplayLane
    private var after: ReplayLane?
    private var windows = ReplayWindows()
    private var moves: [Move: Int] = [:]
    private var storedDiffering = 0
    private let runSeconds: Double

    private struct Move: Hashable {
        let from: String
        let to: String
    }

    /// - Parameters:
    ///   - model: the signature of the model the judges belong to.
    ///   - after: nil replays the present configuration only.
    init(
        machine: MachineConfiguration,
        since: Date,
        model: String,
        before: ReplayCase,
        after: ReplayCase?
    ) {
        self.machine = machine.id
        self.since = since
        self.model = Self.comparable(model)
        self.before = ReplayLane(machine: machine.id, setting: before, countsFrom: since)
        self.after = after.map { ReplayLane(machine: machine.id, setting: $0, countsFrom: since) }
        runSeconds =
            [before, after].compactMap { $0 }.map {
                ReplayLane.longestRunSeconds(
                    $0.rules,
                    hopSeconds: machine.hopSeconds,
                    windowSeconds: machine.windowLengthSeconds
                )
            }.max() ?? 0
        warmUpSeconds = max(3_600, 2 * runSeconds)
    }

    /// Takes a window, in the order of time.
    mutating func take(_ remembered: RememberedWindow) throws {
        let window = remembered.window
        let counts = window.start >= since
        guard window.quality == .good else {
            if counts { windows.incomplete += 1 }
            before.takeIncomplete(window)
            after?.takeIncomplete(window)
            return
        }
        guard let features = remembered.features, let embedding = features.embedding else {
            if counts { windows.withoutEmbedding += 1 }
            return
        }
        guard Self.comparable(features.model) == model else {
            if counts { windows.otherModel += 1 }
            return
        }
        let descriptor = features.descriptor.flatMap {
            $0.version == AcousticDescriptor.currentVersion ? $0.values : nil
        }
        let old = try before.take(window, embedding: embedding, descriptor: descriptor ?? [])
        let new = try after?.take(window, embedding: embedding, descriptor: descriptor ?? []) ?? old
        guard counts else { return }
        windows.judged += 1
        if old.description != window.verdict { storedDiffering += 1 }
        guard new != old else { return }
        windows.changed += 1
        moves[Move(from: old.description, to: new.description), default: 0] += 1
    }

    /// What came of it.
    ///
    /// - Parameter stored: the alarms the service raised, as stored.
    func result(stored: [StoredAlarm]) -> ReplayMachine {
        let changed = after ?? before
        var windows = windows
        windows.before = before.verdicts
        windows.after = changed.verdicts
        windows.moves = moves.map { ReplayWindows.Move(from: $0.key.from, to: $0.key.to, count: $0.value) }
            .sorted { ($1.count, $0.from, $0.to) < ($0.count, $1.from, $1.to) }
        let history = stored.map {
            ReplayAlarm(label: $0.label.rawValue, raised: $0.raised, cleared: $0.cleared)
        }
        let differing = AlarmComparison.compare(
            before: history,
            after: present(before.alarms),
            since: since,
            slackSeconds: runSeconds,
            // The stored times are those of the same windows, to the millisecond.
            toleranceSeconds: 0.5
        ).filter { $0.change != .same }
        return ReplayMachine(
            machine: machine,
            windows: windows,
            alarms: AlarmComparison.compare(
                before: present(before.alarms),
                after: present(changed.alarms),
                since: since,
                slackSeconds: runSeconds
            ),
            nearMisses: ReplayNearMisses(
                before: before.nearMisses.count,
                after: changed.nearMisses.count,
                newest: changed.nearMisses.suffix(Self.newestMisses).map { miss in
                    ReplayNearMisses.Miss(
                        label: miss.label.rawValue,
                        time: miss.time,
                        text: miss.summary { changed.setting.vocabulary.name(of: $0) }
                    )
                }
            ),
            stored: ReplayStored(windowsDiffering: storedDiffering, alarmsDiffering: differing),
            advice: changed.advice
        )
    }

    /// Alarms present in the range: those over before it belong to the warm-up.
    private func present(_ alarms: [ReplayAlarm]) -> [ReplayAlarm] {
        alarms.filter { ($0.cleared ?? .distantFuture) >= since }
    }

    /// Embeddings in bfloat16 arithmetic are those of the same model, with other last digits.
    private static func comparable(_ signature: String) -> String {
        signature.hasSuffix("+bf16") ? String(signature.dropLast(5)) : signature
    }
}
