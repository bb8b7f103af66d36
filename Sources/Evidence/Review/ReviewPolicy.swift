// Which windows a person is asked about: few, and those that say most.
import Foundation
import MachineHealth
import TrendLog

/// How much is asked of people.
public struct ReviewBudget: Hashable, Sendable {
    /// At most one item per machine in each stretch of so many seconds (aligned to UTC).
    public var slotSeconds: Double
    /// At most so many open at a time; the oldest leave the list.
    public var maximumOpen: Int
    /// Windows quieter than this have nothing to hear.
    public var quietestDBFS: Double

    /// Makes a budget.
    public init(slotSeconds: Double = 600, maximumOpen: Int = 200, quietestDBFS: Double = -75) {
        self.slotSeconds = slotSeconds
        self.maximumOpen = maximumOpen
        self.quietestDBFS = quietestDBFS
    }

    /// The stretch of time a window falls into.
    func slot(of start: Date) -> (since: Date, until: Date) {
        let index = (start.timeIntervalSince1970 / slotSeconds).rounded(.down)
        return (
            Date(timeIntervalSince1970: index * slotSeconds), Date(timeIntervalSince1970: (index + 1) * slotSeconds)
        )
    }
}

/// A window that might be worth a person's time.
public struct ReviewCandidate: Hashable, Sendable {
    /// The machine.
    public let machine: String
    /// First sample's time.
    public let start: Date
    /// Time just after the last sample.
    public let end: Date
    /// Why.
    public let reason: ReviewReason
    /// The label in question.
    public let label: LabelID?
    /// Its confidence.
    public let confidence: Double?
    /// The threshold it missed.
    public let threshold: Double
    /// Probability per label.
    public let scores: [LabelScore]
    /// RMS level in dB relative to full scale.
    public let levelDBFS: Double
    /// The model that judged it.
    public let model: String
    /// Its distance from the machine's normal sound; nil where none is enrolled.
    public let novelty: Novelty?

    /// Makes a candidate.
    public init(
        machine: String,
        start: Date,
        end: Date,
        reason: ReviewReason,
        label: LabelID?,
        confidence: Double?,
        threshold: Double,
        scores: [LabelScore],
        levelDBFS: Double,
        model: String,
        novelty: Novelty? = nil
    ) {
        self.machine = machine
        self.start = start
        self.end = end
        self.reason = reason
        self.label = label
        self.confidence = confidence
        self.threshold = threshold
        self.scores = scores
        self.levelDBFS = levelDBFS
        self.model = model
        self.novelty = novelty
    }

    /// How little it says, 0 to 1: how far its confidence lay from the threshold, or for a novel window the machine's
    /// limit as a share of its novelty: the stranger, the smaller.
    var distance: Double {
        if reason == .novel, let novelty {
            return novelty.isNovel && novelty.score > 0 ? max(0, novelty.limit) / novelty.score : 1
        }
        return confidence.map { abs(threshold - $0) } ?? 1
    }
}

/// Pure: what is known goes in, what to do comes out.
enum ReviewPolicy {
    enum Choice: Hashable, Sendable {
        /// Put it on the list.
        case add
        /// Put it on the list in the place of another one, which leaves it.
        case replace(UUID)
        /// Leave it.
        case pass
    }

    /// A window takes the place of an undecided one only where it says much more: half the distance or a better reason.
    ///
    /// Without that, windows that come ever closer to the threshold would replace each other with every hop, each with a
    /// clip of its own.
    static let replacementShare = 0.5

    /// - Parameter slot: what the list has (or had) of the machine in the same stretch of time.
    static func choose(_ candidate: ReviewCandidate, slot: [ReviewItem], budget: ReviewBudget) -> Choice {
        guard candidate.levelDBFS > budget.quietestDBFS else { return .pass }
        let asked = slot.filter { $0.reason != .manual && $0.state != .expired }
        guard let present = asked.last else { return .add }
        guard asked.allSatisfy({ $0.state == .open }) else { return .pass }
        switch (candidate.reason, present.reason) {
        case (.nearMiss, .undetermined), (.nearMiss, .novel): return .replace(present.id)
        case (.undetermined, .nearMiss), (.novel, .nearMiss): return .pass
        default:
            return candidate.distance < present.distance * replacementShare ? .replace(present.id) : .pass
        }
    }
}
