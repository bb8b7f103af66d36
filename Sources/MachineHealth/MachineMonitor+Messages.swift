// The events of a machine and what they say, in plain English.
import Foundation

extension MachineMonitor {
    func raisedEvent(_ transition: AlarmTransition, windows: [EventWindow], confidence: Double) -> HealthEvent {
        let again =
            transition.from != .rtnUnack ? "" : "; it came back before its earlier alarm was acknowledged"
        return event(
            .faultRaised,
            transition,
            confidence: confidence,
            consecutive: tracker.consecutive(transition.label),
            windows: windows,
            message: transition.label == .changed
                ? "\(machine) has changed, and none of its labels says how: \(Self.inARow(windows.count)) unlike its own normal "
                    + "sound\(again)"
                : "\(machine): \(raised(transition.label, windows))\(again)"
        )
    }

    /// What raised a fault's alarm, in words.
    private func raised(_ label: LabelID, _ windows: [EventWindow]) -> String {
        let rule = rules[label]
        let threshold = Sentence.number(rule.confidence, decimals: 2)
        let shown = windows.suffix(5).map { Sentence.score($0.confidence, against: rule.confidence) }
            .joined(separator: ", ")
        let scores = windows.count > 5 ? "the last five: \(shown)" : shown
        let count = rule.isSpread ? "\(windows.count) of \(rule.span) windows" : Self.inARow(windows.count)
        return "\(name(label)) in \(count) (\(scores); needed more than \(threshold))"
    }

    private static func inARow(_ count: Int) -> String { count == 1 ? "1 window" : "\(count) consecutive windows" }

    func clearedEvent(_ transition: AlarmTransition, windows: [EventWindow], confidence: Double) -> HealthEvent {
        let below = Sentence.number(rules[transition.label].clearBelow, decimals: 2)
        let rest =
            switch transition.to {
            case .rtnUnack: "the alarm still waits for an acknowledgement"
            case .latchedAck: "the alarm was acknowledged and waits for a reset"
            default: "the alarm was acknowledged and is normal again"
            }
        let reason =
            switch (transition.label == .changed, followsNovelty) {
            case (false, _): "\(Sentence.windows(windows.count)) in a row below \(below)"
            case (true, true): "\(Sentence.windows(windows.count)) in a row like its own normal sound"
            case (true, false): "its normal sound is not enrolled any more"
            }
        return event(
            .faultCleared,
            transition,
            confidence: confidence,
            consecutive: 0,
            windows: windows,
            message:
                "\(machine): \(transition.label == .changed ? "its change" : name(transition.label)) is over: \(reason); "
                + rest
        )
    }

    func nearMissEvent(_ miss: NearMiss) -> HealthEvent {
        HealthEvent(
            id: makeID(),
            type: .nearMiss,
            machine: machine,
            label: miss.label,
            confidence: miss.windows.last?.confidence,
            consecutive: miss.windows.count,
            windows: miss.windows,
            severity: vocabulary[miss.label]?.severity,
            time: miss.time,
            message: miss.label == .changed
                ? "\(machine) has nearly changed: \(miss.summary(name: name))"
                : "\(machine): \(name(miss.label)) nearly: \(miss.summary(name: name))"
        )
    }

    func acknowledgedEvent(_ record: AlarmRecord, user: String, comment: String?, time: Date) -> HealthEvent {
        let said = comment.map { ": \"\($0)\"" } ?? ""
        let rest =
            switch record.state {
            case .normal: "; the fault was over before"
            case .latchedAck: "; the fault was over before, and the alarm waits for a reset"
            default: ""
            }
        return HealthEvent(
            id: makeID(),
            type: .acknowledged,
            machine: machine,
            label: record.label,
            confidence: record.confidence,
            consecutive: record.consecutive,
            severity: record.severity,
            time: time,
            alarmID: record.alarmID,
            message: "\(machine): \(name(record.label)) acknowledged by \(user)\(said)\(rest)",
            user: user,
            comment: comment
        )
    }

    func unknownAlarm(_ alarmID: UUID) -> String {
        let standing = records.filter(\.isStanding).compactMap { record in
            record.alarmID.map { "\(record.label) \($0.uuidString.lowercased())" }
        }
        let rest =
            standing.isEmpty
            ? "no alarm of this machine stands at present" : "standing alarms: \(standing.joined(separator: ", "))"
        return "machine \(machine) has no alarm \(alarmID.uuidString.lowercased()): it is of another machine, "
            + "or was replaced when the fault came back; \(rest)"
    }

    private func event(
        _ type: HealthEventType,
        _ transition: AlarmTransition,
        confidence: Double,
        consecutive: Int,
        windows: [EventWindow],
        message: String
    ) -> HealthEvent {
        HealthEvent(
            id: makeID(),
            type: type,
            machine: machine,
            label: transition.label,
            confidence: confidence,
            consecutive: consecutive,
            windows: windows,
            severity: vocabulary[transition.label]?.severity,
            time: transition.time,
            alarmID: transition.alarmID,
            message: message
        )
    }

    private func name(_ label: LabelID) -> String { vocabulary.name(of: label) }
}
