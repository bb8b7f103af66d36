// A run: the windows that count towards one alarm, with the places of those between them that did not.
import Foundation

extension TrendTracker {
    /// A run of windows that count towards one label.
    ///
    /// By a rule of N in a row one window that does not count ends it. By a rule of N of M it lives as long as its oldest
    /// counting window can still be one of N within M: up to M - N windows after it may fail to count.
    public struct Run: Hashable, Sendable, Codable {
        /// The label whose alarm they count for.
        public let label: LabelID
        /// How many count: all in a row so far, or those within the rule's last M windows.
        public internal(set) var count: Int
        /// The latest places, oldest first, at most as many as the rule looks at: a window that counts, or nil for another.
        private var places: [EventWindow?]
        /// The most windows it had at a time, kept by rules of N of M only.
        private var best: [EventWindow]?

        private enum CodingKeys: String, CodingKey {
            case label, count, best
            // Stored by earlier versions without gaps, under the same name.
            case places = "windows"
        }

        /// An empty run.
        init(label: LabelID) {
            self.label = label
            count = 0
            places = []
        }

        /// The latest windows that count, at most as many as the rule looks at.
        public var windows: [EventWindow] { places.compactMap { $0 } }

        /// Whether nothing is left of it.
        var isOver: Bool { places.isEmpty }

        /// The windows to tell of when it ends without an alarm, and how many there were.
        var telling: (windows: [EventWindow], count: Int) {
            best.map { ($0, $0.count) } ?? (windows, count)
        }

        /// Takes a window that counts.
        mutating func take(_ window: EventWindow, rule: TrendRule) {
            places.append(window)
            count += 1
            trim(rule)
            guard rule.isSpread else {
                best = nil
                return
            }
            if count >= best?.count ?? 0 { best = windows }
        }

        /// Takes a window that does not count.
        mutating func miss(rule: TrendRule) {
            places.append(nil)
            trim(rule)
        }

        private mutating func trim(_ rule: TrendRule) {
            var misses = places.count { $0 == nil }
            var dropsForMisses = false
            var start = 0
            while start < places.count {
                let isTooLong = places.count - start > rule.span
                let isHopeless = misses > rule.span - rule.consecutive
                guard isTooLong || isHopeless || places[start] == nil else { break }
                if places[start] == nil { misses -= 1 } else if !isTooLong { dropsForMisses = true }
                start += 1
            }
            places.removeFirst(start)
            if rule.isSpread || dropsForMisses { count = places.count { $0 != nil } }
        }
    }
}
