// How findings become actions: alarm steps, events, records that read differently, the machine's health.
import Foundation

extension MachineMonitor {
    /// Carries findings into alarms and returns every action, records and health last.
    mutating func settle(
        _ findings: [TrendTracker.Finding],
        next: MachineHealthState,
        at time: Date
    ) -> [HealthAction] {
        var actions: [HealthAction] = []
        for finding in findings {
            switch finding {
            case .nearMiss(let miss):
                actions += [.nearMiss(miss), .event(nearMissEvent(miss))]
            case .raised(let label, let windows, let confidence):
                actions += follow(label, .conditionRaised, windows: windows, confidence: confidence, at: time)
            case .cleared(let label, let windows, let confidence):
                actions += follow(label, .conditionCleared, windows: windows, confidence: confidence, at: time)
            }
        }
        for index in records.indices {
            refreshRecord(at: index)
            if records[index] != emittedRecords[index] { actions.append(.recordChanged(records[index])) }
        }
        if !followsNovelty { records.removeAll { $0.label == .changed && $0.state == .normal } }
        emittedRecords = records
        if refreshHealth(from: next, at: time) { actions.append(.stateChanged(health)) }
        return actions
    }

    /// The fault load of a determined window, smoothed into what came before.
    mutating func followLoad(_ observation: Observation, verdict: Verdict) {
        guard let label = verdict.label else { return }
        let isOwnNormal = observation.novelty.map { !$0.isNovel } ?? false
        let load = vocabulary.faults.reduce(0.0) { sum, fault in
            if isOwnNormal, rules[fault.id].noveltyGuard { return sum }
            return sum + MachineHealthState.weight(fault.severity) * (observation.confidence(of: fault.id) ?? 0)
        }
        faultLoad = faultLoad.map { $0 + MachineHealthState.smoothing * (min(1, load) - $0) } ?? min(1, load)
        let anchorsTell = !vocabulary.labels.contains { $0.kind == .normal }
        if vocabulary[label]?.kind != .anchor || anchorsTell { lastTellingEnd = observation.end }
    }

    /// Brings a record up to date with the tracker.
    mutating func refreshRecord(at index: Int) {
        var record = records[index]
        record.consecutive = tracker.consecutive(record.label)
        record.clearWindows = tracker.state.clearRuns[record.label]?.count ?? 0
        record.quality = quality
        if let fault = vocabulary[record.label] {
            record.severity = max(fault.severity, record.course.escalatedTo ?? .advisory)
            let own = fault.priority ?? AlarmPriority(fault.severity)
            record.priority = record.severity > fault.severity ? max(own, AlarmPriority(record.severity)) : own
            record.action = fault.action
        }
        record.required = rules[record.label].consecutive
        records[index] = record
    }

    private var quality: Quality { stream == .online && !tracker.state.isStale ? .good : .stale }

    mutating func refreshHealth(from next: MachineHealthState, at time: Date) -> Bool {
        var next = next
        let active = records.filter(\.state.isActive)
        let worst = active.map(\.severity).max()
        next.isOnline = stream == .online
        next.quality = quality
        next.grade = grade(worst: worst)
        next.suppression = context.cause
        next.standingAlarms = records.filter(\.isStanding).compactMap(StandingAlarm.init)
            .sorted { ($1.severity, $0.since) < ($0.severity, $1.since) }
        next.health = faultLoad.map { load in
            let health = Int((100 * (1 - load)).rounded())
            return min(health, worst.map(MachineHealthState.ceiling) ?? 100)
        }
        guard next != health else { return false }
        next.updated = time
        health = next
        return true
    }

    private func grade(worst: Severity?) -> MachineGrade {
        if stream == .lost { return .offline }
        if tracker.state.isStale { return .unknown }
        if let worst { return MachineGrade(worst) }
        if microphone.standing != nil { return .unknown }
        guard let telling = lastTellingEnd, let last = tracker.state.lastClassifiedEnd,
            last.timeIntervalSince(telling) <= rules.machine.staleAfterSeconds
        else { return .unknown }
        return .normal
    }
}

extension StandingAlarm {
    fileprivate init?(_ record: AlarmRecord) {
        guard let alarmID = record.alarmID else { return nil }
        self.init(
            alarmID: alarmID,
            label: record.label,
            state: record.state,
            severity: record.severity,
            since: record.since
        )
    }
}
