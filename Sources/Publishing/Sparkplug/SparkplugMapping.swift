// From a machine to Sparkplug metrics: names, types and qualities. docs/sparkplug.md has the table.
import Foundation
import MachineHealth
import SparkplugB
import TrendLog

/// Makes metrics of machines and events. Pure.
enum SparkplugMapping {
    static let rebirth = "Node Control/Rebirth"
    static let deviceRebirth = "Device Control/Rebirth"
    static let birthDeath = "bdSeq"
    static let commandResult = "Command/Result"

    /// What a host may write on an alarm.
    enum Writable: String, CaseIterable {
        case acknowledge = "Ack"
        case shelve = "ShelveSeconds"
        case reset = "Reset"
    }

    /// Every metric of a machine, as its birth lists them.
    static func device(_ picture: MachinePicture) -> [Metric] {
        let health = picture.health
        var list = MetricList(time: picture.time, quality: quality(health.quality))
        list.add("Health/State", .string, .string(health.grade.rawValue))
        list.add("Health/Score", .int32, health.health.map { .int32(Int32(clamping: $0)) })
        list.add("Health/TopLabel", .string, health.topLabel.map { .string($0.rawValue) })
        list.add("Health/Confidence", .double, health.topConfidence.map { .double(PayloadCoder.share($0)) })
        list.add("Health/Novelty", .double, health.novelty.flatMap { finite($0.score) })
        for record in picture.records { add(record, to: &list) }
        list.quality = .good
        list.add("Stream/Online", .boolean, .boolean(health.isOnline))
        list.add("Stream/LevelDbfs", .double, PayloadCoder.level(health.levelDBFS).map { .double($0) })
        list.add("Stream/DroppedChunks", .int64, .int64(Int64(picture.stream.droppedChunks)))
        list.add("Stream/Trouble", .string, health.trouble.map { .string($0.rawValue) })
        addEvent(picture.event, to: &list)
        list.add("Properties/Model", .string, .string(picture.model))
        list.add(deviceRebirth, .boolean, .boolean(false))
        return list.metrics
    }

    /// The metrics an event changes, with its own time: what is stored while no host listens.
    static func event(_ event: HealthEvent, in picture: MachinePicture) -> [Metric] {
        var list = MetricList(time: event.time, quality: quality(picture.health.quality))
        if let record = picture.records.first(where: { $0.label == event.label }) { add(record, to: &list) }
        list.add("Health/State", .string, .string(picture.health.grade.rawValue))
        list.quality = .good
        list.add("Stream/Online", .boolean, .boolean(picture.health.isOnline))
        addEvent(event, to: &list)
        return list.metrics.map { metric in
            var metric = metric
            metric.dataType = nil
            return metric
        }
    }

    /// The node's own metrics but `bdSeq`.
    static func node(version: String, machines: Int, online: Int, time: Date) -> [Metric] {
        var list = MetricList(time: time, quality: .good)
        list.add(rebirth, .boolean, .boolean(false))
        list.add("Machines/Configured", .int32, .int32(Int32(clamping: machines)))
        list.add("Machines/Online", .int32, .int32(Int32(clamping: online)))
        list.add("Properties/Software", .string, .string("Ausculta"))
        list.add("Properties/Version", .string, .string(version))
        return list.metrics
    }

    /// The number that ties a death to its birth.
    static func birthDeath(_ number: UInt8, time: Date) -> Metric {
        Metric(
            name: birthDeath,
            timestampMS: time.sparkplugMS,
            dataType: .int64,
            value: .int64(Int64(number))
        )
    }

    /// The label and what is to be done, of a metric a host wrote.
    static func writable(_ name: String) -> (label: LabelID, what: Writable)? {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "Alarm", let what = Writable(rawValue: String(parts[2])) else { return nil }
        return (LabelID(String(parts[1])), what)
    }

    private static func add(_ record: AlarmRecord, to list: inout MetricList) {
        list.quality = quality(record.quality)
        let (fault, alarm) = ("Fault/\(record.label)", "Alarm/\(record.label)")
        list.add("\(fault)/Active", .boolean, .boolean(record.state.isActive))
        list.add("\(fault)/Confidence", .double, .double(PayloadCoder.share(record.confidence)))
        list.add("\(fault)/Consecutive", .int32, .int32(Int32(clamping: record.consecutive)))
        list.quality = .good
        list.add("\(alarm)/State", .string, .string(record.state.rawValue))
        list.add("\(alarm)/Since", .dateTime, .dateTime(record.since))
        list.add("\(alarm)/Id", .string, record.alarmID.map { .string($0.text) })
        list.add("\(alarm)/Severity", .string, .string(record.severity.rawValue))
        let acknowledged = record.state == .ackActive ? record.alarmID?.text : nil
        list.add("\(alarm)/\(Writable.acknowledge.rawValue)", .string, .string(acknowledged ?? ""))
        list.add("\(alarm)/\(Writable.shelve.rawValue)", .int32, .int32(0))
        list.add("\(alarm)/\(Writable.reset.rawValue)", .boolean, .boolean(false))
    }

    private static func addEvent(_ event: HealthEvent?, to list: inout MetricList) {
        list.add("Event/Id", .string, event.map { .string($0.id.text) })
        list.add("Event/Type", .string, event.map { .string($0.type.rawValue) })
        list.add("Event/Label", .string, event?.label.map { .string($0.rawValue) })
        list.add("Event/Message", .string, event.map { .string($0.message) })
        list.add("Event/User", .string, event?.user.map { .string($0) })
    }

    private static func quality(_ quality: Quality) -> MetricQuality {
        switch quality {
        case .good: .good
        case .stale: .stale
        }
    }

    private static func finite(_ value: Double) -> MetricValue? {
        PayloadCoder.rounded(value, decimals: 4).map { .double($0) }
    }
}

/// Collects metrics of one time.
private struct MetricList {
    let time: Date
    var quality: MetricQuality
    var metrics: [Metric] = []

    init(time: Date, quality: MetricQuality) {
        self.time = time
        self.quality = quality
    }

    mutating func add(_ name: String, _ type: DataType, _ value: MetricValue?) {
        metrics.append(
            Metric(
                name: name,
                timestampMS: time.sparkplugMS,
                dataType: type,
                value: value,
                properties: .quality(quality)
            )
        )
    }
}
