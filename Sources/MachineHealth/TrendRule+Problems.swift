// What makes a trend rule impossible or contradictory, said before it silently never fires.

/// One reason a trend rule is refused, naming the configuration key it is about.
public struct TrendRuleProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// The key of a rule as the configuration writes it.
    public enum Key: String, Sendable, CaseIterable {
        case validAbove = "valid_above"
        case confidence
        case consecutive
        case within
        case clearAfter = "clear_after"
        case clearBelow = "clear_below"
        case staleAfter = "stale_after"
    }

    /// The key to change.
    public let key: Key
    /// What is wrong and what to do.
    public let reason: String

    public var description: String { "\(key.rawValue): \(reason)" }
}

extension TrendRule {
    /// The longest run or clear run accepted, in windows.
    public static let longestRun = 10_000
    /// The longest time a run may take, in seconds (one year): what needs longer has not been thought through.
    static let longestRunSeconds: Double = 366 * 86_400

    /// Everything that makes this rule impossible or contradictory for windows taken at a hop; empty when it works.
    ///
    /// Three choices worth knowing: a window counts when its score is *above* `confidence` (0.75 exactly does not),
    /// so 1.0 can never be passed; `validAbove` must not be above `confidence`, because windows between the two would
    /// be undetermined and `confidence` would mean nothing; `clearBelow` must be below `confidence`, because a window
    /// would otherwise be both counting and clear.
    ///
    /// - Parameters:
    ///   - hopSeconds: time from one window's start to the next, > 0.
    ///   - windowLengthSeconds: duration of one window, > 0.
    public func problems(hopSeconds: Double, windowLengthSeconds: Double) -> [TrendRuleProblem] {
        shareProblems + runProblems(hopSeconds: hopSeconds, windowLengthSeconds: windowLengthSeconds)
    }

    private var shareProblems: [TrendRuleProblem] {
        var problems: [TrendRuleProblem] = []
        func shareIsWrong(_ key: TrendRuleProblem.Key, _ value: Double) -> Bool {
            guard value.isFinite, (0...1).contains(value) else {
                let found = Sentence.number(value, decimals: 2)
                problems.append(.init(key: key, reason: "\(found) is not a share between 0 and 1 (or 0 % and 100 %)"))
                return true
            }
            return false
        }
        let wrong = [
            shareIsWrong(.validAbove, validAbove), shareIsWrong(.confidence, confidence),
            shareIsWrong(.clearBelow, clearBelow),
        ]
        guard !wrong.contains(true) else { return problems }
        let needed = Sentence.number(confidence, decimals: 2)
        if confidence == 1 {
            problems.append(
                .init(
                    key: .confidence,
                    reason: "no window can score above 1, so this rule can never fire; use less, such as 0.75"
                )
            )
        }
        if validAbove > confidence {
            let valid = Sentence.number(validAbove, decimals: 2)
            problems.append(
                .init(
                    key: .validAbove,
                    reason: "\(valid) is above confidence \(needed): windows between the two would be undetermined and "
                        + "never count; lower valid_above to \(needed) or less, or raise confidence"
                )
            )
        }
        if clearBelow >= confidence {
            let clear = Sentence.number(clearBelow, decimals: 2)
            problems.append(
                .init(
                    key: .clearBelow,
                    reason: "\(clear) is not below confidence \(needed): an alarm would clear at the score that raises "
                        + "it; leave a dead band, such as 0.65 under 0.75"
                )
            )
        }
        if clearBelow == 0 {
            problems.append(
                .init(key: .clearBelow, reason: "no score is below 0, so an alarm could never clear; use 0.65 or so")
            )
        }
        return problems
    }

    /// What is wrong with a run of so many windows; nil where nothing is.
    static func runProblem(
        _ key: TrendRuleProblem.Key,
        windows: Int,
        hopSeconds: Double,
        windowLengthSeconds: Double
    ) -> TrendRuleProblem? {
        guard (1...longestRun).contains(windows) else {
            return TrendRuleProblem(key: key, reason: "\(windows) windows is outside 1 to \(longestRun)")
        }
        let span = windowLengthSeconds + Double(windows - 1) * hopSeconds
        guard span > longestRunSeconds else { return nil }
        let days = Sentence.number(span / 86_400, decimals: 0)
        return TrendRuleProblem(
            key: key,
            reason: "\(windows) windows every \(Sentence.duration(seconds: hopSeconds)) take \(days) days; "
                + "a run may take a year at most"
        )
    }

    private func runProblems(hopSeconds: Double, windowLengthSeconds: Double) -> [TrendRuleProblem] {
        var lengths: [(TrendRuleProblem.Key, Int)] = [(.consecutive, consecutive), (.clearAfter, clearAfter)]
        if let within { lengths.append((.within, within)) }
        var problems = lengths.compactMap { key, windows in
            Self.runProblem(key, windows: windows, hopSeconds: hopSeconds, windowLengthSeconds: windowLengthSeconds)
        }
        if let within, within >= 1, within < consecutive {
            problems.append(
                .init(
                    key: .within,
                    reason: "\(consecutive) of \(within) windows can never count, so this rule can never fire; "
                        + "use \(consecutive) (one after the other) or more"
                )
            )
        }
        guard staleAfterSeconds.isFinite, staleAfterSeconds > 0 else {
            problems.append(.init(key: .staleAfter, reason: "must be a time above 0, such as 60s"))
            return problems
        }
        if staleAfterSeconds < hopSeconds {
            let stale = Sentence.duration(seconds: staleAfterSeconds)
            let hop = Sentence.duration(seconds: hopSeconds)
            let consequence =
                consecutive > 1
                ? "every run would break before its second window and the rule could never fire"
                : "the machine would be stale between any two windows"
            problems.append(
                .init(
                    key: .staleAfter,
                    reason: "\(stale) is shorter than the hop of \(hop): \(consequence); use at least \(hop), "
                        + "better \(Sentence.duration(seconds: 3 * hopSeconds))"
                )
            )
        }
        return problems
    }
}
