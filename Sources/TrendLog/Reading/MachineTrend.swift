// Everything `ausculta trend show` and a machine's page tell, read together.
import Foundation
import GRDB
import MachineHealth

/// A machine over a stretch of time.
public struct MachineTrend: Sendable {
    /// The machine at a glance.
    public let summary: MachineSummary
    /// Scores over time.
    public let series: TrendSeries
    /// All alarm records, normal ones too.
    public let alarms: [AlarmRecord]
    /// Steps of alarms in the range.
    public let transitions: [AlarmTransition]
    /// Events in the range, near misses among them.
    public let events: [StoredEvent]
    /// The newest windows of the range.
    public let newest: [StoredWindow]
}

extension TrendLogReader {
    /// A machine from `since` to `until`.
    ///
    /// - Parameters:
    ///   - columns: buckets at most; fewer where windows come more rarely than that, so that no bucket is empty only
    ///     because it is short.
    ///   - newestWindows: how many single windows to read besides.
    ///   - eventLimit: how many events and steps at most, the newest.
    public func trend(
        machine: String,
        since: Date,
        until: Date,
        columns: Int,
        newestWindows: Int = 5,
        eventLimit: Int = 500
    ) async throws -> MachineTrend {
        let newest = try await windows(machine: machine, since: since, until: until, limit: max(newestWindows, 24))
        let range = max(until.timeIntervalSince(since), 1)
        var buckets = max(1, columns)
        if let hop = Self.typicalHopSeconds(newest) {
            // A fifth longer than the hop, so that a window that comes a little late still falls into its bucket.
            buckets = min(buckets, max(1, Int(range / (hop * 1.2))))
        }
        return MachineTrend(
            summary: try await self.machine(machine),
            series: try await series(machine: machine, since: since, until: until, maximumBuckets: buckets),
            alarms: try await alarms(machine: machine, includingNormal: true),
            transitions: try await transitions(machine: machine, since: since, until: until, limit: eventLimit),
            events: try await events(machine: machine, since: since, until: until, limit: eventLimit),
            newest: Array(newest.suffix(newestWindows))
        )
    }

    /// The median distance between windows, in seconds.
    private static func typicalHopSeconds(_ windows: [StoredWindow]) -> Double? {
        let hops = zip(windows, windows.dropFirst()).map { $1.start.timeIntervalSince($0.start) }.sorted()
        return hops.isEmpty ? nil : hops[hops.count / 2]
    }
}
