// The what-if desk as the dashboard sees it: a machine, a stretch of time and a change in, a comparison out.
import Foundation

/// Judges stored windows anew, beside the running service and behind it.
public protocol ReplayDesk: Sendable {
    /// Replays one machine. Cancelling the task ends the work within a page of windows.
    ///
    /// - Throws: ``ReplayRefusal``, `CancellationError`.
    func replay(_ question: ReplayQuestion) async throws -> ReplayDocument
}

/// What to replay.
public struct ReplayQuestion: Hashable, Sendable {
    /// The labels to try.
    public enum Labels: Hashable, Sendable {
        /// Phrases; kinds follow from what the machine has already, and from the words.
        case phrases([String])
        /// A list of labels as the configuration writes them, in YAML or JSON.
        case described(String)
    }

    public var machine: String
    public var since: Date
    public var until: Date
    /// Keys of a rule as the configuration writes them, in YAML or JSON; nil leaves the rules as they are.
    public var rule: String?
    /// The labels to try; nil leaves them as they are.
    public var labels: Labels?

    public init(machine: String, since: Date, until: Date, rule: String? = nil, labels: Labels? = nil) {
        self.machine = machine
        self.since = since
        self.until = until
        self.rule = rule
        self.labels = labels
    }
}

/// A question that cannot be answered, and what to do.
public enum ReplayRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// The machine is not configured, or has no windows.
    case unknownMachine(String)
    /// A rule or labels that cannot be used.
    case badChange(String)
    /// It took longer than is allowed beside a running service.
    case tooSlow(limitSeconds: Double)

    public var description: String {
        switch self {
        case .unknownMachine(let text), .badChange(let text): text
        case .tooSlow(let seconds):
            "the replay took more than \(Int(seconds)) s; ask for a shorter time, or use `ausculta replay`"
        }
    }
}
