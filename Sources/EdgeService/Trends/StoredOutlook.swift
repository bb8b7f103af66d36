// The outlook of a machine as the service stored it last, for those who read the trend log beside it.
import Foundation
import MachineHealth
import TrendLog

/// Reads outlooks from a trend log.
public enum StoredOutlook {
    /// A machine's trends with its newest committed window; nil where none were followed.
    ///
    /// - Parameter configuration: says what each fault's limit is; without it limits are not shown.
    /// - Throws: `TrendLogError`.
    public static func read(
        _ reader: TrendLogReader,
        machine: String,
        configuration: ServiceConfiguration? = nil
    ) async throws -> MachineOutlook? {
        let stored = try await reader.trackers().first { $0.machine == machine }
        guard let stored, let tracker = try? JSONDecoder().decode(StoredTracker.self, from: stored.state) else {
            return nil
        }
        let rules = configuration?.machine(machine)?.rules
        let faults = try await reader.labels(machine: machine).filter { $0.kind == .fault }
        return tracker.trend?.outlook(
            machine: machine,
            limits: faults.map { (label: $0.id, limit: rules?[$0.id].confidence) }
        )
    }
}
