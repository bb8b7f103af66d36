// Continuing a machine's health after a restart or with a changed configuration.
import Foundation

/// Everything a monitor remembers; encode it after an input, hand it back after a restart.
public struct MachineMonitorSnapshot: Hashable, Sendable, Codable {
    /// The machine.
    public let machine: String
    /// The tracker's memory.
    public let tracker: TrendTracker.State
    /// The alarm records.
    public let records: [AlarmRecord]
    /// The health as last emitted.
    public let health: MachineHealthState
    /// Whether sound arrived.
    public let stream: MachineMonitor.Stream
    let faultLoad: Double?
    let lastTellingEnd: Date?
    let lostAt: Date?
    /// Absent in snapshots of versions that did not watch the microphone.
    let microphone: MicrophoneWatch?
    /// Absent in snapshots of versions that knew no signals beside the sound.
    let context: MachineContext?
}

extension MachineMonitor {
    /// What to store so that a restart continues runs, clear runs and alarms exactly.
    public var snapshot: MachineMonitorSnapshot {
        MachineMonitorSnapshot(
            machine: machine,
            tracker: tracker.state,
            records: records,
            health: health,
            stream: stream,
            faultLoad: faultLoad,
            lastTellingEnd: lastTellingEnd,
            lostAt: lostAt,
            microphone: microphone,
            context: context
        )
    }

    /// Takes over a snapshot; call it before the first window.
    ///
    /// The vocabulary and rules stay those this monitor was made with, so a snapshot also carries alarms over a changed
    /// configuration.
    /// - Returns: standing alarms of labels the vocabulary no longer has: tell the operator, they cannot be followed.
    /// - Throws: `MonitorRestoreError` for another machine's snapshot or a record that contradicts itself.
    public mutating func restore(_ snapshot: MachineMonitorSnapshot) throws(MonitorRestoreError) -> [AlarmRecord] {
        guard snapshot.machine == machine else {
            throw MonitorRestoreError(machine: machine, reason: "it is of machine \(snapshot.machine)")
        }
        try refuseDamaged(snapshot.records)
        tracker = TrendTracker(
            machine: machine,
            vocabulary: vocabulary,
            rules: rules,
            followsNovelty: followsNovelty,
            state: snapshot.tracker
        )
        stream = snapshot.stream
        faultLoad = snapshot.faultLoad
        lastTellingEnd = snapshot.lastTellingEnd
        lostAt = snapshot.lostAt
        microphone = snapshot.microphone ?? MicrophoneWatch()
        context = snapshot.context ?? MachineContext()
        health = snapshot.health
        return try restore(records: snapshot.records)
    }

    /// Takes over stored alarm records; where a snapshot is restored too, records come second and win.
    ///
    /// Without a snapshot a run in progress starts anew, while alarms stay as they were.
    /// - Returns: standing alarms of labels the vocabulary no longer has.
    /// - Throws: `MonitorRestoreError` where a record contradicts itself.
    public mutating func restore(records stored: [AlarmRecord]) throws(MonitorRestoreError) -> [AlarmRecord] {
        let own = stored.filter { $0.machine == machine }
        try refuseDamaged(own)
        var orphans: [AlarmRecord] = []
        // An alarm of change stays acknowledgeable where the normal sound is gone.
        let standsChanged = own.contains { $0.label == .changed && $0.state != .normal }
        if standsChanged, !records.contains(where: { $0.label == .changed }) { addChangedRecord(since: health.updated) }
        for record in own {
            guard let index = records.firstIndex(where: { $0.label == record.label }) else {
                if record.isStanding { orphans.append(record) }
                continue
            }
            records[index] = record
        }
        tracker.setConditions(Set(records.filter(\.hasCondition).map(\.label)))
        for index in records.indices { refreshRecord(at: index) }
        emittedRecords = records
        _ = refreshHealth(from: health, at: health.updated)
        return orphans
    }

    private func refuseDamaged(_ stored: [AlarmRecord]) throws(MonitorRestoreError) {
        for record in stored {
            guard record.situation != nil else {
                throw MonitorRestoreError(
                    machine: machine,
                    reason: "alarm \"\(record.label)\" is in state \(record.state.rawValue), which contradicts what is "
                        + "noted to hide it; the stored row is damaged"
                )
            }
            guard record.state == .normal || record.alarmID != nil else {
                throw MonitorRestoreError(
                    machine: machine,
                    reason: "alarm \"\(record.label)\" is \(record.state.rawValue) but has no instance id; "
                        + "the stored row is damaged"
                )
            }
        }
    }
}
