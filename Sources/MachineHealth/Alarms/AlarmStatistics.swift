// How well an alarm system does: rate, floods, chattering and long-standing alarms (ISA-18.2 / IEC 62682, clause 16).
import Foundation

/// Key figures of alarms over a stretch of time, computed from their steps.
public struct AlarmStatistics: Hashable, Sendable {
    /// Alarms within ten minutes that make a flood.
    public static let floodAlarms = 10
    /// Over which they are counted.
    public static let floodSeconds = 600.0
    /// Steps of one alarm within a minute that make it chatter.
    public static let chatterSteps = 3
    /// Over which they are counted.
    public static let chatterSeconds = 60.0
    /// After which an alarm that is still active stands too long.
    public static let standingSeconds = 86_400.0
    /// The most frequent alarms told.
    public static let frequentCount = 10

    /// One alarm of one machine.
    public struct Source: Hashable, Sendable, Comparable {
        /// The machine.
        public let machine: String
        /// The fault label.
        public let label: LabelID

        public static func < (left: Source, right: Source) -> Bool {
            (left.machine, left.label) < (right.machine, right.label)
        }
    }

    /// A stretch with too many alarms for anybody to follow.
    public struct Flood: Hashable, Sendable {
        /// Its first alarm.
        public let start: Date
        /// Its last one.
        public let end: Date
        /// Alarms in it.
        public let count: Int
    }

    /// An alarm that comes and goes too fast.
    public struct Chatter: Hashable, Sendable {
        /// Which.
        public let source: Source
        /// Its steps within the worst minute.
        public let mostPerMinute: Int
        /// When that minute began.
        public let at: Date
    }

    /// An alarm and how often it asked.
    public struct Frequent: Hashable, Sendable {
        /// Which.
        public let source: Source
        /// How often.
        public let count: Int
    }

    /// Start of the stretch.
    public let since: Date
    /// Its end.
    public let until: Date
    /// How often an alarm asked for attention.
    public let count: Int
    /// The same per hour.
    public let perHour: Double
    /// The most within any one hour.
    public let mostPerHour: Int
    /// Floods, oldest first.
    public let floods: [Flood]
    /// Chattering alarms, the worst first.
    public let chattering: [Chatter]
    /// The alarms that asked most often.
    public let frequent: [Frequent]
    /// Half of the acknowledgements took longer, in seconds; nil where there were none.
    public let acknowledgeMedianSeconds: Double?
    /// Alarms active for more than a day at the end, the oldest first.
    public let standing: [AlarmRecord]
    /// How many alarms are in each state at the end; states without any are absent.
    public let states: [AlarmState: Int]

    /// Computes the figures.
    ///
    /// - Parameters:
    ///   - steps: steps of alarms in the stretch, in any order; others are left out.
    ///   - records: every alarm as it stands at the end.
    public init(steps: [AlarmTransition], records: [AlarmRecord], since: Date, until: Date) {
        let steps = steps.filter { $0.time >= since && $0.time < until }.sorted { $0.time < $1.time }
        let asking = steps.filter { $0.to == .unackActive }
        let times = asking.map(\.time)
        self.since = since
        self.until = until
        count = asking.count
        let hours = until.timeIntervalSince(since) / 3_600
        perHour = hours > 0 ? Double(asking.count) / hours : 0
        mostPerHour = Self.most(within: 3_600, times).count
        floods = Self.floods(times)
        chattering = Self.chattering(steps)
        let counts = Dictionary(grouping: asking) { Source(machine: $0.machine, label: $0.label) }
        frequent = Array(
            counts.map { Frequent(source: $0.key, count: $0.value.count) }
                .sorted { ($1.count, $0.source) < ($0.count, $1.source) }.prefix(Self.frequentCount)
        )
        acknowledgeMedianSeconds = Self.acknowledgeMedian(steps)
        standing = records.filter {
            $0.state.isActive && until.timeIntervalSince($0.course.conditionSince ?? $0.since) > Self.standingSeconds
        }.sorted { ($0.course.conditionSince ?? $0.since) < ($1.course.conditionSince ?? $1.since) }
        states = Dictionary(records.map { ($0.state, 1) }, uniquingKeysWith: +)
    }

    /// The most times within a length, and when that began; times in rising order.
    static func most(within seconds: Double, _ times: [Date]) -> (count: Int, start: Date?) {
        var best = (count: 0, start: Date?.none)
        var first = 0
        for last in times.indices {
            while times[last].timeIntervalSince(times[first]) > seconds { first += 1 }
            if last - first + 1 > best.count { best = (last - first + 1, times[first]) }
        }
        return best
    }

    private static func floods(_ times: [Date]) -> [Flood] {
        var floods: [(first: Int, last: Int)] = []
        for last in times.indices.dropFirst(floodAlarms - 1) {
            let first = last - floodAlarms + 1
            guard times[last].timeIntervalSince(times[first]) <= floodSeconds else { continue }
            if let before = floods.last, first <= before.last {
                floods[floods.count - 1].last = last
            } else {
                floods.append((first, last))
            }
        }
        return floods.map { Flood(start: times[$0.first], end: times[$0.last], count: $0.last - $0.first + 1) }
    }

    /// Steps that the fault itself made, not an operator and not what hides an alarm.
    private static func chattering(_ steps: [AlarmTransition]) -> [Chatter] {
        let own = steps.filter { $0.user == nil && !$0.from.isHidden && !$0.to.isHidden }
        return Dictionary(grouping: own) { Source(machine: $0.machine, label: $0.label) }.compactMap { source, steps in
            let (count, start) = most(within: chatterSeconds, steps.map(\.time))
            guard count >= chatterSteps, let start else { return nil }
            return Chatter(source: source, mostPerMinute: count, at: start)
        }.sorted { ($1.mostPerMinute, $0.source) < ($0.mostPerMinute, $1.source) }
    }

    private static func acknowledgeMedian(_ steps: [AlarmTransition]) -> Double? {
        var raised: [UUID: Date] = [:]
        var waits: [Double] = []
        for step in steps {
            if step.to == .unackActive, raised[step.alarmID] == nil { raised[step.alarmID] = step.time }
            let isAcknowledged = step.to == .ackActive && step.from == .unackActive || step.from == .rtnUnack
            guard step.user != nil, isAcknowledged, !step.to.isHidden, let begun = raised[step.alarmID] else {
                continue
            }
            waits.append(step.time.timeIntervalSince(begun))
        }
        guard !waits.isEmpty else { return nil }
        waits.sort()
        let middle = waits.count / 2
        return waits.count.isMultiple(of: 2) ? (waits[middle - 1] + waits[middle]) / 2 : waits[middle]
    }
}
