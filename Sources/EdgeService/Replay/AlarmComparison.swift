// Which alarms of one replay are those of another: the same, earlier, later, gone or new. Pure.
import Dashboard
import Foundation

/// Pairs alarms of two lists.
enum AlarmComparison {
    /// Pairs alarms of a label whose faults were present at the same time, the first of each with the first of the other.
    ///
    /// - Parameters:
    ///   - before, after: each in the order they were raised.
    ///   - since: an alarm that stood before it on both sides is the same, whenever it was raised.
    ///   - slackSeconds: how far two may lie apart and still be one: a short alarm that comes a run later.
    ///   - toleranceSeconds: raises that differ by no more are the same.
    static func compare(
        before: [ReplayAlarm],
        after: [ReplayAlarm],
        since: Date,
        slackSeconds: Double,
        toleranceSeconds: Double = 0.5
    ) -> [ReplayAlarmChange] {
        var left = Set(after.indices)
        var changes: [ReplayAlarmChange] = []
        for old in before {
            let match = after.indices.first {
                left.contains($0) && after[$0].label == old.label && overlaps(old, after[$0], slack: slackSeconds)
            }
            guard let match else {
                changes.append(.init(label: old.label, change: .gone, shiftS: nil, before: old, after: nil))
                continue
            }
            left.remove(match)
            let new = after[match]
            let stoodBefore = old.raised < since && new.raised < since
            let shift = stoodBefore ? 0 : new.raised.timeIntervalSince(old.raised)
            let isSame = abs(shift) <= toleranceSeconds
            changes.append(
                .init(
                    label: old.label,
                    change: isSame ? .same : shift < 0 ? .earlier : .later,
                    shiftS: isSame ? 0 : shift,
                    before: old,
                    after: new
                )
            )
        }
        for index in left.sorted() {
            changes.append(
                .init(label: after[index].label, change: .new, shiftS: nil, before: nil, after: after[index])
            )
        }
        return changes.sorted { ($0.time, $0.label) < ($1.time, $1.label) }
    }

    private static func overlaps(_ one: ReplayAlarm, _ other: ReplayAlarm, slack: Double) -> Bool {
        let end = (one.cleared ?? .distantFuture, other.cleared ?? .distantFuture)
        return one.raised <= end.1.addingTimeInterval(slack) && other.raised <= end.0.addingTimeInterval(slack)
    }
}

extension ReplayAlarmChange {
    /// When the earlier of the two was raised.
    var time: Date { min(before?.raised ?? .distantFuture, after?.raised ?? .distantFuture) }
}
