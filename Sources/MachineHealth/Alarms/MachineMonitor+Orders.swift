// What operators order about an alarm: acknowledge, reset, shelve, take out of service, and back.
import Foundation

/// How long an alarm is to lie on the shelf.
public enum AlarmShelving: Hashable, Sendable {
    /// So many seconds.
    case seconds(Double)
    /// Until its fault is over once, at most as long as the rule allows.
    case oneShot
}

/// What an operator wants of an alarm.
public enum AlarmOrder: Hashable, Sendable {
    case acknowledge
    /// Reset a latched alarm.
    case reset
    case shelve(AlarmShelving)
    case unshelve
    case outOfService
    case inService
}

/// Which alarm of a machine is meant.
public enum AlarmTarget: Hashable, Sendable {
    /// The instance, as its record, topic and events name it.
    case instance(UUID)
    /// The fault label, whether its alarm was ever raised or not.
    case label(LabelID)
}

extension MachineMonitor {
    /// Acknowledges one alarm instance.
    ///
    /// - Parameters:
    ///   - alarmID: the instance as its record, topic and events name it.
    ///   - user: who acknowledges.
    ///   - comment: what they say about it.
    ///   - time: when.
    /// - Returns: the actions, or why it was refused; a refusal changes nothing.
    public mutating func acknowledge(
        alarmID: UUID,
        user: String,
        comment: String? = nil,
        at time: Date
    ) -> Result<[HealthAction], AlarmOrderRefusal> {
        carryOut(.acknowledge, on: .instance(alarmID), user: user, comment: comment, at: time)
    }

    /// Carries out an order.
    ///
    /// - Returns: the actions, or why it was refused; a refusal changes nothing.
    public mutating func carryOut(
        _ order: AlarmOrder,
        on target: AlarmTarget,
        user: String,
        comment: String? = nil,
        at time: Date
    ) -> Result<[HealthAction], AlarmOrderRefusal> {
        guard let index = index(of: target) else { return .failure(unknown(target)) }
        let record = records[index]
        if case .label = target, order == .acknowledge || order == .reset {
            return .failure(refusal(.instanceNeeded, order, record))
        }
        var actions: [HealthAction]
        let step: AlarmStep
        switch order {
        case .acknowledge, .reset:
            let input: AlarmInput = order == .reset ? .reset : .acknowledge
            let isLatching = rules[record.label].alarm.isLatching
            let (taken, transition) = apply(at: index, time: time, user: user, comment: comment) {
                $0.take(input, isLatching: isLatching)
            }
            step = taken
            actions = transition.map { [.transition($0)] } ?? []
            if case .move(.ackActive, _) = step { records[index].course.acknowledgedAs = record.severity }
        case .shelve(let shelving):
            guard let until = shelfEnd(shelving, record.label, from: time) else {
                return .failure(refusal(.shelvingTime, order, record))
            }
            let shelf = AlarmShelf(
                since: time,
                until: until,
                isOneShot: shelving == .oneShot,
                user: user,
                comment: comment
            )
            (step, actions) = cover(.shelf(shelf), at: index, time: time, user: user, comment: comment)
        case .outOfService:
            let removal = ServiceRemoval(since: time, user: user, comment: comment)
            (step, actions) = cover(.outOfService(removal), at: index, time: time, user: user, comment: comment)
        case .unshelve, .inService:
            let kind: AlarmCover.Kind = order == .unshelve ? .shelf : .outOfService
            var trial = record.situation
            step = trial?.uncover(kind) ?? .stay
            actions = []
            if case .refuse = step { break }
            actions = uncover(kind, at: index, time: time, user: user, comment: comment)
        }
        if case .refuse(let reason) = step { return .failure(refusal(reason, order, record)) }
        switch order {
        case .acknowledge:
            actions.append(.event(acknowledgedEvent(records[index], user: user, comment: comment, time: time)))
        case .reset, .shelve, .outOfService:
            actions.append(.event(orderEvent(order, records[index], user: user, comment: comment, time: time)))
        case .unshelve, .inService: break
        }
        return .success(actions + settle([], next: health, at: time))
    }

    private mutating func cover(
        _ cover: AlarmCover,
        at index: Int,
        time: Date,
        user: String,
        comment: String?
    ) -> (AlarmStep, [HealthAction]) {
        let (step, transition) = apply(at: index, time: time, user: user, comment: comment) { $0.cover(cover) }
        return (step, transition.map { [.transition($0)] } ?? [])
    }

    private func shelfEnd(_ shelving: AlarmShelving, _ label: LabelID, from time: Date) -> Date? {
        let longest = rules[label].alarm.shelveMaxSeconds
        switch shelving {
        case .oneShot: return time.addingTimeInterval(longest)
        case .seconds(let seconds):
            guard seconds > 0, seconds <= longest else { return nil }
            return time.addingTimeInterval(seconds)
        }
    }

    private func index(of target: AlarmTarget) -> Int? {
        switch target {
        case .instance(let id): records.firstIndex { $0.alarmID == id }
        case .label(let label): records.firstIndex { $0.label == label }
        }
    }
}
