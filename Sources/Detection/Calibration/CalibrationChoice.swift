// A calibration is used only where it helps on decisions it was not learned from.

/// One judged window, for calibration.
public struct CalibrationExample: Hashable, Sendable {
    /// A value per label: log-probabilities of the text alone, before any calibration.
    public let logits: [Double]
    /// The right label's place.
    public let truth: Int
    /// What it was cut from; windows of one group are never on both sides of the test. Nil stands alone.
    public let group: String?

    /// Makes an example.
    public init(logits: [Double], truth: Int, group: String? = nil) {
        self.logits = logits
        self.truth = truth
        self.group = group
    }
}

/// A calibration with the errors before and after it.
public struct CalibrationChoice: Hashable, Sendable {
    /// Learned from all examples.
    public let learned: Calibration
    /// What held before: the priors, nothing learned.
    public let unlearned: Calibration
    /// Whether it made the examples more likely, each judged by what the others taught.
    public let isBetter: Bool
    /// Errors of the scores with nothing learned.
    public let before: CalibrationReport
    /// Errors after calibration, each example judged by what the others taught.
    public let after: CalibrationReport

    /// The calibration to use.
    public var used: Calibration { isBetter ? learned : unlearned }

    /// Fewest judged windows a calibration is learned from.
    public static let fewestExamples = 20
    /// Fewest labels among them.
    public static let fewestLabels = 2
    private static let folds = 5

    /// Learns and tests a calibration: five folds over the groups, in the order of the examples.
    ///
    /// - Parameter priors: how common each label is; nil leaves priors out.
    /// - Returns: nil for fewer examples or labels than it takes.
    /// - Throws: `DetectionError` for values that are no numbers or places outside the labels.
    public init?(_ examples: [CalibrationExample], priors: [Double]? = nil) throws(DetectionError) {
        guard examples.count >= Self.fewestExamples, Set(examples.map(\.truth)).count >= Self.fewestLabels else {
            return nil
        }
        let logits = examples.map(\.logits)
        let truths = examples.map(\.truth)
        learned = try Calibration(logits: logits, truths: truths, priors: priors)
        let unlearned = priors.map(Calibration.init(priors:)) ?? .none
        self.unlearned = unlearned
        before = try CalibrationReport(probabilities: logits.map(unlearned.probabilities), truths: truths)
        let folds = Self.folds(examples)
        var judged = [[Double]](repeating: [], count: examples.count)
        for fold in 0..<Self.folds {
            let rest = examples.indices.filter { folds[$0] != fold }
            // All of one group: nothing is left to learn from, and nothing may be claimed.
            let calibration =
                rest.isEmpty
                ? unlearned
                : try Calibration(logits: rest.map { logits[$0] }, truths: rest.map { truths[$0] }, priors: priors)
            for index in examples.indices where folds[index] == fold {
                judged[index] = calibration.probabilities(logits[index])
            }
        }
        after = try CalibrationReport(probabilities: judged, truths: truths)
        isBetter = after.logLoss < before.logLoss - 1e-6
    }

    /// Whole groups, handed out one after the other, so that every fold sees every stretch of time.
    private static func folds(_ examples: [CalibrationExample]) -> [Int] {
        var known: [String: Int] = [:]
        var next = 0
        return examples.map { example in
            if let group = example.group, let fold = known[group] { return fold }
            let fold = next % folds
            next += 1
            if let group = example.group { known[group] = fold }
            return fold
        }
    }
}
