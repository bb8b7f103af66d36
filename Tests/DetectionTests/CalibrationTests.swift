// Temperature, reliability and limits against SciPy and scikit-learn.
import Foundation
import Testing

@testable import Detection

struct CalibrationFixture: Decodable {
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        var name: String
        var logits: [[Double]]
        var truths: [Int]
        var temperature: Double
        var expectedCalibrationError: Double
        var brierScore: Double
        var logLoss: Double
        var binAccuracy: [Double]
        var binConfidence: [Double]

        var testDescription: String { name }
    }

    struct Limit: Decodable, Sendable {
        var count: Int
        var share: Double
        /// 1 is the smallest score; 0 where no score is high enough.
        var rank: Int
    }

    var cases: [Case]
    var limits: [Limit]

    static let stored = Result { try DetectionFixture.read("calibration", as: CalibrationFixture.self) }
    static var cases: [Case] { (try? stored.get().cases) ?? [] }
    static var limits: [Limit] { (try? stored.get().limits) ?? [] }
}

@Suite struct CalibrationTests {
    @Test func theFixtureIsThere() throws {
        let fixture = try CalibrationFixture.stored.get()
        #expect(fixture.cases.count == 2 && fixture.limits.count == 6)
    }

    @Test(arguments: CalibrationFixture.cases)
    func temperatureAgrees(item: CalibrationFixture.Case) throws {
        let calibration = try Calibration(logits: item.logits, truths: item.truths)
        #expect(agree([calibration.temperature], [item.temperature], within: 1e-5))
        let before = try CalibrationReport(
            probabilities: item.logits.map(Calibration.none.probabilities),
            truths: item.truths
        )
        let after = try CalibrationReport(
            probabilities: item.logits.map(calibration.probabilities),
            truths: item.truths
        )
        #expect(after.logLoss < before.logLoss)
        #expect(after.expectedCalibrationError < before.expectedCalibrationError)
        #expect(after.accuracy == before.accuracy)
    }

    @Test(arguments: CalibrationFixture.cases)
    func reportAgrees(item: CalibrationFixture.Case) throws {
        let report = try CalibrationReport(
            probabilities: item.logits.map(Calibration.none.probabilities),
            truths: item.truths
        )
        #expect(
            agree(
                [report.expectedCalibrationError, report.brierScore, report.logLoss],
                [item.expectedCalibrationError, item.brierScore, item.logLoss],
                within: 1e-9
            )
        )
        let filled = report.bins.filter { $0.count > 0 }
        #expect(agree(filled.map(\.accuracy), item.binAccuracy, within: 1e-9))
        #expect(agree(filled.map(\.confidence), item.binConfidence, within: 1e-9))
        #expect(report.bins.reduce(0) { $0 + $1.count } == item.truths.count)
    }

    @Test func priorsMoveTheBalance() throws {
        let logits = [[0.0, 0.0], [0.2, 0.0], [0.0, 0.3]]
        let calibration = try Calibration(logits: logits, truths: [0, 0, 1], priors: [3, 1])
        #expect(agree(calibration.logPriors.map(exp), [0.75, 0.25], within: 1e-12))
        let shares = calibration.probabilities([0, 0])
        #expect(agree(shares, [0.75, 0.25], within: 1e-9))
        #expect(throws: DetectionError.self) {
            try Calibration(logits: logits, truths: [0, 0, 1], priors: [1])
        }
        #expect(throws: DetectionError.self) {
            try Calibration(logits: logits, truths: [0, 0, 1], priors: [0, 0])
        }
    }

    @Test func alwaysRightAndAlwaysWrongStayInRange() throws {
        let right = try Calibration(logits: [[2, 0], [0, 2]], truths: [0, 1])
        let wrong = try Calibration(logits: [[2, 0], [0, 2]], truths: [1, 0])
        #expect(right.temperature < 0.021 && right.temperature >= 0.02)
        #expect(wrong.temperature > 49 && wrong.temperature <= 50)
    }

    @Test func badInputIsRefused() {
        #expect(throws: DetectionError.self) { try Calibration(logits: [], truths: []) }
        #expect(throws: DetectionError.self) { try Calibration(logits: [[0, 1]], truths: [2]) }
        #expect(throws: DetectionError.self) { try Calibration(logits: [[0, 1], [1]], truths: [0, 0]) }
        #expect(throws: DetectionError.self) { try Calibration(logits: [[0, .nan]], truths: [0]) }
        #expect(throws: DetectionError.self) { try CalibrationReport(probabilities: [[1]], truths: [-1]) }
    }

    @Test(arguments: CalibrationFixture.limits)
    func theLimitIsTheBinomialBound(item: CalibrationFixture.Limit) throws {
        let scores = (1...item.count).map(Double.init).shuffled()
        let limit = try OpenSetLimit(normalScores: scores, share: item.share, margin: 0)
        #expect(limit.isAssured == (item.rank > 0))
        if item.rank > 0 {
            #expect(limit.limit == Double(item.rank))
        } else {
            #expect(limit.limit > Double(item.count))
        }
    }

    @Test func theLimitHoldsAsOftenAsItSays() throws {
        // True 90 % quantile of a standard normal: the limit lies at or above it in at least 95 % of enrolments.
        var generator = SeededGenerator(seed: 1)
        var held = 0
        for _ in 0..<400 {
            let scores = (0..<60).map { _ in generator.normal() }
            let limit = try OpenSetLimit(normalScores: scores, share: 0.9, margin: 0)
            held += limit.limit >= 1.281_551_565_5 ? 1 : 0
        }
        #expect(held >= 372)
    }

    @Test func limitsOfDegenerateScores() throws {
        let same = try OpenSetLimit(normalScores: [Double](repeating: 0, count: 400))
        #expect(same.limit == 1 && !same.isExceeded(by: 1) && same.isExceeded(by: 1.1))
        #expect(same.isExceeded(by: .nan))
        let one = try OpenSetLimit(normalScores: [2, .nan])
        #expect(one.limit == 3 && !one.isAssured && one.count == 1)
        #expect(throws: DetectionError.self) { try OpenSetLimit(normalScores: []) }
        #expect(throws: DetectionError.self) { try OpenSetLimit(normalScores: [1], share: 1) }
    }

    @Test func distributionFunctions() {
        #expect(agree([Statistics.normalQuantile(0.975)], [1.959_963_984_540_054], within: 1e-12))
        #expect(agree([Statistics.normalQuantile(0.5)], [0], within: 1e-12))
        #expect(Statistics.binomialCumulative(-1, trials: 5, probability: 0.5) == 0)
        #expect(Statistics.binomialCumulative(5, trials: 5, probability: 0.5) == 1)
        #expect(agree([Statistics.binomialCumulative(2, trials: 5, probability: 0.5)], [0.5], within: 1e-12))
        #expect(Statistics.median([]) == nil && Statistics.median([3, 1]) == 2)
    }
}
