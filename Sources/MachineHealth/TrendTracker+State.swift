// What a trend tracker remembers between windows: small, Codable, enough to continue after a restart.
import Foundation

extension TrendTracker {
    /// Windows that were not taken, by reason.
    public struct IgnoredCounts: Hashable, Sendable, Codable {
        /// Started when an earlier window started.
        public internal(set) var duplicate = 0
        /// Started before a window already taken.
        public internal(set) var outOfOrder = 0
        /// Belonged to another machine, or had no length.
        public internal(set) var foreign = 0
        /// Taken as incomplete because the scores were empty, outside 0...1 or of labels the vocabulary lacks.
        public internal(set) var malformed = 0
    }

    /// The memory of a tracker.
    public struct State: Hashable, Sendable, Codable {
        /// The runs in progress, in the order they began; with rules of N in a row at most one of a fault, and one of change.
        public internal(set) var runs: [Run] = []
        /// The labels whose condition holds (faults, and `changed`), each with the clear windows in a row so far.
        public internal(set) var clearRuns: [LabelID: [EventWindow]] = [:]
        /// Start of the latest window taken, classified or not.
        public internal(set) var lastStart: Date?
        /// End of the latest classified window, in the time of the sound.
        public internal(set) var lastClassifiedEnd: Date?
        /// When the latest classified window was received; equal to its end where nobody said otherwise.
        public internal(set) var lastHeard: Date?
        /// Whether nothing has been classified for longer than the stale time (or ever).
        public internal(set) var isStale = true
        /// Windows not taken.
        public internal(set) var ignored = IgnoredCounts()
        /// Start of the latest window that seemed to come from the past, while it may be a clock set back.
        var backwardStart: Date?
        /// How many such windows came in rising order.
        var backwardCount = 0

        /// Nothing remembered.
        public init() {}

        private enum CodingKeys: String, CodingKey {
            case runs, clearRuns, lastStart, lastClassifiedEnd, lastHeard, isStale, ignored, backwardStart,
                backwardCount
        }

        /// How versions before rules of N of M stored the one run there could be.
        private enum EarlierKeys: String, CodingKey { case run }

        public init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            let earlier = try decoder.container(keyedBy: EarlierKeys.self)
            runs =
                try container.decodeIfPresent([Run].self, forKey: .runs)
                ?? earlier.decodeIfPresent(Run.self, forKey: .run).map { [$0] } ?? []
            clearRuns = try container.decode([LabelID: [EventWindow]].self, forKey: .clearRuns)
            lastStart = try container.decodeIfPresent(Date.self, forKey: .lastStart)
            lastClassifiedEnd = try container.decodeIfPresent(Date.self, forKey: .lastClassifiedEnd)
            lastHeard = try container.decodeIfPresent(Date.self, forKey: .lastHeard)
            isStale = try container.decode(Bool.self, forKey: .isStale)
            ignored = try container.decode(IgnoredCounts.self, forKey: .ignored)
            backwardStart = try container.decodeIfPresent(Date.self, forKey: .backwardStart)
            backwardCount = try container.decode(Int.self, forKey: .backwardCount)
        }
    }

    /// What a tracker found.
    public enum Finding: Hashable, Sendable {
        /// The fault's run is complete: its condition holds from now on.
        case raised(LabelID, windows: [EventWindow], confidence: Double)
        /// The fault was clear for long enough: its condition is over.
        case cleared(LabelID, windows: [EventWindow], confidence: Double)
        /// A run broke shortly before it was complete.
        case nearMiss(NearMiss)
    }

    /// What became of a window.
    public enum Outcome: Hashable, Sendable {
        /// Taken and judged.
        case taken(Verdict)
        /// Not taken: it was seen before, came too late or belongs elsewhere.
        case ignored
    }
}
