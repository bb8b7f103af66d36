// What a comparison found, as `ausculta evaluate --json` prints it.
import Detection
import Foundation

/// A figure and the range it lies in with 95 % confidence.
public struct FigureWithInterval: Sendable, Encodable {
    public var value: Double
    /// Bootstrap over recordings (and, for a mean over machines, over machines); nil where nothing could be resampled.
    public var low: Double?
    public var high: Double?

    init(_ value: Double, interval: Interval?) {
        self.value = value
        low = interval?.low
        high = interval?.high
    }
}

/// False alarms on normal recordings that were not learned from.
public struct FalseAlarmFigures: Sendable, Encodable {
    /// Alarms, mean over the repeated splits.
    public var alarms: Double
    /// Hours of normal sound they come from: windows times hop, mean over the splits.
    public var hours: Double
    /// Scaled to a machine-month of 730.5 hours.
    public var perMachineMonth: Double
    /// Exact 95 % limits of the counted alarms (a Poisson count, rounded up), scaled alike.
    public var low: Double
    public var high: Double

    /// Hours in a month.
    static let monthHours = 730.5

    init(alarms: Double, hours: Double) {
        self.alarms = alarms
        self.hours = hours
        let limits = Interval(eventsCounted: Int(alarms.rounded(.up)))
        let scale = hours > 0 ? Self.monthHours / hours : .infinity
        perMachineMonth = hours > 0 ? alarms * scale : 0
        low = alarms > 0 ? min(limits.low * scale, perMachineMonth) : 0
        high = limits.high * scale
    }
}

/// One machine under one way of judging.
public struct MachineModeFigures: Sendable, Encodable {
    public var machine: String
    public var auc: FigureWithInterval?
    public var partialAuc: FigureWithInterval?
    /// Share of faulty recordings that are called faulty; nil without any.
    public var detected: Double?
    /// Share of normal recordings that are called faulty; nil without any.
    public var falselyFlagged: Double?
}

/// One way of judging over all machines. Shares and areas are means over machines, and over splits within a machine.
public struct ModeFigures: Sendable, Encodable {
    public var mode: String
    /// 普通话.
    public var chineseName: String
    public var isBaseline: Bool
    /// Machines it could be measured on.
    public var machineCount: Int
    public var auc: FigureWithInterval?
    /// Up to a false-alarm rate of 0.1, rescaled: chance is 0.5.
    public var partialAuc: FigureWithInterval?
    /// Share of faulty recordings that are called faulty.
    public var detected: Double?
    /// Share of normal recordings that are called faulty.
    public var falselyFlagged: Double?
    /// Share of recordings with the true label on top, mean over the labels that occur; nil where no label is given.
    public var balancedAccuracy: Double?
    /// Expected calibration error; nil where no probability is given.
    public var calibrationError: Double?
    /// Brier score over all labels, 0 to 2; nil where no probability is given.
    public var brierScore: Double?
    public var falseAlarms: FalseAlarmFigures
    /// Taught windows per label, the fewest over machines and splits; nil where none are taught.
    public var fewestExamples: Int?
    public var machines: [MachineModeFigures]
    /// Rows are true labels, columns the labels on top, by profile, counted over all splits.
    public var confusion: [ConfusionFigures]
    /// Reliability table over recordings and splits; empty where no probability is given.
    public var reliability: [CalibrationReport.Bin]
}

/// Who was taken for whom in one profile.
public struct ConfusionFigures: Sendable, Encodable {
    public var profile: String
    public var labels: [String]
    public var counts: [[Int]]
}

/// How much better one way is than another, over the same resamples.
public struct ModeDifference: Sendable, Encodable {
    public var mode: String
    public var baseline: String
    /// Difference of the mean areas under the curve.
    public var auc: FigureWithInterval
}

/// A machine that was left out.
public struct MachineLeftOut: Sendable, Encodable {
    public var machine: String
    public var reason: String
}

/// Milliseconds a window takes.
public struct ComparisonLatency: Sendable, Encodable {
    public var windows: Int
    /// Log-mel, embedding and descriptor.
    public var hearingMedianMs: Double
    public var hearing95PercentMs: Double
    /// Distance from normal sound, and labels with examples.
    public var judgingMedianMs: Double
}

/// All of it.
public struct ComparisonReport: Sendable, Encodable {
    public var windows: ComparisonWindows
    public var order: SplitOrder
    public var repetitions: Int
    public var seed: UInt64
    public var recordingCount: Int
    public var modes: [ModeFigures]
    public var differences: [ModeDifference]
    public var leftOut: [MachineLeftOut]
    public var latency: ComparisonLatency?
    /// Which recordings say most.
    public var telling: [TellingRecording]
    /// Scores of every recording under enrolment, mean over the splits that tested it.
    public var scores: [RecordingScore]
}

/// A recording's mean score.
public struct RecordingScore: Sendable, Encodable {
    public var file: String
    public var machine: String
    public var label: String
    public var condition: RecordingCondition
    /// Mean distance from normal sound, in deviations.
    public var novelty: Double
    /// Share of the splits that tested it in which enrolment called it faulty.
    public var flagged: Double
}

/// A recording worth listening to, and why.
public struct TellingRecording: Sendable, Encodable {
    public enum Reason: String, Sendable, Encodable, CaseIterable {
        /// Normal, and called faulty most often.
        case falseAlarm
        /// Faulty, and most like normal sound.
        case miss
        /// Faulty, and farthest from normal sound.
        case clearest
        /// Normal, and nearest.
        case typical
    }

    public var reason: Reason
    public var recording: RecordingScore
}
