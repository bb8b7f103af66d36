// A run of fault windows that came close to an alarm and broke, with the reason in words.
import Foundation

/// A run that ended before it raised its alarm.
public struct NearMiss: Hashable, Sendable, Codable {
    /// Why the run ended.
    public enum Cause: Hashable, Sendable, Codable {
        /// The fault was still on top, with too little confidence.
        case tooLow(confidence: Double)
        /// Another label was on top.
        case otherLabel(LabelID, confidence: Double)
        /// No label was certain enough; the best one and its confidence.
        case undetermined(best: LabelID, confidence: Double)
        /// The window was within the machine's enrolled normal sound, whatever its labels said.
        case ownNormal
        /// Nothing was classified for longer than the rule's stale time.
        case stale(gapSeconds: Double)
        /// The sender's clock was set back, so windows before and after do not follow each other.
        case clockStep
    }

    /// The machine.
    public let machine: String
    /// The fault label of the run.
    public let label: LabelID
    /// The windows the run had.
    public let windows: [EventWindow]
    /// Windows it would have needed.
    public let required: Int
    /// Judged windows among which they would have counted; nil where they had to follow one another.
    public let within: Int?
    /// Confidence each had to be above.
    public let threshold: Double
    /// Why it ended.
    public let cause: Cause
    /// When it ended.
    public let time: Date

    /// Makes a near miss.
    public init(
        machine: String,
        label: LabelID,
        windows: [EventWindow],
        required: Int,
        threshold: Double,
        cause: Cause,
        time: Date,
        within: Int? = nil
    ) {
        self.machine = machine
        self.label = label
        self.windows = windows
        self.required = required
        self.threshold = threshold
        self.cause = cause
        self.time = time
        self.within = within
    }

    /// Whether a broken run is worth a word: at least two windows, or half of what was needed.
    public static func isWorthTelling(count: Int, required: Int) -> Bool {
        count < required && (count >= 2 || 2 * count >= required && count >= 1)
    }

    /// "2 of 3; the third was 0.71, needed 0.75", or why else the run ended; "2 of 3 within 5; the last was …" by a rule of N
    /// of M.
    ///
    /// - Parameter name: how to call a label.
    public func summary(name: (LabelID) -> String = { $0.rawValue }) -> String {
        let needed = Sentence.number(threshold, decimals: 2)
        let next = within == nil ? Sentence.ordinal(windows.count + 1) : "last"
        let reason =
            switch cause {
            case .tooLow(let confidence) where confidence == threshold:
                "the \(next) was \(needed), needed more than \(needed)"
            case .tooLow(let confidence):
                "the \(next) was \(Sentence.score(confidence, against: threshold)), needed \(needed)"
            case .otherLabel(let other, let confidence):
                "the \(next) was \(name(other)) at \(Sentence.number(confidence, decimals: 2))"
            case .undetermined(let best, let confidence):
                "the \(next) was undetermined (\(name(best)) at \(Sentence.number(confidence, decimals: 2)))"
            case .ownNormal:
                "the \(next) sounded like the machine's own normal running"
            case .stale(let gapSeconds):
                "then nothing was classified for \(Sentence.number(gapSeconds, decimals: 0)) s"
            case .clockStep:
                "then the clock of its sound was set back"
            }
        let needs = within.map { "\(required) within \($0)" } ?? "\(required)"
        return "\(windows.count) of \(needs); \(reason)"
    }
}
