// Following change: the advisory's record comes with the machine's enrolled normal sound and goes with it.
import Foundation

extension MachineMonitor {
    /// Whether the machine's normal sound is enrolled, so that change is followed.
    public var followsNovelty: Bool { tracker.followsNovelty }

    /// Begins to follow change once the machine's normal sound is enrolled, and stops where it is taken away.
    ///
    /// A condition that stands when it stops is over, told as such. The record of `changed` is told once more and leaves
    /// `records`; where its alarm still waits for an acknowledgement, it leaves with that.
    /// - Returns: the actions; empty where it was so before.
    public mutating func followNovelty(_ follows: Bool, at time: Date) -> [HealthAction] {
        guard follows != followsNovelty || !follows && tracker.isConditionPresent(.changed) else { return [] }
        let finding = tracker.followNovelty(follows)
        var actions: [HealthAction] = []
        if !follows { actions = records.filter { $0.label == .changed }.map(HealthAction.recordChanged) }
        if follows, !records.contains(where: { $0.label == .changed }) {
            addChangedRecord(since: time)
            actions = records.suffix(1).map(HealthAction.recordChanged)
        }
        var next = health
        if !follows { next.novelty = nil }
        return actions + settle(finding.map { [$0] } ?? [], next: next, at: time)
    }

    /// Adds the advisory's record, as told.
    mutating func addChangedRecord(since time: Date) {
        records.append(
            AlarmRecord(
                machine: machine,
                label: .changed,
                since: time,
                required: rules[.changed].consecutive,
                severity: Label.changed.severity,
                quality: .stale
            )
        )
        refreshRecord(at: records.count - 1)
        emittedRecords = records
    }
}
