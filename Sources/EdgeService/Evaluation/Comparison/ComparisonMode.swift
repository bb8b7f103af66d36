// The ways of judging that are held against each other.

/// One way of telling a machine's faults from its normal sound.
public enum ComparisonMode: Hashable, Sendable, Comparable {
    /// How far the RMS level is from its mean in normal recordings.
    case level
    /// Distance to the nearest normal windows in log-mel means and deviations.
    case logMelNearest
    /// The labels' phrases alone.
    case zeroShot
    /// Distance from the machine's enrolled normal sound.
    case enrolled
    /// Phrases and so many taught windows per label.
    case examples(Int)
    /// Enrolment and so many taught windows per label: the mean of the log-odds and of
    /// the distance on a logarithmic scale.
    case enrolledExamples(Int)

    /// What others are measured against.
    public var isBaseline: Bool { self < .enrolled }

    /// Its row's name.
    public var name: String {
        switch self {
        case .level: "RMS level"
        case .logMelNearest: "log-mel kNN"
        case .zeroShot: "zero-shot"
        case .enrolled: "enrolled"
        case .examples(let count): "\(count)-shot"
        case .enrolledExamples(let count): "enrolled + \(count)-shot"
        }
    }

    /// 普通话.
    public var chineseName: String {
        switch self {
        case .level: "声级 (RMS)"
        case .logMelNearest: "对数梅尔最近邻"
        case .zeroShot: "零样本"
        case .enrolled: "已登记正常声"
        case .examples(let count): "\(count) 个示例"
        case .enrolledExamples(let count): "登记 + \(count) 个示例"
        }
    }

    private var rank: Int {
        switch self {
        case .level: 0
        case .logMelNearest: 1
        case .zeroShot: 2
        case .enrolled: 3
        case .examples(let count): 1_000 + count
        case .enrolledExamples(let count): 1_000_000 + count
        }
    }

    public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
}

/// What one way of judging says of one recording.
struct RecordingVerdict: Sendable {
    /// Place among the machine's recordings.
    let recording: Int
    /// Larger is stranger; comparable within one split only.
    let score: Double
    /// Whether the recording as a whole is called faulty.
    let isFlagged: Bool
    /// Probability per label of the machine's profile, all windows together; nil where no label is given.
    let probabilities: [Double]?
}

/// What one way of judging makes of one split.
struct SplitVerdicts: Sendable {
    /// Of the tested recordings.
    let verdicts: [RecordingVerdict]
    /// Alarms in tested normal recordings, their windows in time order, by the configured rule.
    let falseAlarms: Int
    /// Fewest examples of a label that were to be had; nil where none were asked for.
    let examples: Int?
}
