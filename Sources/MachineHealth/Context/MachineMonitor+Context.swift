// Suppression by design: a machine that is stopped or starting, or disturbed, raises no alarms.
import Foundation

extension MachineMonitor {
    /// Takes the value of one of the machine's signals; one it does not have is ignored.
    ///
    /// - Parameters:
    ///   - value: as the signal's topic carried it; nil where there is none (any more).
    ///   - time: when it came.
    public mutating func take(_ value: String?, ofSignal name: String, at time: Date) -> [HealthAction] {
        guard let signal = contextPolicy.signals.first(where: { $0.name == name }) else { return [] }
        context.take(value.flatMap(signal.effect), of: name, at: time, policy: contextPolicy)
        let actions = followContext(at: time)
        return actions.isEmpty && health.suppression == context.cause
            ? [] : actions + settle([], next: health, at: time)
    }

    /// Brings every alarm into line with the context's cause of suppression.
    mutating func followContext(at time: Date) -> [HealthAction] {
        let wanted = context.cause
        var actions: [HealthAction] = []
        for index in records.indices {
            let cause = rules[records[index].label].alarm.followsContext ? wanted : nil
            let present = records[index].hiding?.suppression?.cause
            guard cause != present else { continue }
            guard let cause else {
                actions += uncover(.suppression, at: index, time: time)
                continue
            }
            let suppression = AlarmSuppression(cause: cause, since: time)
            let (_, transition) = apply(at: index, time: time) { $0.cover(.suppression(suppression)) }
            if let transition { actions.append(.transition(transition)) }
        }
        guard (health.suppression == nil) != (wanted == nil) else { return actions }
        return [.event(contextEvent(wanted, time: time))] + actions
    }

    private func contextEvent(_ cause: SuppressionCause?, time: Date) -> HealthEvent {
        let words =
            switch cause {
            case .machineStopped: "is stopped"
            case .machineStarting: "is starting"
            case .disturbed: "is disturbed by what is around it"
            case nil: "runs undisturbed"
            }
        return HealthEvent(
            id: makeID(),
            type: cause == nil ? .alarmsReleased : .alarmsSuppressed,
            machine: machine,
            time: time,
            message: "\(machine) \(words): its alarms are \(cause == nil ? "shown again" : "suppressed")"
        )
    }
}
