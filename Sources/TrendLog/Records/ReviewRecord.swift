// A window a person shall hear, and what that person decided.
import Foundation
import MachineHealth

/// Why a window is put before a person.
public enum ReviewReason: String, Sendable, Codable, CaseIterable {
    /// No label reached the validity threshold.
    case undetermined
    /// A run came close to an alarm and broke.
    case nearMiss = "near_miss"
    /// It is unlike the machine's enrolled normal sound, and no fault label says how.
    case novel
    /// A person asked for it.
    case manual

    /// Place in the list: what a person asked for, then near misses, then the rest.
    var rank: Int {
        switch self {
        case .manual: 0
        case .nearMiss: 1
        case .undetermined, .novel: 2
        }
    }
}

/// Where a review item stands.
public enum ReviewState: String, Sendable, Codable, CaseIterable {
    case open
    case decided
    /// It left the list undecided, because better ones came. It may still be decided.
    case expired
}

/// A window under review.
public struct ReviewItem: Hashable, Sendable {
    /// Its id.
    public let id: UUID
    /// The machine.
    public let machine: String
    /// First sample's time.
    public let start: Date
    /// Time just after the last sample.
    public let end: Date
    /// Why.
    public let reason: ReviewReason
    /// The label in question: that of the near miss, else the one on top.
    public let label: LabelID?
    /// Its confidence.
    public let confidence: Double?
    /// Distance of the confidence from the threshold it missed; small is informative.
    public let distance: Double
    /// Probability per label in vocabulary order.
    public let scores: [LabelScore]
    /// The model that judged it.
    public let model: String
    /// When it was made.
    public let created: Date
    /// Where it stands.
    public let state: ReviewState

    /// Makes an item.
    public init(
        id: UUID = UUID(),
        machine: String,
        start: Date,
        end: Date,
        reason: ReviewReason,
        label: LabelID?,
        confidence: Double?,
        distance: Double,
        scores: [LabelScore],
        model: String,
        created: Date,
        state: ReviewState = .open
    ) {
        self.id = id
        self.machine = machine
        self.start = start
        self.end = end
        self.reason = reason
        self.label = label
        self.confidence = confidence
        self.distance = distance
        self.scores = scores
        self.model = model
        self.created = created
        self.state = state
    }
}

/// What a person can say about a window.
public enum ReviewVerdict: String, Sendable, Codable, CaseIterable {
    /// The label in question is right.
    case confirm
    /// The label in question is wrong.
    case reject
    /// Another label is right; it is named.
    case label
    /// The sound says nothing: speech, handling noise, silence.
    case unusable
}

/// A person's decision about a window.
public struct ReviewDecision: Hashable, Sendable {
    /// Its id.
    public let id: UUID
    /// The item.
    public let itemID: UUID
    /// The machine.
    public let machine: String
    /// The window's start.
    public let start: Date
    /// The window's end.
    public let end: Date
    /// What was said.
    public let verdict: ReviewVerdict
    /// The label it is about: confirmed, rejected or given.
    public let label: LabelID?
    /// Who.
    public let user: String
    /// What they say about it.
    public let comment: String?
    /// When.
    public let time: Date
    /// The model whose embedding it keeps.
    public let model: String?
    /// The window's embedding to Float16 precision; nil where it was gone already.
    public let embedding: [Float]?
    /// When it was taken back; nil while it stands.
    public let undone: Date?
    /// Who took it back.
    public let undoneBy: String?
}

/// Why a decision or its undoing was refused; nothing was changed.
public enum ReviewRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    case unknownItem(UUID)
    case alreadyDecided(UUID, by: String)
    case unknownDecision(UUID)
    case alreadyUndone(UUID, by: String)
    case noWindow(machine: String, at: Date)

    public var description: String {
        switch self {
        case .unknownItem(let id): "there is no review item \(id.text); list the open ones with GET /api/v1/review"
        case .alreadyDecided(let id, let user):
            "review item \(id.text) was decided by \(user); undo that decision before another is made"
        case .unknownDecision(let id): "there is no decision \(id.text)"
        case .alreadyUndone(let id, let user): "decision \(id.text) was taken back by \(user) before"
        case .noWindow(let machine, let time):
            "no window of \(machine) at \(RFC3339.text(time)) is stored; `ausculta trend show \(machine)` lists the newest"
        }
    }
}
