// Makes a probability mean what it says: one temperature, and the labels' priors.
// Guo et al., On Calibration of Modern Neural Networks (2017).
import Foundation

/// What brings a model's probabilities of one profile in line with how often it is right.
public struct Calibration: Hashable, Sendable, Codable {
    /// Logits are divided by it: above 1 takes confidence back, below 1 adds some. Within `temperatures`.
    public let temperature: Double
    /// Added to the logits, one per label: log of how common the label is; empty for none.
    public let logPriors: [Double]

    /// Changes nothing.
    public static let none = Calibration(temperature: 1)
    /// The temperatures searched.
    public static let temperatures = 0.02...50.0

    /// Makes a calibration.
    public init(temperature: Double, logPriors: [Double] = []) {
        self.temperature = temperature
        self.logPriors = logPriors
    }

    /// Priors alone, nothing learned: what holds before there are decisions.
    ///
    /// - Parameter priors: how common each label is, all above zero; only their ratios count. Equal ones change nothing.
    public init(priors: [Double]) {
        let isEven = priors.allSatisfy { $0 == priors.first }
        self.init(temperature: 1, logPriors: isEven ? [] : Self.logShares(of: priors))
    }

    /// Learns the temperature that makes judged windows most likely: golden-section search on its logarithm, over which
    /// the loss has one valley.
    ///
    /// - Parameters:
    ///   - logits: per window a value per label (log-probabilities will do).
    ///   - truths: the right label of each, as a place among the labels.
    ///   - priors: how common each label is; nil leaves priors out. They are normalised, none is taken below 0.001.
    /// - Throws: `DetectionError` for no windows, places outside the labels, values that are no numbers.
    public init(logits: [[Double]], truths: [Int], priors: [Double]? = nil) throws(DetectionError) {
        try Self.check(logits: logits, truths: truths)
        let labels = logits[0].count
        let logPriors = try priors.map { values throws(DetectionError) in try Self.logs(of: values, labels: labels) }
        let offsets = logPriors ?? []
        func loss(_ logTemperature: Double) -> Double {
            let calibration = Calibration(temperature: exp(logTemperature), logPriors: offsets)
            return zip(logits, truths).reduce(0) { $0 - calibration.logProbabilities($1.0)[$1.1] }
        }
        var low = log(Self.temperatures.lowerBound)
        var high = log(Self.temperatures.upperBound)
        let golden = (5.0.squareRoot() - 1) / 2
        var left = high - golden * (high - low)
        var right = low + golden * (high - low)
        var (lossLeft, lossRight) = (loss(left), loss(right))
        while high - low > 1e-7 {
            if lossLeft <= lossRight {
                (high, right, lossRight) = (right, left, lossLeft)
                left = high - golden * (high - low)
                lossLeft = loss(left)
            } else {
                (low, left, lossLeft) = (left, right, lossRight)
                right = low + golden * (high - low)
                lossRight = loss(right)
            }
        }
        self.init(temperature: exp((low + high) / 2), logPriors: offsets)
    }

    /// Calibrated log-probabilities: (labels).
    public func logProbabilities(_ logits: [Double]) -> [Double] {
        precondition(logPriors.isEmpty || logPriors.count == logits.count, "priors are for other labels")
        let scaled = logits.indices.map { logits[$0] / temperature + (logPriors.isEmpty ? 0 : logPriors[$0]) }
        let total = Statistics.logSumExp(scaled)
        return scaled.map { $0 - total }
    }

    /// Calibrated probabilities: (labels), summing to one.
    public func probabilities(_ logits: [Double]) -> [Double] { logProbabilities(logits).map(exp) }

    static func check(logits: [[Double]], truths: [Int]) throws(DetectionError) {
        guard let labels = logits.first?.count, labels > 0, logits.count == truths.count else {
            throw DetectionError(
                .empty,
                "\(logits.count) windows with \(truths.count) truths cannot be calibrated; judge some windows first"
            )
        }
        for (index, row) in logits.enumerated() {
            guard row.count == labels, row.indices.contains(truths[index]) else {
                throw DetectionError(
                    .width,
                    "window \(index) has \(row.count) scores and truth \(truths[index]), expected \(labels) labels"
                )
            }
            guard row.allSatisfy(\.isFinite) else {
                throw DetectionError(.notFinite, "window \(index) has a score that is no number; leave it out")
            }
        }
    }

    private static func logs(of priors: [Double], labels: Int) throws(DetectionError) -> [Double] {
        let total = priors.reduce(0, +)
        guard priors.count == labels, priors.allSatisfy({ $0 >= 0 }), total > 0, total.isFinite else {
            throw DetectionError(.width, "\(priors.count) priors that sum to \(total), expected \(labels) above zero")
        }
        return logShares(of: priors)
    }

    private static func logShares(of priors: [Double]) -> [Double] {
        let total = priors.reduce(0, +)
        return priors.map { log(max($0 / total, 1e-3)) }
    }
}
