// Commands as JSON: every key checked, every refusal with the reason.
import Foundation
import MachineHealth
import TrendLog

extension OperatorCommand {
    private static let maximumUserLength = 200
    private static let maximumCommentLength = 4_000
    private static let maximumNameLength = 64
    private static let known = [
        "acknowledge", "shelve", "unshelve", "reset", "out_of_service", "in_service", "enroll", "enroll_confirm",
        "enroll_undo", "teach", "teach_undo",
    ]
    private static let example = #"{"command":"acknowledge","alarm_id":"UUID","user":"NAME","comment":"TEXT"}"#

    private struct Wire: Codable {
        var command: String?
        var alarmID: String?
        var user: String?
        var comment: String?
        var machine: String?
        var since: String?
        var until: String?
        var state: String?
        var version: Int?
        var start: String?
        var label: String?
        var reject: String?
        var decisionID: String?
        var seconds: Double?
        var oneShot: Bool?

        enum CodingKeys: String, CodingKey {
            case command, user, comment, machine, since, until, state, version, start, label, reject, seconds
            case oneShot = "one_shot"
            case alarmID = "alarm_id"
            case decisionID = "decision_id"
        }
    }

    /// Reads a command such as `{"command":"acknowledge","alarm_id":"…","user":"…","comment":"…"}`.
    ///
    /// - Throws: `OperatorCommandError` saying what is wrong with it.
    public init(json: Data) throws(OperatorCommandError) {
        let wire = try Self.wire(json)
        guard let command = wire.command else {
            throw OperatorCommandError("it has no \"command\"; send \(Self.example)")
        }
        let user = try Self.checked(wire.user, "user", maximumLength: Self.maximumUserLength)
        let comment = try Self.checked(wire.comment, "comment", maximumLength: Self.maximumCommentLength)
        let machine = try Self.checked(wire.machine, "machine", maximumLength: Self.maximumNameLength)
        switch command {
        case "acknowledge":
            let id = try Self.id(
                wire.alarmID,
                "alarm_id",
                remedy: "take it from the fault topic or `ausculta alarms list`"
            )
            self = .acknowledge(alarmID: id, user: user, comment: comment)
        case "shelve", "unshelve", "reset", "out_of_service", "in_service":
            self = .alarm(
                AlarmCommand(
                    try Self.order(command, wire),
                    machine: machine,
                    target: try Self.target(wire),
                    user: user,
                    comment: comment
                )
            )
        case "suppress", "unsuppress":
            throw OperatorCommandError(
                "alarms are suppressed by the machine's context alone (docs/alarms.md); to hide one by hand, use "
                    + "\"shelve\" or \"out_of_service\""
            )
        case "enroll":
            let since = try Self.time(wire.since, "since")
            guard let since else {
                throw OperatorCommandError(
                    "it has no \"since\"; say from when on the machine sounded normal, such as "
                        + #"{"command":"enroll","since":"2026-11-22T10:00:00Z","until":"2026-11-22T10:30:00Z"}"#
                )
            }
            let until = try Self.time(wire.until, "until")
            if let until, until <= since { throw OperatorCommandError("\"until\" is not after \"since\"") }
            self = .enroll(
                EnrolmentOrder(
                    machine: machine,
                    since: since,
                    until: until,
                    state: try Self.checked(wire.state, "state", maximumLength: Self.maximumNameLength),
                    user: user,
                    comment: comment
                )
            )
        case "enroll_confirm":
            self = .confirmEnrolment(BankOrder(machine: machine, version: wire.version, user: user))
        case "enroll_undo":
            self = .undoEnrolment(BankOrder(machine: machine, version: wire.version, user: user))
        case "teach": self = .teach(try Self.teaching(wire, machine: machine, user: user, comment: comment))
        case "teach_undo":
            let id = try Self.id(
                wire.decisionID,
                "decision_id",
                remedy: "take it from the answer to \"teach\" or `ausculta teach list`"
            )
            self = .undoTeaching(decisionID: id, user: user)
        default:
            let names = Self.known.map { "\"\($0)\"" }.joined(separator: ", ")
            throw OperatorCommandError("there is no command \"\(command.prefix(80))\"; this version knows \(names)")
        }
    }

