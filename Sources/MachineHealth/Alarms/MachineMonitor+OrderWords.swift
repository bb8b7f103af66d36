// The events of orders, shelves, escalation and hidden faults, and refusals, in plain English.
import Foundation

extension MachineMonitor {
    /// A fault arose while its alarm was hidden.
    func hiddenEvent(_ record: AlarmRecord, windows: [EventWindow], confidence: Double, time: Date) -> HealthEvent {
        event(
            .faultHidden,
            record,
            confidence: confidence,
            windows: windows,
            time: time,
            message:
                "\(alarmName(record.label)): the fault is heard, and its alarm is \(Self.words(record.state)); noted, "
                + "not alarmed"
        )
    }

    /// A fault that stood when its alarm was hidden is over.
    func hiddenClearEvent(_ record: AlarmRecord, windows: [EventWindow], time: Date) -> HealthEvent {
        event(
            .faultCleared,
            record,
            confidence: record.confidence,
            windows: windows,
            time: time,
            message: "\(alarmName(record.label)) is over while its alarm is \(Self.words(record.state))"
        )
    }

    /// A hidden fault that is still present is raised now.
    func returnedEvent(_ transition: AlarmTransition, hidden record: AlarmRecord) -> HealthEvent {
        let windows = tracker.state.runs.first { $0.label == transition.label }?.windows ?? []
        return event(
            .faultRaised,
            records.first { $0.label == transition.label } ?? record,
            confidence: record.confidence,
            windows: windows,
            time: transition.time,
            message:
                "\(alarmName(record.label)): the fault arose while the alarm was \(Self.words(record.state)), and is "
                + "still present"
        )
    }

    /// A shelf ended, or an alarm is in service again.
    func uncoveredEvent(
        _ kind: AlarmCover.Kind,
        _ record: AlarmRecord,
        time: Date,
        user: String?,
        comment: String?
    ) -> HealthEvent {
        let what = kind == .shelf ? "is no longer shelved" : "is in service again"
        let by = user.map { ", by \($0)" } ?? ", by itself"
        return event(
            kind == .shelf ? .unshelved : .inService,
            record,
            time: time,
            message:
                "\(alarmName(record.label)) \(what)\(by)\(Self.said(comment)); it is \(Self.words(record.state)) now",
            user: user,
            comment: comment
        )
    }

    /// An operator reset, shelved, or took out of service.
    func orderEvent(
        _ order: AlarmOrder,
        _ record: AlarmRecord,
        user: String,
        comment: String?,
        time: Date
    ) -> HealthEvent {
        let type: HealthEventType
        let what: String
        switch order {
        case .shelve:
            type = .shelved
            let seconds = record.hiding?.shelf?.until.timeIntervalSince(time) ?? 0
            let length = Sentence.duration(seconds: seconds.rounded())
            let isOneShot = record.hiding?.shelf?.isOneShot ?? false
            what = isOneShot ? "shelved until it is over once, \(length) at most," : "shelved for \(length)"
        case .outOfService: (type, what) = (.outOfService, "taken out of service")
        case .acknowledge, .reset, .unshelve, .inService: (type, what) = (.latchReset, "reset")
        }
        return event(
            type,
            record,
            time: time,
            message: "\(alarmName(record.label)) \(what) by \(user)\(Self.said(comment))",
            user: user,
            comment: comment
        )
    }

    /// A standing alarm's severity rose.
    func escalatedEvent(_ record: AlarmRecord, from severity: Severity, time: Date) -> HealthEvent {
        let begun = record.course.conditionSince ?? record.since
        let length = Sentence.duration(seconds: max(0, time.timeIntervalSince(begun)).rounded())
        return event(
            .faultEscalated,
            record,
            confidence: record.confidence,
            time: time,
            message: "\(alarmName(record.label)) has stood for \(length): now \(record.severity.rawValue), was "
                + severity.rawValue
        )
    }

    /// An acknowledged alarm asks again.
    func realarmedEvent(_ record: AlarmRecord, since: Date, time: Date) -> HealthEvent {
        let length = Sentence.duration(seconds: max(0, time.timeIntervalSince(since)).rounded())
        return event(
            .faultRealarmed,
            record,
            confidence: record.confidence,
            time: time,
            message: "\(alarmName(record.label)) was acknowledged \(length) ago and is still present"
        )
    }

    /// Why an order was refused.
    func refusal(_ refusal: AlarmRefusal, _ order: AlarmOrder, _ record: AlarmRecord) -> AlarmOrderRefusal {
        let alarm = "alarm \"\(vocabulary.name(of: record.label))\" of machine \(machine)"
        let reason =
            switch refusal {
            case .notStanding: "\(alarm) is normal already; there is nothing left to acknowledge"
            case .alreadyAcknowledged where record.state == .latchedAck:
                "\(alarm) was acknowledged before; it is latched and waits for a reset"
            case .alreadyAcknowledged: "\(alarm) was acknowledged before; it clears by itself when the fault is over"
            case .hidden: "\(alarm) is \(Self.words(record.state)); bring it back first, then it can be dealt with"
            case .notLatched: "\(alarm) is not latched; there is nothing to reset"
            case .conditionPresent: "\(alarm) cannot be reset while its fault is present"
            case .notAcknowledged: "\(alarm) has not been acknowledged; do that first"
            case .notShelved: "\(alarm) is not shelved"
            case .notSuppressed: "\(alarm) is not suppressed"
            case .notOutOfService: "\(alarm) is not out of service"
            case .shelvingTime:
                "\(alarm) can be shelved for a time above 0 and of at most "
                    + Sentence.duration(seconds: rules[record.label].alarm.shelveMaxSeconds)
            case .instanceNeeded:
                "\(order == .reset ? "a reset" : "an acknowledgement") has to name the alarm's id, so that it cannot hit an "
                    + "alarm its sender has not seen"
            }
        return AlarmOrderRefusal(refusal: refusal, reason: reason)
    }

    /// No such alarm.
    func unknown(_ target: AlarmTarget) -> AlarmOrderRefusal {
        switch target {
        case .instance(let id): return AlarmOrderRefusal(refusal: nil, reason: unknownAlarm(id))
        case .label(let label):
            let labels = records.map(\.label.rawValue).joined(separator: ", ")
            return AlarmOrderRefusal(
                refusal: nil,
                reason: "machine \(machine) has no fault \"\(label)\"; its faults are \(labels)"
            )
        }
    }

    static func words(_ state: AlarmState) -> String {
        switch state {
        case .normal: "normal"
        case .unackActive: "active and not acknowledged"
        case .ackActive: "active and acknowledged"
        case .rtnUnack: "over and not acknowledged"
        case .latchedAck: "latched"
        case .shelved: "shelved"
        case .suppressed: "suppressed"
        case .outOfService: "out of service"
        }
    }

    static func said(_ comment: String?) -> String { comment.map { ": \"\($0)\"" } ?? "" }

    private func alarmName(_ label: LabelID) -> String { "\(machine): \(vocabulary.name(of: label))" }

    private func event(
        _ type: HealthEventType,
        _ record: AlarmRecord,
        confidence: Double? = nil,
        windows: [EventWindow] = [],
        time: Date,
        message: String,
        user: String? = nil,
        comment: String? = nil
    ) -> HealthEvent {
        HealthEvent(
            id: makeID(),
            type: type,
            machine: machine,
            label: record.label,
            confidence: confidence,
            consecutive: windows.isEmpty ? nil : windows.count,
            windows: windows,
            severity: record.severity,
            time: time,
            alarmID: record.alarmID,
            message: message,
            user: user,
            comment: comment
        )
    }
}
