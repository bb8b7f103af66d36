// Forecasts from the trend log's sums per minute or hour: when a fault's confidence reaches its rule.
import Detection
import Foundation
import MachineHealth
import TrendLog

/// Makes forecasts of confidence, and of the distance from normal sound.
///
/// A confidence is a probability: it rises in an S, flat at first, steep in the middle. Its log-odds are what the model
/// computes (scale times a difference of cosines) and rise as the sound changes, so the straight line is laid through
/// them, towards the log-odds of the rule's confidence. Several stretches of history are tried, the shortest first: wear
/// that has just begun shows in the last half day before it bends a line through three days.
struct TrendForecaster: Sendable {
    /// Probabilities beyond this are as good as 0 or 1: what lies below is rounding.
    static let smallest = 1e-4
    /// Values a stretch of history is cut into.
    static let values = 144
    /// Stretches tried, as shares of the longest.
    static let stretches = [1.0 / 6, 1.0 / 3, 1.0]

    let historySeconds: Double
    var rules = Forecast.Rules()

    /// Length of the buckets a history is read in: whole minutes, so that they come from sums.
    var bucketSeconds: Double { max(60, (historySeconds / Double(Self.values) / 60).rounded() * 60) }

    /// Forecasts of each fault label, and under `changed` of the distance from normal sound, where the history has any.
    ///
    /// - Parameters:
    ///   - series: the history, in buckets of any length.
    ///   - limits: the rule's confidence of each fault label.
    func forecasts(_ series: TrendSeries, limits: [LabelID: Double]) -> [LabelID: TrendForecast] {
        var forecasts: [LabelID: TrendForecast] = [:]
        for (index, label) in series.labels.enumerated() {
            guard let limit = limits[label] else { continue }
            let samples = series.buckets.compactMap { bucket -> Forecast.Sample? in
                guard bucket.scores.indices.contains(index), let score = bucket.scores[index] else { return nil }
                let middle = bucket.start.timeIntervalSince1970 + series.bucketSeconds / 2
                return Forecast.Sample(timeSeconds: middle, value: Self.logOdds(score.mean))
            }
            guard let last = samples.last?.timeSeconds else { continue }
            forecasts[label] = forecast(samples, last: last, limit: Self.logOdds(limit))
        }
        forecasts[.changed] = noveltyForecast(series)
        return forecasts
    }

    /// When the distance from normal sound reaches its limit; nil where no window was held against any.
    ///
    /// The distance is in deviations, which have no ceiling: the line runs through the values as they are. Another bank
    /// measures in deviations of its own, so only what was measured with the present one counts; its limit tells them
    /// apart.
    private func noveltyForecast(_ series: TrendSeries) -> TrendForecast? {
        guard let limit = series.buckets.last(where: { $0.novelty?.limit != nil })?.novelty?.limit else { return nil }
        let samples = series.buckets.compactMap { bucket -> Forecast.Sample? in
            guard let novelty = bucket.novelty, novelty.limit == limit else { return nil }
            let middle = bucket.start.timeIntervalSince1970 + series.bucketSeconds / 2
            return Forecast.Sample(timeSeconds: middle, value: novelty.mean)
        }
        return samples.last.map { forecast(samples, last: $0.timeSeconds, limit: limit) }
    }

    private func forecast(_ samples: [Forecast.Sample], last: Double, limit: Double) -> TrendForecast {
        let made = Date(timeIntervalSince1970: last)
        var answer = TrendForecast(.historyTooShort, made: made)
        for share in Self.stretches {
            let from = last - share * historySeconds
            let forecast = Forecast(samples: samples.filter { $0.timeSeconds >= from }, limit: limit, rules: rules)
            switch forecast {
            case .between(let earliest, let latest):
                return TrendForecast(
                    .between,
                    earliest: made.addingTimeInterval(earliest),
                    latest: made.addingTimeInterval(latest),
                    made: made
                )
            case .reached: return TrendForecast(.reached, made: made)
            case .none(.historyTooShort): continue
            case .none(.noSlope): answer = TrendForecast(.noSlope, made: made)
            case .none(.tooFarOff): answer = TrendForecast(.tooFarOff, made: made)
            }
        }
        return answer
    }

    static func logOdds(_ probability: Double) -> Double {
        let held = min(max(probability, smallest), 1 - smallest)
        return log(held / (1 - held))
    }
}
