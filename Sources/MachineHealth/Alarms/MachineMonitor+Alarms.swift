// How findings and time move a machine's alarms: raises, clears, shelves that end, re-alarm, escalation.
import Foundation

extension MachineMonitor {
    /// Applies a change to one alarm.
    ///
    /// - Returns: the step, and the row of the alarm's history where what it shows changed.
    mutating func apply(
        at index: Int,
        time: Date,
        user: String? = nil,
        comment: String? = nil,
        _ change: (inout AlarmSituation) -> AlarmStep
    ) -> (step: AlarmStep, transition: AlarmTransition?) {
        let before = records[index]
        guard var situation = before.situation else { return (.stay, nil) }
        let beneath = situation.beneath
        let step = change(&situation)
        records[index].hiding = situation.hiding
        guard case .move(let state, let isNew) = step else { return (step, nil) }
        let instance = isNew ? makeID() : (before.alarmID ?? makeID())
        records[index].state = state
        records[index].alarmID = instance
        records[index].since = time
        if isNew {
            records[index].course.escalatedTo = nil
            records[index].course.acknowledgedAs = nil
        }
        if state == .normal { records[index].course = AlarmCourse() }
        let transition = AlarmTransition(
            machine: machine,
            label: before.label,
            alarmID: instance,
            replacedAlarmID: isNew && beneath != .normal ? before.alarmID : nil,
            from: before.state,
            to: state,
            time: time,
            user: user,
            comment: comment
        )
        return (step, transition)
    }

    /// Carries a raised or cleared condition into its alarm.
    mutating func follow(
        _ label: LabelID,
        _ input: AlarmInput,
        windows: [EventWindow],
        confidence: Double,
        at time: Date
    ) -> [HealthAction] {
        guard let index = records.firstIndex(where: { $0.label == label }) else { return [] }
        let before = records[index]
        let isLatching = rules[label].alarm.isLatching
        let (step, transition) = apply(at: index, time: time) { $0.take(input, isLatching: isLatching) }
        records[index].course.conditionSince = input == .conditionRaised ? time : nil
        switch step {
        case .move:
            guard let transition else { return [] }
            let event =
                input == .conditionRaised
                ? raisedEvent(transition, windows: windows, confidence: confidence)
                : clearedEvent(transition, windows: windows, confidence: confidence)
            return [.transition(transition), .event(event)]
        case .noted where input == .conditionRaised:
            return [.event(hiddenEvent(before, windows: windows, confidence: confidence, time: time))]
        case .noted:
            // What was never told to have begun is not told to be over.
            let isTold = before.hiding?.beneath.isActive ?? false
            let told = isTold ? [HealthAction.event(hiddenClearEvent(before, windows: windows, time: time))] : []
            guard records[index].hiding?.shelf?.isOneShot ?? false else { return told }
            return told + uncover(.shelf, at: index, time: time)
        case .stay, .refuse:
            return []
        }
    }

    /// Takes away one thing that hides an alarm, and tells what comes out.
    ///
    /// - Parameter user: who did it; nil where it ended by itself.
    mutating func uncover(
        _ kind: AlarmCover.Kind,
        at index: Int,
        time: Date,
        user: String? = nil,
        comment: String? = nil
    ) -> [HealthAction] {
        let before = records[index]
        let (step, transition) = apply(at: index, time: time, user: user, comment: comment) { $0.uncover(kind) }
        guard step != .stay else { return [] }
        if case .refuse = step { return [] }
        var actions: [HealthAction] = []
        if let transition { actions.append(.transition(transition)) }
        if kind != .suppression {
            actions.append(.event(uncoveredEvent(kind, records[index], time: time, user: user, comment: comment)))
        }
        if let transition, case .move(.unackActive, true) = step {
            actions.append(.event(returnedEvent(transition, hidden: before)))
        }
        return actions
    }

    /// What the passing of time does to alarms.
    mutating func followTime(to now: Date) -> [HealthAction] {
        context.follow(to: now, policy: contextPolicy)
        var actions = followContext(at: now)
        for index in records.indices {
            if let shelf = records[index].hiding?.shelf, shelf.until <= now {
                actions += uncover(.shelf, at: index, time: now)
            }
            actions += escalate(at: index, now: now)
            actions += realarm(at: index, now: now)
        }
        return actions
    }

    private mutating func escalate(at index: Int, now: Date) -> [HealthAction] {
        let record = records[index]
        guard record.state.isActive, let own = vocabulary[record.label]?.severity else { return [] }
        let begun = record.course.conditionSince ?? record.since
        let rule = rules[record.label].alarm
        let isDue = rule.escalateAfterSeconds.map { now.timeIntervalSince(begun) >= $0 } ?? false
        if isDue, record.course.escalatedTo == nil, own.escalated > own {
            records[index].course.escalatedTo = own.escalated
            refreshRecord(at: index)
        }
        let told = record.state == .ackActive ? record.course.acknowledgedAs : nil
        // Also where a reload gave the label a worse severity after it was acknowledged.
        let hasRisen = records[index].severity > record.severity || told.map { records[index].severity > $0 } ?? false
        guard hasRisen else { return [] }
        let escalated = records[index].course.escalatedTo
        let (_, transition) = apply(at: index, time: now) { $0.take(.realarm) }
        records[index].course.escalatedTo = escalated
        let event = HealthAction.event(escalatedEvent(records[index], from: told ?? record.severity, time: now))
        return (transition.map { [.transition($0)] } ?? []) + [event]
    }

    private mutating func realarm(at index: Int, now: Date) -> [HealthAction] {
        let record = records[index]
        guard record.state == .ackActive, let after = rules[record.label].alarm.realarmAfterSeconds,
            now.timeIntervalSince(record.since) >= after
        else { return [] }
        let escalated = record.course.escalatedTo
        let (_, transition) = apply(at: index, time: now) { $0.take(.realarm) }
        records[index].course.escalatedTo = escalated
        guard let transition else { return [] }
        return [.transition(transition), .event(realarmedEvent(records[index], since: record.since, time: now))]
    }
}
