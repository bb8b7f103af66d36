// What a decision about a window changed in the machine's judgement.
import Foundation

/// How a profile's confidences compare with its decisions.
public struct CalibrationSummary: Hashable, Sendable, Codable {
    /// The label profile.
    public var profile: String
    /// Whether the temperature is in use: it has to help on decisions it was not learned from.
    public var isUsed: Bool
    /// What scores are divided by; above 1 takes confidence back.
    public var temperature: Double
    /// Decisions it was learned from.
    public var decisions: Int
    /// Expected calibration error of the scores as they are, 0 to 1.
    public var eceBefore: Double
    /// The same after calibration, each decision judged by what the others taught.
    public var eceAfter: Double
    /// Mean negative log-probability of what people said, before.
    public var logLossBefore: Double
    /// The same after.
    public var logLossAfter: Double

    enum CodingKeys: String, CodingKey {
        case profile, temperature, decisions
        case isUsed = "used"
        case eceBefore = "ece_before"
        case eceAfter = "ece_after"
        case logLossBefore = "log_loss_before"
        case logLossAfter = "log_loss_after"
    }

    /// Makes a summary.
    public init(
        profile: String,
        isUsed: Bool,
        temperature: Double,
        decisions: Int,
        eceBefore: Double,
        eceAfter: Double,
        logLossBefore: Double,
        logLossAfter: Double
    ) {
        self.profile = profile
        self.isUsed = isUsed
        self.temperature = temperature
        self.decisions = decisions
        self.eceBefore = eceBefore
        self.eceAfter = eceAfter
        self.logLossBefore = logLossBefore
        self.logLossAfter = logLossAfter
    }
}

/// What the examples in use of a machine are, and what the last change of them did.
public struct TeachingAnswer: Hashable, Sendable, Codable {
    /// Windows that read differently now.
    public struct Change: Hashable, Sendable, Codable {
        /// The label on top before.
        public var from: String
        /// The label on top now.
        public var to: String
        /// How many.
        public var windows: Int

        /// Makes a change.
        public init(from: String, to: String, windows: Int) {
            self.from = from
            self.to = to
            self.windows = windows
        }
    }

    /// The decision that was made or taken back; null where none was.
    public var decisionID: String?
    /// Whose examples are in use: `own_and_profile`, `own`, or `none`.
    public var source: String
    /// Examples in use.
    public var examples: Int
    /// Why fewer are in use than there are; null where all are.
    public var refusal: BilingualSentence?
    /// Newest stored windows that were judged again.
    public var windows: Int
    /// How many of them read differently now.
    public var changed: Int
    /// What changed into what, the most frequent first.
    public var changes: [Change]
    /// The profile's calibration; null below twenty decisions.
    public var calibration: CalibrationSummary?
    /// All that in a sentence.
    public var text: BilingualSentence

    enum CodingKeys: String, CodingKey {
        case source, examples, refusal, windows, changed, changes, calibration, text
        case decisionID = "decision_id"
    }

    /// Makes an answer.
    public init(
        decisionID: String?,
        source: String,
        examples: Int,
        refusal: BilingualSentence?,
        windows: Int,
        changed: Int,
        changes: [Change],
        calibration: CalibrationSummary?,
        text: BilingualSentence
    ) {
        self.decisionID = decisionID
        self.source = source
        self.examples = examples
        self.refusal = refusal
        self.windows = windows
        self.changed = changed
        self.changes = changes
        self.calibration = calibration
        self.text = text
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(decisionID, forKey: .decisionID)
        try container.encode(source, forKey: .source)
        try container.encode(examples, forKey: .examples)
        try container.encode(refusal, forKey: .refusal)
        try container.encode(windows, forKey: .windows)
        try container.encode(changed, forKey: .changed)
        try container.encode(changes, forKey: .changes)
        try container.encode(calibration, forKey: .calibration)
        try container.encode(text, forKey: .text)
    }
}
