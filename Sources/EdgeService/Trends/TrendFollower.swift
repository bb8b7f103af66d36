// Follows one machine's trends: windows and forecasts in, an outlook and warnings out. A pure value.
import Detection
import Foundation
import MachineHealth

/// The trends of one machine, small enough to be stored with every window.
struct TrendFollower: Hashable, Sendable, Codable {
    /// Forecasts in a row that have to lie within the horizon before a warning: one may be luck.
    static let confirmations = 3
    /// Memories without a forecast within the horizon after which a new rise is warned of again.
    static let calmMemories = 2.0

    /// Share of the memory that has to have passed before a slope is shown: per hour, a minute's chance looks like a leap.
    static let shortestSlope = 1.0 / 6

    /// Whether a label's rise was told, and what a change of mind would take.
    private struct Warning: Hashable, Sendable, Codable {
        /// Forecasts in a row within the horizon.
        var inARow = 0
        var isTold = false
        /// Since when no forecast has lain within the horizon.
        var calmSince: Date?
    }

    /// Seconds after which a window weighs a third.
    let memorySeconds: Double
    private var faults: [LabelID: ExponentialTrend] = [:]
    private var novelty: ExponentialTrend?
    private var noveltyLimit: Double?
    private var verdicts: TimeInState
    private var forecasts: [LabelID: TrendForecast] = [:]
    private var warnings: [LabelID: Warning] = [:]
    private var began: Date?
    private var updated: Date?

    /// - Parameter longestGapSeconds: silence that breaks the time in a state.
    init(memorySeconds: Double, longestGapSeconds: Double) {
        self.memorySeconds = memorySeconds
        verdicts = TimeInState(longestGapSeconds: longestGapSeconds)
    }

    /// The follower to go on with after a restart or a reload: with another memory smoothing starts anew; what was told
    /// is not told again.
    func continued(memorySeconds: Double, longestGapSeconds: Double, faults labels: [LabelID]) -> TrendFollower {
        let kept = Set(labels + [.changed])
        var result = self
        if memorySeconds != self.memorySeconds || longestGapSeconds != verdicts.longestGapSeconds {
            result = TrendFollower(memorySeconds: memorySeconds, longestGapSeconds: longestGapSeconds)
            result.updated = updated
            if memorySeconds == self.memorySeconds {
                (result.faults, result.novelty, result.noveltyLimit) = (faults, novelty, noveltyLimit)
                result.began = began
            }
        }
        result.faults = result.faults.filter { kept.contains($0.key) }
        result.forecasts = forecasts.filter { kept.contains($0.key) }
        result.warnings = warnings.filter { kept.contains($0.key) }
        return result
    }

    /// Takes a window; one that was not classified says nothing.
    mutating func observe(_ observation: Observation, verdict: Verdict, faults labels: [LabelID]) {
        guard verdict != .incomplete else { return }
        let time = observation.end.timeIntervalSince1970
        for label in labels {
            guard let score = observation.confidence(of: label) else { continue }
            var trend = faults[label] ?? newTrend
            trend?.observe(score, atSeconds: time)
            faults[label] = trend
        }
        if let novel = observation.novelty {
            var trend = novelty ?? newTrend
            trend?.observe(novel.score, atSeconds: time)
            novelty = trend
            noveltyLimit = novel.limit
        }
        verdicts.observe(verdict.description, atSeconds: time)
        began = began ?? observation.end
        updated = max(updated ?? observation.end, observation.end)
    }

    /// Takes forecasts and gives the labels to warn of: once per rise, and not where the alarm itself has spoken.
    ///
    /// - Parameters:
    ///   - withinSeconds: how soon the late end of the interval has to come.
    ///   - hasAlarm: labels whose alarm condition holds.
    mutating func take(
        _ new: [LabelID: TrendForecast],
        withinSeconds: Double,
        hasAlarm: Set<LabelID>
    ) -> [LabelID] {
        var told: [LabelID] = []
        for (label, forecast) in new.sorted(by: { $0.key < $1.key }) {
            // Forecasts are made at intervals; the same one twice confirms nothing.
            guard forecast.made > forecasts[label]?.made ?? .distantPast else { continue }
            forecasts[label] = forecast
            var warning = warnings[label] ?? Warning()
            let isWithin = forecast.latest.map { $0.timeIntervalSince(forecast.made) <= withinSeconds } ?? false
            if hasAlarm.contains(label) {
                warning = Warning(inARow: 0, isTold: true, calmSince: nil)
            } else if isWithin {
                warning.inARow += 1
                warning.calmSince = nil
                if !warning.isTold, warning.inARow >= Self.confirmations {
                    warning.isTold = true
                    told.append(label)
                }
            } else if forecast.outcome != .reached {
                warning.inARow = 0
                let since = warning.calmSince ?? forecast.made
                warning.calmSince = since
                if forecast.made.timeIntervalSince(since) >= Self.calmMemories * memorySeconds {
                    warning.isTold = false
                }
            }
            warnings[label] = warning
        }
        return told
    }

    /// The trends as they stand.
    ///
    /// - Parameter limits: what each fault label's forecast is about, in the order to show them.
    func outlook(machine: String, limits: [(label: LabelID, limit: Double?)]) -> MachineOutlook {
        var readings = limits.compactMap { label, limit -> TrendReading? in
            faults[label].flatMap { reading(label, $0, limit: limit, forecast: forecasts[label]) }
        }
        if let novelty, let reading = reading(nil, novelty, limit: noveltyLimit, forecast: forecasts[.changed]) {
            readings.append(reading)
        }
        return MachineOutlook(
            machine: machine,
            memorySeconds: memorySeconds,
            readings: readings,
            verdict: verdicts.state,
            verdictSince: verdicts.sinceSeconds.map { Date(timeIntervalSince1970: $0) },
            updated: updated
        )
    }

    /// A memory of no length cannot be configured; without one nothing is followed.
    private var newTrend: ExponentialTrend? { try? ExponentialTrend(memorySeconds: memorySeconds) }

    private func reading(
        _ label: LabelID?,
        _ trend: ExponentialTrend,
        limit: Double?,
        forecast: TrendForecast?
    ) -> TrendReading? {
        let seconds = updated.flatMap { end in began.map { end.timeIntervalSince($0) } } ?? 0
        let slope = seconds >= Self.shortestSlope * memorySeconds ? trend.slope : nil
        return trend.mean.map { mean in
            TrendReading(
                label: label,
                smoothed: mean,
                slopePerHour: slope.map { $0.perSecond * 3_600 },
                slopeErrorPerHour: slope.map { $0.standardError * 3_600 },
                limit: limit,
                forecast: forecast
            )
        }
    }
}
