// What is stored of a machine with every window, to go on from after a restart: its monitor and its trends.
import MachineHealth

/// A monitor's memory with the trends beside it, in one JSON object: a version without trends reads what it knows.
struct StoredTracker: Codable {
    let monitor: MachineMonitorSnapshot
    let trend: TrendFollower?

    private enum CodingKeys: String, CodingKey {
        case trend
    }

    init(monitor: MachineMonitorSnapshot, trend: TrendFollower?) {
        self.monitor = monitor
        self.trend = trend
    }

    init(from decoder: any Decoder) throws {
        monitor = try MachineMonitorSnapshot(from: decoder)
        // Trends of another version cost what was smoothed, never a run or an alarm.
        trend = try? decoder.container(keyedBy: CodingKeys.self).decode(TrendFollower.self, forKey: .trend)
    }

    func encode(to encoder: any Encoder) throws {
        try monitor.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(trend, forKey: .trend)
    }
}
