// Which recordings of a machine teach and which test: never the same recording, and by time never a later one.
import Detection

/// How recordings are parted.
public enum SplitOrder: String, Sendable, Codable, CaseIterable {
    /// Within each label of a machine, earlier recordings teach and later ones test. Repetitions draw four of five
    /// recordings first, so that they differ.
    case time
    /// Recordings are drawn at random.
    case random
}

/// One parting of a machine's recordings; places among them.
public struct EvaluationSplit: Sendable, Hashable {
    /// Those that may be learned from, in the order of learning.
    public let teaching: [Int]
    /// Those that are judged.
    public let tested: [Int]
    /// Draws of examples start from here.
    public let seed: UInt64

    /// Parts recordings label by label.
    ///
    /// Three of five normal recordings teach and half of each other label, rounded down, at least one where there are two.
    /// What is neither normal nor a fault only tests.
    ///
    /// - Parameters:
    ///   - rows: the machine's recordings.
    ///   - repetition: another parting for each number; 0 by time uses every recording.
    public init(_ rows: [EvaluationManifest.Row], order: SplitOrder, repetition: Int, seed: UInt64) {
        var draws = SeededDraws(seed: seed, stream: UInt64(repetition))
        var (teaching, tested): ([Int], [Int]) = ([], [])
        var labels: [String] = []
        for row in rows where !labels.contains(row.label) { labels.append(row.label) }
        for label in labels {
            var places = rows.indices.filter { rows[$0].label == label }
            guard let condition = places.first.map({ rows[$0].condition }) else { continue }
            switch order {
            case .random: places = draws.shuffled(places)
            case .time:
                if repetition > 0, places.count > 2 {
                    let kept = max(2, places.count * 4 / 5)
                    places = Array(draws.shuffled(places).prefix(kept))
                }
                places.sort { (rows[$0].timeSeconds ?? 0, $0) < (rows[$1].timeSeconds ?? 0, $1) }
            }
            let share = Self.teachingShare(of: places.count, condition: condition)
            teaching += places.prefix(share)
            tested += places.dropFirst(share)
        }
        self.teaching = teaching
        self.tested = tested
        self.seed = draws.next()
    }

    static func teachingShare(of count: Int, condition: RecordingCondition) -> Int {
        guard count > 1, condition != .other else { return 0 }
        return condition == .normal ? max(1, count * 3 / 5) : count / 2
    }
}
