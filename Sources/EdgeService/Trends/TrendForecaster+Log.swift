// Reading the history a forecast rests on.
import Foundation
import MachineHealth
import TrendLog

extension TrendForecaster {
    /// Forecasts of a machine at a time, from buckets that are complete by then.
    ///
    /// - Returns: none for a machine that has not been heard of late.
    /// - Throws: `TrendLogError`.
    func forecasts(
        _ reader: TrendLogReader,
        machine: String,
        limits: [LabelID: Double],
        now: Date
    ) async throws -> [LabelID: TrendForecast] {
        let step = bucketSeconds
        let until = Date(timeIntervalSince1970: (now.timeIntervalSince1970 / step).rounded(.down) * step)
        let series = try await reader.series(
            machine: machine,
            since: until.addingTimeInterval(-historySeconds),
            until: until,
            bucketSeconds: step
        )
        guard let last = series.buckets.last, until.timeIntervalSince(last.start) <= 3 * step else { return [:] }
        return forecasts(series, limits: limits)
    }
}
