// How a machine is, in one value: what the retained state topic and the lists show.
import Foundation

/// The grade of a machine's health.
public enum MachineGrade: String, Sendable, Codable, CaseIterable {
    case normal
    case advisory
    case warning
    case critical
    /// Heard too little, or nothing it sounds like says how it is.
    case unknown
    /// Its stream of sound is lost.
    case offline

    /// The grade an active alarm of a severity gives.
    public init(_ severity: Severity) {
        switch severity {
        case .advisory: self = .advisory
        case .warning: self = .warning
        case .critical: self = .critical
        }
    }
}

/// One alarm that asks for attention: active, acknowledged, gone but not acknowledged, latched, or hidden meanwhile.
public struct StandingAlarm: Hashable, Sendable, Codable {
    /// The instance.
    public let alarmID: UUID
    /// The fault label.
    public let label: LabelID
    /// Where it stands.
    public let state: AlarmState
    /// Its severity.
    public let severity: Severity
    /// When its present state began.
    public let since: Date
}

/// A machine's health at one moment.
///
/// `health` runs from 100 (no trace of a fault) to 0. Each determined window has a fault load: the sum of its fault
/// labels' scores, each weighted by severity (advisory 0.4, warning 0.7, critical 1). The load is smoothed over windows
/// (each new one weighs 0.3; a fault whose rule guards adds nothing in a window like the machine's own normal sound), and `health = 100 x (1 - smoothed load)`, rounded. An active alarm caps it: advisory
/// at 75, warning at 50, critical at 25. It is nil until a first window was determined, and keeps its last value while
/// the machine is stale or offline.
///
/// `grade` is offline when the stream is lost; unknown when nothing was classified within the stale time, or when for
/// that long no window said anything about the machine (all undetermined or an anchor such as "other") or its microphone is
/// in trouble and no alarm is active; otherwise the worst active alarm's, or normal.
public struct MachineHealthState: Hashable, Sendable, Codable {
    /// The machine.
    public let machine: String
    /// Its grade.
    public var grade: MachineGrade
    /// 0...100, nil before the first determined window.
    public var health: Int?
    /// The label on top in the last classified window.
    public var topLabel: LabelID?
    /// That label's confidence.
    public var topConfidence: Double?
    /// The last taken window's verdict: a label id, "undetermined", "incomplete" or such as "microphone_silence".
    public var verdict: String?
    /// Distance of the last judged window from the machine's normal sound; nil where none is enrolled.
    public var novelty: Novelty?
    /// What is wrong with its microphone, since a run of windows said so.
    public var trouble: MicrophoneTrouble?
    /// Why its alarms are suppressed at present; nil where they are not.
    public var suppression: SuppressionCause?
    /// Every alarm that asks for attention, or would if nothing hid it; worst and oldest first.
    public var standingAlarms: [StandingAlarm]
    /// Whether its stream of sound arrives.
    public var isOnline: Bool
    /// Whether these are values of now or the last ones known.
    public var quality: Quality
    /// RMS level of the last window, dB relative to full scale; -160 stands for digital silence.
    public var levelDBFS: Double?
    /// When it last changed.
    public var updated: Date

    /// Share of the smoothed fault load a new window has.
    static let smoothing = 0.3

    /// The weight of a fault's score in the load.
    static func weight(_ severity: Severity) -> Double {
        switch severity {
        case .advisory: 0.4
        case .warning: 0.7
        case .critical: 1
        }
    }

    /// The highest health an active alarm allows.
    static func ceiling(_ severity: Severity) -> Int {
        switch severity {
        case .advisory: 75
        case .warning: 50
        case .critical: 25
        }
    }
}
