// The key `trend` of a state topic: where each fault of a machine is heading.
import Foundation
import MachineHealth

/// One trend of a machine.
public struct TrendPayload: Hashable, Sendable, Codable {
    /// When the limit may be reached.
    public struct Forecast: Hashable, Sendable, Codable {
        public var outcome: TrendForecast.Outcome
        /// Null unless the outcome is "between".
        public var earliest: Date?
        public var latest: Date?
        /// The last value it rests on.
        public var made: Date

        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(outcome, forKey: .outcome)
            try container.encode(earliest, forKey: .earliest)
            try container.encode(latest, forKey: .latest)
            try container.encode(made, forKey: .made)
        }
    }

    /// The fault label; null for the distance from the machine's normal sound.
    public var label: String?
    public var smoothed: Double
    public var slopePerHour: Double?
    public var limit: Double?
    /// Null before the first forecast.
    public var forecast: Forecast?

    enum CodingKeys: String, CodingKey {
        case label, smoothed, limit, forecast
        case slopePerHour = "slope_per_hour"
    }

    /// The payload of a reading.
    public init(_ reading: TrendReading) {
        label = reading.label?.rawValue
        smoothed = Self.rounded(reading.smoothed)
        slopePerHour = reading.slopePerHour.map(Self.rounded)
        limit = reading.limit.map(Self.rounded)
        forecast = reading.forecast.map {
            Forecast(outcome: $0.outcome, earliest: $0.earliest, latest: $0.latest, made: $0.made)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(label, forKey: .label)
        try container.encode(smoothed, forKey: .smoothed)
        try container.encode(slopePerHour, forKey: .slopePerHour)
        try container.encode(limit, forKey: .limit)
        try container.encode(forecast, forKey: .forecast)
    }

    /// Six decimals: what a reader can use, and short.
    private static func rounded(_ value: Double) -> Double { (value * 1e6).rounded() / 1e6 }
}
