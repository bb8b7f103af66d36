// What an alarm remembers of its present course, for re-alarm and escalation.
import Foundation

/// The course of one alarm since its fault arose.
public struct AlarmCourse: Hashable, Sendable, Codable {
    /// Since when the fault is present; nil where it is not.
    public internal(set) var conditionSince: Date?
    /// What its severity rose to because it lasted.
    public internal(set) var escalatedTo: Severity?
    /// The severity it had when it was acknowledged.
    public internal(set) var acknowledgedAs: Severity?

    /// A course that has not begun.
    public init() {}
}
