// What operators can ask for over MQTT or from the command line.
import Foundation
import MachineHealth
import TrendLog

/// A command on an alarm, on a machine's normal sound, or on what it was taught.
public enum OperatorCommand: Hashable, Sendable {
    /// Acknowledge one alarm instance.
    case acknowledge(alarmID: UUID, user: String?, comment: String?)
    /// Shelve, reset, take out of service, and back.
    case alarm(AlarmCommand)
    /// Enrol normal sound.
    case enroll(EnrolmentOrder)
    /// Confirm a proposed enrolment.
    case confirmEnrolment(BankOrder)
    /// Take an enrolment back.
    case undoEnrolment(BankOrder)
    /// Teach a window.
    case teach(TeachingOrder)
    /// Take a decision about a window back.
    case undoTeaching(decisionID: UUID, user: String?)

    /// The longest command accepted, in bytes.
    public static let maximumBytes = 65_536

    /// The command's name.
    public var name: String {
        switch self {
        case .acknowledge: "acknowledge"
        case .alarm(let command): command.name
        case .enroll: "enroll"
        case .confirmEnrolment: "enroll_confirm"
        case .undoEnrolment: "enroll_undo"
        case .teach: "teach"
        case .undoTeaching: "teach_undo"
        }
    }

    /// The machine it names; nil where it leaves that to its topic or to an id.
    public var machine: String? {
        switch self {
        case .acknowledge, .undoTeaching: nil
        case .alarm(let command): command.machine
        case .enroll(let order): order.machine
        case .confirmEnrolment(let order), .undoEnrolment(let order): order.machine
        case .teach(let order): order.machine
        }
    }

    /// Whether it is about what the service learned, not about its alarms.
    public var isLearning: Bool {
        switch self {
        case .acknowledge, .alarm: false
        case .enroll, .confirmEnrolment, .undoEnrolment, .teach, .undoTeaching: true
        }
    }
}

/// A command that cannot be understood.
public struct OperatorCommandError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong with it and what to send instead.
    public let reason: String

    init(_ reason: String) {
        self.reason = reason
    }

    public var description: String { "command refused: \(reason)" }
}
