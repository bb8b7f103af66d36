// What operators can ask for over MQTT or from the command line: JSON in, a typed command out.
import Foundation
import MachineHealth
import TrendLog

/// A command on an alarm.
public enum OperatorCommand: Hashable, Sendable {
    /// Acknowledge one alarm instance.
    case acknowledge(alarmID: UUID, user: String?, comment: String?)

    /// The longest command accepted, in bytes.
    public static let maximumBytes = 65_536
    private static let maximumUserLength = 200
    private static let maximumCommentLength = 4_000
    private static let later = ["shelve", "unshelve", "reset", "suppress", "out_of_service"]

    private struct Wire: Codable {
        var command: String?
        var alarmID: String?
        var user: String?
        var comment: String?

        enum CodingKeys: String, CodingKey {
            case command, user, comment
            case alarmID = "alarm_id"
        }
    }

    /// Reads a command such as `{"command":"acknowledge","alarm_id":"…","user":"…","comment":"…"}`.
    ///
    /// - Throws: `OperatorCommandError` saying what is wrong with it.
    public init(json: Data) throws(OperatorCommandError) {
        guard json.count <= Self.maximumBytes else {
            throw OperatorCommandError(
                "it has \(json.count) bytes, at most \(Self.maximumBytes) are accepted"
            )
        }
        let wire: Wire
        do {
            wire = try JSONDecoder().decode(Wire.self, from: json)
        } catch DecodingError.typeMismatch(_, let context) {
            let key = context.codingPath.last?.stringValue
            throw OperatorCommandError(
                key.map { "\"\($0)\" is not a text" } ?? "it is not a JSON object such as \(Self.example)"
            )
        } catch {
            throw OperatorCommandError("it is not a JSON object such as \(Self.example)")
        }
        guard let command = wire.command else {
            throw OperatorCommandError("it has no \"command\"; send \(Self.example)")
        }
        guard command == "acknowledge" else {
            throw OperatorCommandError(
                Self.later.contains(command)
                    ? "\"\(command)\" is not available in this version; it knows \"acknowledge\""
                    : "there is no command \"\(command)\"; this version knows \"acknowledge\""
            )
        }
        guard let text = wire.alarmID else {
            throw OperatorCommandError("it has no \"alarm_id\"; take it from the fault topic or `ausculta alarms list`")
        }
        guard let alarmID = UUID(uuidString: text) else {
            throw OperatorCommandError("\"alarm_id\" is \"\(text.prefix(80))\", which is no UUID")
        }
        self = .acknowledge(
            alarmID: alarmID,
            user: try Self.checked(wire.user, "user", maximumLength: Self.maximumUserLength),
            comment: try Self.checked(wire.comment, "comment", maximumLength: Self.maximumCommentLength)
        )
    }

    /// The command's JSON.
    public func json() throws -> Data {
        switch self {
        case .acknowledge(let alarmID, let user, let comment):
            try PayloadCoder.encode(
                Wire(command: "acknowledge", alarmID: alarmID.text, user: user, comment: comment)
            )
        }
    }

    /// The command's name.
    public var name: String {
        switch self {
        case .acknowledge: "acknowledge"
        }
    }

    private static let example = #"{"command":"acknowledge","alarm_id":"UUID","user":"NAME","comment":"TEXT"}"#

    private static func checked(
        _ text: String?,
        _ key: String,
        maximumLength: Int
    ) throws(OperatorCommandError) -> String? {
        guard let text = text?.trimmingCharacters(in: .whitespacesAndNewlines), !text.isEmpty else { return nil }
        guard text.count <= maximumLength else {
            throw OperatorCommandError("\"\(key)\" has \(text.count) characters, at most \(maximumLength) are accepted")
        }
        let isControl = { (scalar: Unicode.Scalar) in scalar.value < 0x20 && scalar != "\n" || scalar.value == 0x7F }
        guard !text.unicodeScalars.contains(where: isControl) else {
            throw OperatorCommandError("\"\(key)\" holds control characters")
        }
        return text
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
