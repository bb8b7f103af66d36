// What the dashboard sees of the running machines: kept up to date by the health desk, read by whoever asks.
import Dashboard
import Foundation
import MachineHealth
import Publishing
import Synchronization
import TrendLog

/// The machines as they are now, and the mailboxes of those who want to know what changes.
///
/// The health desk writes here after each commit: a few assignments under a lock, and nothing else while nobody listens.
final class PlantFeed: Sendable {
    /// Measured times kept for quantiles.
    private static let sampleCount = 1_000
    /// Over which windows a second are counted.
    private static let rateSeconds = 60

    fileprivate struct State {
        var configuration: ServiceConfiguration
        var order: [String] = []
        var machines: [String: LiveMachine] = [:]
        var mailboxes: [ObjectIdentifier: PlantMailbox] = [:]
        var isClosed = false
        var windowCount = 0
        var latencySeconds = Ring()
        var inferenceSeconds = Ring()
        var inference = Histogram(bounds: Histogram.inferenceBounds)
        /// Windows of each of the last seconds.
        var perSecond: [Int] = Array(repeating: 0, count: PlantFeed.rateSeconds)
        var lastSecond: Int?
        var firstSecond: Int?
    }

    /// The newest values; the oldest makes room.
    fileprivate struct Ring {
        private(set) var values: [Double] = []
        private var next = 0

        mutating func add(_ value: Double) {
            if values.count < PlantFeed.sampleCount {
                values.append(value)
            } else {
                values[next] = value
                next = (next + 1) % PlantFeed.sampleCount
            }
        }
    }

    private let state: Mutex<State>
    private let start = ContinuousClock.now

    /// Knows no machines before `open`.
    init(_ configuration: ServiceConfiguration) {
        state = Mutex(State(configuration: configuration))
    }

    // MARK: - The desk's side

    /// Takes up the machines of a configuration; those that stay keep what was counted.
    func open(
        _ configuration: ServiceConfiguration,
        monitors: [String: MachineMonitor],
        stream: (String) -> StreamStatus
    ) {
        let machines = configuration.machines.compactMap { machine -> LiveMachine? in
            guard let monitor = monitors[machine.id] else { return nil }
            return LiveMachine(
                description: MachineDescription(
                    machine,
                    vocabulary: monitor.vocabulary,
                    keepsSound: machine.capturesSound && configuration.evidence.isOn
                ),
                monitor: monitor,
                stream: stream(machine.id)
            )
        }
        state.withLock { state in
            let before = state.machines
            state.configuration = configuration
            state.order = machines.map(\.description.id)
            state.machines = [:]
            for machine in machines {
                let id = machine.description.id
                var machine = machine
                if let known = before[id] {
                    machine.recent = known.recent
                    machine.verdictCounts = known.verdictCounts
                    machine.latency = known.latency
                }
                state.machines[id] = machine
            }
            let all = Set(state.order)
            for mailbox in state.mailboxes.values {
                mailbox.put { changes in
                    changes.machines.formUnion(all)
                    changes.system = true
                }
            }
        }
    }

    /// Notes what a window, a command or the passing of time came to, after it was committed.
    func note(
        _ monitor: MachineMonitor,
        window: WindowRecord?,
        actions: [HealthAction],
        stream: StreamStatus,
        inferenceSeconds: Double? = nil
    ) {
        let machine = monitor.machine
        let second = Int((ContinuousClock.now - start) / .seconds(1))
        state.withLock { state in
            guard state.machines[machine] != nil else { return }
            state.machines[machine]?.follow(monitor, stream: stream)
            var live: LiveWindow?
            if let window {
                let latencySeconds = window.latencyMS / 1_000
                let judged = LiveWindow(observation: window.observation, verdict: window.verdict)
                state.machines[machine]?.take(judged, latencySeconds: latencySeconds)
                state.count(at: second)
                state.latencySeconds.add(latencySeconds)
                if let inferenceSeconds {
                    state.inferenceSeconds.add(inferenceSeconds)
                    state.inference.observe(inferenceSeconds)
                }
                live = judged
            }
            guard !state.mailboxes.isEmpty else { return }
            let alarms = actions.compactMap { action -> UUID? in
                guard case .transition(let transition) = action else { return nil }
                return transition.alarmID
            }
            for mailbox in state.mailboxes.values {
                mailbox.put { changes in
                    changes.machines.insert(machine)
                    changes.alarms += alarms
                    if let live, mailbox.machine == machine { changes.windows.append(live) }
                }
            }
        }
    }

