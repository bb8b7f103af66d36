// What the pages want to know of the running service, and the one thing they may ask of it.
import Foundation
import MachineHealth
import Publishing
import TrendLog

/// The running service as the dashboard sees it.
public protocol PlantSource: Sendable {
    /// Every configured machine as it is now, in the configuration's order.
    var machines: [LiveMachine] { get }

    /// One machine; nil where none is configured by that id.
    func machine(_ id: String) -> LiveMachine?

    /// The service itself.
    func status() async -> PlantStatus

    /// Begins to collect what changes.
    ///
    /// - Parameter machine: whose single windows are wanted, too; nil for nobody's.
    func subscribe(windowsOf machine: String?) -> PlantMailbox

    /// Stops collecting.
    func unsubscribe(_ mailbox: PlantMailbox)

    /// Carries out an operator's command, in turn with everything else that happens to the machines.
    ///
    /// - Parameter origin: where it came from, for the audit trail.
    func carryOut(_ command: OperatorCommand, from origin: CommandOrigin) async -> CommandResult
}

/// A machine as configured.
public struct MachineDescription: Hashable, Sendable {
    /// Its id.
    public let id: String
    /// Names shown to people.
    public let name: LocalizedName
    /// Its labels.
    public let vocabulary: LabelVocabulary
    /// Its rules.
    public let rules: TrendRules
    /// Duration of a window.
    public let windowLengthSeconds: Double
    /// From one window's start to the next.
    public let hopSeconds: Double
    /// The topic filter its sound arrives on.
    public let topic: String
    /// Whether its sound may be kept.
    public let keepsSound: Bool

    /// Makes a description.
    public init(
        id: String,
        name: LocalizedName,
        vocabulary: LabelVocabulary,
        rules: TrendRules,
        windowLengthSeconds: Double,
        hopSeconds: Double,
        topic: String,
        keepsSound: Bool
    ) {
        self.id = id
        self.name = name
        self.vocabulary = vocabulary
        self.rules = rules
        self.windowLengthSeconds = windowLengthSeconds
        self.hopSeconds = hopSeconds
        self.topic = topic
        self.keepsSound = keepsSound
    }
}

/// A judged window, as long as it is news.
public struct LiveWindow: Hashable, Sendable {
    /// What was heard.
    public let observation: Observation
    /// What it says.
    public let verdict: Verdict

    /// Makes a window.
    public init(observation: Observation, verdict: Verdict) {
        self.observation = observation
        self.verdict = verdict
    }
}

/// A machine at this moment.
public struct LiveMachine: Sendable {
    /// Windows remembered at most.
    public static let recentCount = 32

    /// As configured.
    public var description: MachineDescription
    /// Its health.
    public var health: MachineHealthState
    /// One record per fault.
    public var records: [AlarmRecord]
    /// The runs of fault windows in progress.
    public var runs: [TrendTracker.Run]
    /// Its stream of sound.
    public var stream: StreamStatus
    /// The newest judged windows, oldest first.
    public var recent: [LiveWindow]
    /// Windows since the service started, by verdict.
    public var verdictCounts: [String: Int]
    /// Seconds from a window's last sample to its verdict, since the service started.
    public var latency: Histogram

    /// A machine of which nothing was heard since the service started.
    public init(description: MachineDescription, monitor: MachineMonitor, stream: StreamStatus = StreamStatus()) {
        self.description = description
        self.stream = stream
        health = monitor.health
        records = monitor.records
        runs = monitor.tracker.state.runs
        recent = []
        verdictCounts = [:]
        latency = Histogram(bounds: Histogram.latencyBounds)
    }

    /// Takes over what a monitor says now.
    public mutating func follow(_ monitor: MachineMonitor, stream: StreamStatus) {
        health = monitor.health
        records = monitor.records
        runs = monitor.tracker.state.runs
        self.stream = stream
    }

    /// Remembers a window.
    public mutating func take(_ window: LiveWindow, latencySeconds: Double) {
        recent.append(window)
        if recent.count > Self.recentCount { recent.removeFirst(recent.count - Self.recentCount) }
        verdictCounts[window.verdict.description, default: 0] += 1
        latency.observe(latencySeconds)
    }

    /// How a label is called; its id where it has no name.
    func name(of label: LabelID) -> Words { Words(description.vocabulary[label]?.name, id: label.rawValue) }
}