    /// The command's JSON.
    public func json() throws -> Data {
        var wire = Wire(command: name)
        switch self {
        case .acknowledge(let alarmID, let user, let comment):
            (wire.alarmID, wire.user, wire.comment) = (alarmID.text, user, comment)
        case .alarm(let order):
            (wire.machine, wire.alarmID, wire.label) = (order.machine, order.alarmID?.text, order.label?.rawValue)
            (wire.user, wire.comment) = (order.user, order.comment)
            switch order.order {
            case .shelve(.seconds(let seconds)): wire.seconds = seconds
            case .shelve(.oneShot): wire.oneShot = true
            default: break
            }
        case .enroll(let order):
            (wire.machine, wire.state) = (order.machine, order.state)
            (wire.since, wire.until) = (RFC3339.text(order.since), order.until.map(RFC3339.text))
            (wire.user, wire.comment) = (order.user, order.comment)
        case .confirmEnrolment(let order), .undoEnrolment(let order):
            (wire.machine, wire.version, wire.user) = (order.machine, order.version, order.user)
        case .teach(let order):
            (wire.machine, wire.start) = (order.machine, RFC3339.text(order.time))
            if order.isRejection { wire.reject = order.label } else { wire.label = order.label }
            (wire.user, wire.comment) = (order.user, order.comment)
        case .undoTeaching(let id, let user):
            (wire.decisionID, wire.user) = (id.text, user)
        }
        return try PayloadCoder.encode(wire)
    }

    private static func wire(_ json: Data) throws(OperatorCommandError) -> Wire {
        guard json.count <= maximumBytes else {
            throw OperatorCommandError("it has \(json.count) bytes, at most \(maximumBytes) are accepted")
        }
        do {
            return try JSONDecoder().decode(Wire.self, from: json)
        } catch DecodingError.typeMismatch(let type, let context) {
            guard let key = context.codingPath.last?.stringValue else {
                throw OperatorCommandError("it is not a JSON object such as \(example)")
            }
            let expected =
                type == Int.self
                ? "a whole number" : type == Double.self ? "a number" : type == Bool.self ? "true or false" : "a text"
            throw OperatorCommandError("\"\(key)\" is not \(expected)")
        } catch {
            throw OperatorCommandError("it is not a JSON object such as \(example)")
        }
    }

    private static func order(_ command: String, _ wire: Wire) throws(OperatorCommandError) -> AlarmOrder {
        switch command {
        case "unshelve": return .unshelve
        case "reset": return .reset
        case "out_of_service": return .outOfService
        case "in_service": return .inService
        default: break
        }
        switch (wire.seconds, wire.oneShot ?? false) {
        case (nil, true): return .shelve(.oneShot)
        case (let seconds?, false):
            guard seconds.isFinite, seconds > 0 else {
                throw OperatorCommandError("\"seconds\" has to be above 0")
            }
            return .shelve(.seconds(seconds))
        default:
            throw OperatorCommandError(
                "it has to have one of \"seconds\" (how long) and \"one_shot\" (true: until the fault is over once)"
            )
        }
    }

    private static func target(_ wire: Wire) throws(OperatorCommandError) -> AlarmTarget {
        let label = try checked(wire.label, "label", maximumLength: maximumNameLength)
        guard wire.alarmID == nil || label == nil else {
            throw OperatorCommandError("it names the alarm twice; send \"alarm_id\" or \"label\", not both")
        }
        if let label { return .label(LabelID(label)) }
        return .instance(try id(wire.alarmID, "alarm_id", remedy: "send it, or the \"label\" of the machine's fault"))
    }

    private static func teaching(
        _ wire: Wire,
        machine: String?,
        user: String?,
        comment: String?
    ) throws(OperatorCommandError) -> TeachingOrder {
        let label = try checked(wire.label, "label", maximumLength: maximumNameLength)
        let reject = try checked(wire.reject, "reject", maximumLength: maximumNameLength)
        guard let time = try time(wire.start, "start") else {
            throw OperatorCommandError("it has no \"start\"; name the window by the start on its window topic")
        }
        guard let named = label ?? reject, (label == nil) != (reject == nil) else {
            throw OperatorCommandError(
                "it has to have one of \"label\" (what the window is) and \"reject\" (what it is not)"
            )
        }
        return TeachingOrder(
            machine: machine,
            time: time,
            label: named,
            isRejection: label == nil,
            user: user,
            comment: comment
        )
    }

    private static func id(_ text: String?, _ key: String, remedy: String) throws(OperatorCommandError) -> UUID {
        guard let text else { throw OperatorCommandError("it has no \"\(key)\"; \(remedy)") }
        guard let id = UUID(uuidString: text) else {
            throw OperatorCommandError("\"\(key)\" is \"\(text.prefix(80))\", which is no UUID")
        }
        return id
    }

    private static func time(_ text: String?, _ key: String) throws(OperatorCommandError) -> Date? {
        guard let text, !text.isEmpty else { return nil }
        if let date = RFC3339.date(text) { return date }
        throw OperatorCommandError(
            "\"\(key)\" is \"\(text.prefix(80))\", which is no RFC 3339 time such as 2026-11-22T10:00:00Z"
        )
    }

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