    /// Tells listeners that the service itself reads differently.
    func systemChanged() {
        tell { $0.system = true }
    }

    /// Tells listeners how many items wait for review.
    func reviewsChanged(open: Int) {
        tell { $0.openReviews = open }
    }

    /// Ends every listener's stream; those who come later get one that has ended.
    func close() {
        let mailboxes = state.withLock { state in
            state.isClosed = true
            defer { state.mailboxes = [:] }
            return state.mailboxes
        }
        for mailbox in mailboxes.values { mailbox.finish() }
    }

    private func tell(_ change: @escaping @Sendable (inout PlantChanges) -> Void) {
        let mailboxes = state.withLock { Array($0.mailboxes.values) }
        for mailbox in mailboxes { mailbox.put(change) }
    }

    // MARK: - The dashboard's side

    /// The configuration in force.
    var configuration: ServiceConfiguration { state.withLock { $0.configuration } }

    /// Machines in the configuration's order.
    var machines: [LiveMachine] {
        state.withLock { state in state.order.compactMap { state.machines[$0] } }
    }

    /// One machine.
    func machine(_ id: String) -> LiveMachine? { state.withLock { $0.machines[id] } }

    /// What was measured since the start.
    var windows: PlantStatus.Windows {
        let second = Int((ContinuousClock.now - start) / .seconds(1))
        return state.withLock { state in
            var windows = PlantStatus.Windows()
            windows.total = state.windowCount
            windows.perSecond = state.rate(at: second)
            windows.latencySeconds = state.latencySeconds.values
            windows.inferenceSeconds = state.inferenceSeconds.values
            windows.inference = state.inference
            return windows
        }
    }

    func subscribe(windowsOf machine: String?) -> PlantMailbox {
        let mailbox = PlantMailbox(windowsOf: machine)
        let isClosed = state.withLock { state in
            if !state.isClosed { state.mailboxes[ObjectIdentifier(mailbox)] = mailbox }
            return state.isClosed
        }
        if isClosed { mailbox.finish() }
        return mailbox
    }

    func unsubscribe(_ mailbox: PlantMailbox) {
        state.withLock { $0.mailboxes[ObjectIdentifier(mailbox)] = nil }
        mailbox.finish()
    }

    /// Listeners at present.
    var listenerCount: Int { state.withLock { $0.mailboxes.count } }
}

extension PlantFeed.State {
    fileprivate mutating func count(at second: Int) {
        advance(to: second)
        windowCount += 1
        perSecond[second % perSecond.count] += 1
    }

    /// Windows a second over the last minute, or over the time since the first where that is shorter.
    fileprivate mutating func rate(at second: Int) -> Double {
        advance(to: second)
        guard let firstSecond else { return 0 }
        let known = min(max(second - firstSecond, 1), perSecond.count)
        return Double(perSecond.reduce(0, +)) / Double(known)
    }

    private mutating func advance(to second: Int) {
        firstSecond = firstSecond ?? second
        let last = lastSecond ?? second
        if second > last {
            for passed in (max(last, second - perSecond.count) + 1)...second { perSecond[passed % perSecond.count] = 0 }
        }
        lastSecond = max(last, second)
    }
}

extension MachineDescription {
    /// A machine as the configuration gives it.
    ///
    /// - Parameter keepsSound: whether its sound is remembered: its own switch and that of the service together.
    init(_ machine: MachineConfiguration, vocabulary: LabelVocabulary, keepsSound: Bool) {
        self.init(
            id: machine.id,
            name: machine.name,
            vocabulary: vocabulary,
            rules: machine.rules,
            windowLengthSeconds: machine.windowLengthSeconds,
            hopSeconds: machine.hopSeconds,
            topic: machine.topic,
            keepsSound: keepsSound
        )
    }
}
