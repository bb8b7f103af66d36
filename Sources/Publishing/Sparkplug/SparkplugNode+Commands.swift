// What hosts write: rebirths for the session, everything else an operator's command like any other.
import Foundation
import MQTT
import MachineHealth
import SparkplugB

extension SparkplugNode {
    /// Commands are small; what is larger is none.
    private static let commandLimits = DecodingLimits(bytes: 65_536, metrics: 500)

    /// Takes an NCMD or DCMD; returns what the session has to do about it.
    func take(_ message: MQTTMessage) -> [SessionAction] {
        let payload: SparkplugPayload
        do {
            payload = try SparkplugPayload(decoding: message.payload, limits: Self.commandLimits)
        } catch {
            logger.warning("\(message.topic): \(error)")
            return []
        }
        switch SparkplugTopic(message.topic) {
        case .node(.nodeCommand, _, _): return takeNode(payload, topic: message.topic)
        case .device(.deviceCommand, _, _, let device): return take(payload, device: device, topic: message.topic)
        default: return []
        }
    }

    private func takeNode(_ payload: SparkplugPayload, topic: String) -> [SessionAction] {
        var actions: [SessionAction] = []
        for metric in payload.metrics {
            if metric.name == SparkplugMapping.rebirth {
                if metric.value?.isTrue == true { actions += session.rebirthRequested(atMS: uptimeMS) }
            } else {
                logger.warning("\(topic): \"\(metric.name ?? "")\" cannot be written; \(SparkplugMapping.rebirth) can")
            }
        }
        return actions
    }

    private func take(_ payload: SparkplugPayload, device: String, topic: String) -> [SessionAction] {
        guard let picture = pictures[device] else {
            logger.warning("\(topic): there is no machine \"\(device)\" here")
            return []
        }
        var actions: [SessionAction] = []
        for metric in payload.metrics {
            let name = metric.name ?? ""
            if name == SparkplugMapping.deviceRebirth {
                if metric.value?.isTrue == true { actions += session.devices(liveDevices, redefined: [device]) }
            } else if let (label, what) = SparkplugMapping.writable(name) {
                do throws(OperatorCommandError) {
                    let sent = metric.timestampMS ?? payload.timestampMS
                    let order = try HostOrder(what, label: label, value: metric.value, sentMS: sent)
                        .command(picture, user: user, comment: "DCMD \(name)")
                    carryOut(order, device: device, name: name)
                } catch {
                    logger.warning("\(topic): \(name): \(error)")
                    inbox.put(.result(machine: device, text: "\(name): refused: \(error.reason)"))
                }
            } else {
                logger.warning("\(topic): \"\(name)\" cannot be written")
                inbox.put(.result(machine: device, text: "\(name.prefix(100)): refused: it cannot be written"))
            }
        }
        return actions
    }

    /// Who an order is by, as the audit trail has it.
    private var user: String { settings.primaryHost.map { "sparkplug:\($0)" } ?? "sparkplug" }

    private func carryOut(_ order: OperatorCommand, device: String, name: String) {
        command(order, device) { [inbox, logger] result in
            logger.notice("DCMD \(name) of \(device): \(result.summary)")
            inbox.put(.result(machine: device, text: "\(name): \(result.summary)"))
        }
    }
}

/// One writable metric as a host wrote it.
struct HostOrder {
    let label: LabelID
    let what: SparkplugMapping.Writable
    let value: MetricValue?
    /// The host's time, milliseconds since 1970.
    let sentMS: UInt64?

    init(_ what: SparkplugMapping.Writable, label: LabelID, value: MetricValue?, sentMS: UInt64?) {
        self.what = what
        self.label = label
        self.value = value
        self.sentMS = sentMS
    }

    private struct Wire: Encodable {
        var command: String
        var alarmID: String
        var user: String
        var comment: String
        var seconds: Int64?

        enum CodingKeys: String, CodingKey {
            case command, user, comment, seconds
            case alarmID = "alarm_id"
        }
    }

    /// The operator's command it amounts to.
    ///
    /// - Throws: where the value is none for the metric, or the alarm is not the one the host saw.
    func command(
        _ picture: MachinePicture,
        user: String,
        comment: String
    ) throws(OperatorCommandError) -> OperatorCommand {
        guard let record = picture.records.first(where: { $0.label == label }) else {
            throw OperatorCommandError("\(picture.machine) has no fault label \"\(label)\"")
        }
        switch what {
        case .acknowledge:
            return .acknowledge(alarmID: try acknowledged(record), user: user, comment: comment)
        case .shelve:
            guard let seconds = value?.wholeNumber, seconds >= 0 else {
                throw OperatorCommandError("write the seconds as a whole number, 0 to end shelving")
            }
            return try order(
                seconds == 0 ? "unshelve" : "shelve",
                record,
                user: user,
                comment: comment,
                seconds: seconds == 0 ? nil : seconds
            )
        case .reset:
            guard value?.isTrue == true else { throw OperatorCommandError("write true to reset") }
            return try order("reset", record, user: user, comment: comment)
        }
    }

    /// The instance meant: by its id, or with `true` the one that stands, if it stood when the host wrote.
    private func acknowledged(_ record: AlarmRecord) throws(OperatorCommandError) -> UUID {
        if let text = value?.text {
            guard let id = UUID(uuidString: text) else {
                throw OperatorCommandError("\"\(text.prefix(80))\" is no alarm id; write what \(label)'s Id reads")
            }
            return id
        }
        guard value?.isTrue == true else {
            throw OperatorCommandError("write the text of Alarm/\(label)/Id, or true")
        }
        guard let id = record.alarmID else { throw OperatorCommandError("\(label) has not been raised yet") }
        guard let sentMS, sentMS >= record.since.sparkplugMS else {
            throw OperatorCommandError(
                "the alarm is newer than the command; look again, or write the text of Alarm/\(label)/Id"
            )
        }
        return id
    }

    /// By way of the command's own JSON, so that a host is told what an operator would be.
    private func order(
        _ name: String,
        _ record: AlarmRecord,
        user: String,
        comment: String,
        seconds: Int64? = nil
    ) throws(OperatorCommandError) -> OperatorCommand {
        guard let id = record.alarmID else { throw OperatorCommandError("\(label) has not been raised yet") }
        let wire = Wire(command: name, alarmID: id.text, user: user, comment: comment, seconds: seconds)
        guard let json = try? PayloadCoder.encode(wire) else { throw OperatorCommandError("it cannot be written down") }
        return try OperatorCommand(json: json)
    }
}
