// Where a machine is heading: smoothed values, how fast they change, and when they may reach their limit.
import Foundation

/// When a rising value will reach its limit, or why nothing can be said.
public struct TrendForecast: Hashable, Sendable, Codable {
    /// What the forecast comes to.
    public enum Outcome: String, Hashable, Sendable, Codable, CaseIterable {
        /// Between `earliest` and `latest`.
        case between
        /// The limit is reached already.
        case reached
        case historyTooShort = "history_too_short"
        /// The value does not clearly rise.
        case noSlope = "no_slope"
        /// Farther off than the history lets one see.
        case tooFarOff = "too_far_off"
    }

    /// What it comes to.
    public let outcome: Outcome
    /// Early end of the interval.
    public let earliest: Date?
    /// Late end of the interval.
    public let latest: Date?
    /// The last value it rests on.
    public let made: Date

    /// Makes a forecast; the times count for `.between` only.
    public init(_ outcome: Outcome, earliest: Date? = nil, latest: Date? = nil, made: Date) {
        self.outcome = outcome
        self.earliest = outcome == .between ? earliest : nil
        self.latest = outcome == .between ? latest : nil
        self.made = made
    }
}

/// One value of a machine, smoothed.
public struct TrendReading: Hashable, Sendable, Codable {
    /// The fault label whose confidence it is; nil for the distance from the machine's normal sound.
    public let label: LabelID?
    /// Exponentially weighted mean.
    public let smoothed: Double
    /// Change per hour; nil with too few values.
    public let slopePerHour: Double?
    /// Standard error of the slope, taking windows as independent.
    public let slopeErrorPerHour: Double?
    /// What the forecast is about: the rule's confidence, the limit of novelty.
    public let limit: Double?
    /// The newest forecast; nil before the first.
    public let forecast: TrendForecast?

    /// Makes a reading.
    public init(
        label: LabelID?,
        smoothed: Double,
        slopePerHour: Double?,
        slopeErrorPerHour: Double?,
        limit: Double?,
        forecast: TrendForecast?
    ) {
        self.label = label
        self.smoothed = smoothed
        self.slopePerHour = slopePerHour
        self.slopeErrorPerHour = slopeErrorPerHour
        self.limit = limit
        self.forecast = forecast
    }
}

/// The trends of one machine.
public struct MachineOutlook: Hashable, Sendable, Codable {
    /// The machine.
    public let machine: String
    /// Seconds after which a window weighs a third in the smoothed values.
    public let memorySeconds: Double
    /// Its fault labels in vocabulary order, then novelty where the machine has any.
    public let readings: [TrendReading]
    /// The verdict of the newest window: a label id or "undetermined".
    public let verdict: String?
    /// Since when it is that verdict without a break.
    public let verdictSince: Date?
    /// End of the newest window.
    public let updated: Date?

    /// Makes an outlook.
    public init(
        machine: String,
        memorySeconds: Double,
        readings: [TrendReading],
        verdict: String?,
        verdictSince: Date?,
        updated: Date?
    ) {
        self.machine = machine
        self.memorySeconds = memorySeconds
        self.readings = readings
        self.verdict = verdict
        self.verdictSince = verdictSince
        self.updated = updated
    }
}
