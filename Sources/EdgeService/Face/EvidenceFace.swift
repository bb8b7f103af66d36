// The kept sound and the review list as the dashboard sees them.
import Dashboard
import Foundation
import MachineHealth
import TrendLog

extension EdgeNode {
    /// Routes of recent sound, clips and reviews.
    public func evidenceRoutes() -> [any APIRoutes] {
        [
            SoundRoutes(keeper: evidence.keeper),
            ReviewRoutes(
                keeper: evidence.keeper,
                desk: evidence.review,
                machineName: { [weak self] id in self?.machineName(id) },
                learn: { [learning] decision in await learning.learn(from: decision) }
            ),
        ]
    }
}

extension EvidenceRoom {
    /// What became of the sound that was to be kept.
    func status() async -> PlantStatus.Evidence {
        let counters = await keeper.counters
        var status = PlantStatus.Evidence()
        status.written = counters.written
        status.lost = counters.failed + lostNotices
        status.empty = counters.empty
        status.expired = counters.expired
        status.lastFailure = counters.lastFailure
        return status
    }
}

/// The kept sound of alarms, for the alarm pages.
struct KeptAlarmClips: AlarmClips {
    let reader: TrendLogReader

    func counts(of alarms: [UUID]) async throws -> [UUID: Int] { try await reader.clipCounts(alarmIDs: alarms) }

    func clips(of alarm: UUID) async throws -> [any Encodable & Sendable] {
        try await reader.clips(alarmID: alarm).sorted { $0.start < $1.start }.map { ClipDocument($0) }
    }
}
