// What a replay found: which alarms would have come, moved or gone, and which windows would read differently.
import Foundation

/// The answer to a what-if question, as the API and the command line give it.
public struct ReplayDocument: Hashable, Sendable, Encodable {
    /// Start of the replayed range.
    public let since: Date
    /// Its end, exclusive.
    public let until: Date
    /// The model the windows were heard with.
    public let model: String
    /// What differs between the two configurations, in words; empty where nothing was to change.
    public let changes: [String]
    /// What the reader has to know: what could not be replayed.
    public let notes: [String]
    public let machines: [ReplayMachine]

    public init(
        since: Date,
        until: Date,
        model: String,
        changes: [String],
        notes: [String],
        machines: [ReplayMachine]
    ) {
        self.since = since
        self.until = until
        self.model = model
        self.changes = changes
        self.notes = notes
        self.machines = machines
    }
}

/// One machine's replay.
public struct ReplayMachine: Hashable, Sendable, Encodable {
    public let machine: String
    public let windows: ReplayWindows
    /// The present configuration's alarms against the changed one's.
    public let alarms: [ReplayAlarmChange]
    public let nearMisses: ReplayNearMisses
    /// What was stored while the service ran, against the same configuration replayed.
    public let stored: ReplayStored
    /// What is doubtful about the changed labels, by what was heard.
    public let advice: [LabelAdvice]

    public init(
        machine: String,
        windows: ReplayWindows,
        alarms: [ReplayAlarmChange],
        nearMisses: ReplayNearMisses,
        stored: ReplayStored,
        advice: [LabelAdvice]
    ) {
        self.machine = machine
        self.windows = windows
        self.alarms = alarms
        self.nearMisses = nearMisses
        self.stored = stored
        self.advice = advice
    }
}

/// How windows read before and after.
public struct ReplayWindows: Hashable, Sendable, Encodable {
    /// Windows from one verdict to another.
    public struct Move: Hashable, Sendable, Encodable {
        public let from: String
        public let to: String
        public let count: Int

        public init(from: String, to: String, count: Int) {
            self.from = from
            self.to = to
            self.count = count
        }
    }

    /// Windows judged both ways.
    public var judged = 0
    /// Windows with too much sound missing; they count for neither.
    public var incomplete = 0
    /// Windows heard with another model: left out.
    public var otherModel = 0
    /// Classified windows whose embedding is not stored any more: left out.
    public var withoutEmbedding = 0
    /// Windows that would read differently.
    public var changed = 0
    /// Windows per verdict as configured now.
    public var before: [String: Int] = [:]
    /// Windows per verdict with the change.
    public var after: [String: Int] = [:]
    /// Verdicts that change, the most frequent first.
    public var moves: [Move] = []

    public init() {}
}

/// An alarm as a replay raised it, or as it is stored.
public struct ReplayAlarm: Hashable, Sendable, Encodable {
    public let label: String
    /// End of the window that raised it; before the range where it stood already.
    public let raised: Date
    /// When its condition was over; null while it holds.
    @OrNull public var cleared: Date?

    public init(label: String, raised: Date, cleared: Date? = nil) {
        self.label = label
        self.raised = raised
        self.cleared = cleared
    }
}

/// One alarm before and after.
public struct ReplayAlarmChange: Hashable, Sendable, Encodable {
    /// What becomes of it.
    public enum Change: String, Hashable, Sendable, Encodable, CaseIterable {
        case same
        case earlier
        case later
        /// It would not come.
        case gone
        /// It would come and did not.
        case new
    }

    public let label: String
    public let change: Change
    /// Seconds from the earlier configuration's raise to the later one's; null where there is only one.
    @OrNull public var shiftS: Double?
    @OrNull public var before: ReplayAlarm?
    @OrNull public var after: ReplayAlarm?

    public init(label: String, change: Change, shiftS: Double?, before: ReplayAlarm?, after: ReplayAlarm?) {
        self.label = label
        self.change = change
        self.shiftS = shiftS
        self.before = before
        self.after = after
    }
}

/// Runs that nearly became alarms.
public struct ReplayNearMisses: Hashable, Sendable, Encodable {
    public struct Miss: Hashable, Sendable, Encodable {
        public let label: String
        public let time: Date
        public let text: String

        public init(label: String, time: Date, text: String) {
            self.label = label
            self.time = time
            self.text = text
        }
    }

    /// How many as configured now.
    public let before: Int
    /// How many with the change.
    public let after: Int
    /// The newest of those with the change.
    public let newest: [Miss]

    public init(before: Int, after: Int, newest: [Miss]) {
        self.before = before
        self.after = after
        self.newest = newest
    }
}

/// Where the stored history differs from the present configuration replayed.
public struct ReplayStored: Hashable, Sendable, Encodable {
    /// Windows stored with another verdict.
    public let windowsDiffering: Int
    /// Stored alarms against replayed ones, those that agree left out.
    public let alarmsDiffering: [ReplayAlarmChange]

    public init(windowsDiffering: Int, alarmsDiffering: [ReplayAlarmChange]) {
        self.windowsDiffering = windowsDiffering
        self.alarmsDiffering = alarmsDiffering
    }
}
