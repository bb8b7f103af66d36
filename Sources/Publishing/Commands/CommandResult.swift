// What became of a command: JSON for the response topic and for the command line.
import Foundation
import MQTT
import TrendLog

/// The answer to a command.
public struct CommandResult: Hashable, Sendable, Codable {
    /// Whether it was carried out.
    public var ok: Bool
    /// The command's name; null where it could not be read.
    public var command: String?
    /// The alarm instance it named.
    public var alarmID: String?
    /// The machine of that alarm.
    public var machine: String?
    /// What was done, in words; null where it failed.
    public var message: String?
    /// Why it was not done; null where it was.
    public var error: String?
    /// What became of an enrolment; absent for other commands.
    public var enrolment: EnrolmentAnswer?
    /// What a taught window changed; absent for other commands.
    public var teaching: TeachingAnswer?

    enum CodingKeys: String, CodingKey {
        case ok, command, machine, message, error, enrolment, teaching
        case alarmID = "alarm_id"
    }

    private init(
        ok: Bool,
        command: OperatorCommand?,
        machine: String?,
        message: String?,
        error: String?
    ) {
        self.ok = ok
        self.command = command?.name
        switch command {
        case .acknowledge(let id, _, _): alarmID = id.text
        case .alarm(let command): alarmID = command.alarmID?.text
        default: break
        }
        self.machine = machine
        self.message = message
        self.error = error
    }

    /// It was done.
    public static func done(_ command: OperatorCommand, machine: String, message: String) -> CommandResult {
        CommandResult(ok: true, command: command, machine: machine, message: message, error: nil)
    }

    /// It was not done.
    public static func refused(_ command: OperatorCommand?, machine: String? = nil, error: String) -> CommandResult {
        CommandResult(ok: false, command: command, machine: machine, message: nil, error: error)
    }

    /// With what became of an enrolment.
    public func adding(_ enrolment: EnrolmentAnswer?) -> CommandResult {
        var result = self
        result.enrolment = enrolment
        return result
    }

    /// With what a taught window changed.
    public func adding(_ teaching: TeachingAnswer?) -> CommandResult {
        var result = self
        result.teaching = teaching
        return result
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(ok, forKey: .ok)
        try container.encode(command, forKey: .command)
        try container.encode(alarmID, forKey: .alarmID)
        try container.encode(machine, forKey: .machine)
        try container.encode(message, forKey: .message)
        try container.encode(error, forKey: .error)
        try container.encodeIfPresent(enrolment, forKey: .enrolment)
        try container.encodeIfPresent(teaching, forKey: .teaching)
    }

    /// One line for people.
    public var summary: String {
        if ok {
            let place = machine.map { "\($0): " } ?? ""
            return "\(place)\(message ?? "done")"
        }
        return "refused: \(error ?? "no reason given")"
    }

    /// Its JSON.
    public func json() throws -> Data { try PayloadCoder.encode(self) }

    /// The message that answers a command received over MQTT.
    ///
    /// It goes to the sender's MQTT 5 response topic with its correlation data, else to `…/cmd/result`. A response topic
    /// that is itself a command topic is not used: the answer would be taken for a command.
    public func reply(to message: MQTTMessage, machine: String, topics: TopicScheme) throws -> OutgoingMessage {
        var topic = topics.commandResult(machine: machine)
        if let wanted = message.responseTopic, topics.machine(ofCommandTopic: wanted) == nil,
            (try? TopicName.validate(wanted)) != nil
        {
            topic = wanted
        }
        return OutgoingMessage(topic: topic, payload: try json(), correlationData: message.correlationData)
    }
}
