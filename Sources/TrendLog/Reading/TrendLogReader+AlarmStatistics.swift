// Key figures of alarms out of the trend log.
import Foundation
import MachineHealth

extension TrendLogReader {
    /// Steps looked at, at most; the newest where there are more.
    private static let stepLimit = 200_000

    /// The key figures of a stretch of time; what stands is told as of now.
    ///
    /// - Parameter machine: only of this machine.
    public func alarmStatistics(
        machine: String? = nil,
        since: Date,
        until: Date
    ) async throws -> AlarmStatistics {
        AlarmStatistics(
            steps: try await transitions(machine: machine, since: since, until: until, limit: Self.stepLimit),
            records: try await alarms(machine: machine, includingNormal: true),
            since: since,
            until: until
        )
    }
}
