// Windows, alarms and events as the service would commit them.
import Foundation
import MachineHealth
import TrendLog

enum Samples {
    static let oil = LabelID("bearing-lacking-oil")
    static let valve = LabelID("valve-plate-broken")
    static let normal = LabelID("normal")
    /// 2026-11-22T10:00:00Z.
    static let start = Date(timeIntervalSince1970: 1_795_341_600)

    static let labels = [
        Label(
            id: normal,
            name: LocalizedName(["en": "Normal running", "zh": "正常运行"]),
            kind: .normal,
            prompts: ["the sound of an air compressor running normally"]
        ),
        Label(
            id: oil,
            name: LocalizedName(["en": "Bearing lacking oil", "zh": "轴承缺油"]),
            kind: .fault,
            prompts: ["a bearing without oil"]
        ),
        Label(
            id: valve,
            name: LocalizedName(["en": "Valve plate broken", "zh": "阀片破裂"]),
            kind: .fault,
            severity: .critical,
            prompts: ["a broken valve plate"]
        ),
    ]

    static func registration(_ machine: String) -> MachineRegistration {
        MachineRegistration(machine: machine, site: "plant1", profile: "compressor", labels: labels)
    }

    /// A window that was held against normal sound.
    static func heard(
        _ machine: String = "compressor-2",
        at start: Date,
        novelty: Novelty?,
        trouble: MicrophoneTrouble? = nil,
        labels: [LabelID] = [normal, oil, valve],
        scores: [Double] = [0.9, 0.06, 0.04],
        raw: [Double] = [],
        model: String = "tiny@1234abcd",
        embedding: [Float]? = nil,
        descriptor: SoundDescriptor? = nil
    ) -> WindowRecord {
        func labelled(_ values: [Double]) -> [LabelScore] {
            zip(labels, values).map { LabelScore(label: $0, confidence: $1) }
        }
        let observation = Observation(
            machine: machine,
            start: start,
            end: start.addingTimeInterval(10),
            scores: labelled(scores),
            levelDBFS: -24,
            missingFraction: 0,
            quality: .good,
            rawScores: labelled(raw),
            novelty: novelty,
            trouble: trouble
        )
        return WindowRecord(
            observation: observation,
            verdict: .undetermined,
            model: model,
            latencyMS: 1,
            embedding: embedding,
            descriptor: descriptor
        )
    }

    /// A classified window with these scores for normal, oil and valve.
    static func window(
        _ machine: String = "compressor-2",
        at start: Date,
        scores: [Double] = [0.9, 0.06, 0.04],
        labels: [LabelID] = [normal, oil, valve],
        levelDBFS: Double = -24,
        embedding: [Float]? = nil,
        descriptor: SoundDescriptor? = nil
    ) -> WindowRecord {
        let observation = Observation(
            machine: machine,
            start: start,
            end: start.addingTimeInterval(10),
            scores: zip(labels, scores).map { LabelScore(label: $0, confidence: $1) },
            levelDBFS: levelDBFS,
            missingFraction: 0,
            quality: .good
        )
        let top = observation.top
        return WindowRecord(
            observation: observation,
            verdict: top.map { $0.confidence < 0.7 ? .undetermined : .label($0.label) } ?? .incomplete,
            model: "tiny@1234abcd",
            latencyMS: 41.25,
            embedding: embedding,
            descriptor: descriptor
        )
    }

    /// A window with too much sound missing.
    static func incomplete(_ machine: String = "compressor-2", at start: Date) -> WindowRecord {
        WindowRecord(
            observation: Observation(
                machine: machine,
                start: start,
                end: start.addingTimeInterval(10),
                scores: [],
                levelDBFS: -.infinity,
                missingFraction: 0.4,
                quality: .incomplete
            ),
            verdict: .incomplete,
            model: "tiny@1234abcd",
            latencyMS: 2
        )
    }

    static func event(
        _ type: HealthEventType = .faultRaised,
        _ machine: String = "compressor-2",
        id: UUID = UUID(),
        label: LabelID? = oil,
        windows: [EventWindow] = [],
        time: Date = start,
        alarmID: UUID? = nil,
        message: String = "compressor-2: Bearing lacking oil, 3 windows in a row",
        target: String = "json"
    ) -> EventRecord {
        let event = HealthEvent(
            id: id,
            type: type,
            machine: machine,
            label: label,
            confidence: 0.91,
            consecutive: windows.isEmpty ? nil : windows.count,
            windows: windows,
            severity: .warning,
            time: time,
            alarmID: alarmID,
            message: message
        )
        let payload = Data("{\"id\":\"\(id.text)\"}".utf8)
        return EventRecord(
            event: event,
            payload: payload,
            deliveries: [
                OutboxDelivery(target: target, topic: "ausculta/plant1/\(machine)/event", payload: payload)
            ]
        )
    }

    static func alarm(
        _ machine: String = "compressor-2",
        label: LabelID = oil,
        consecutive: Int = 0,
        state: AlarmState = .unackActive,
        id: UUID? = UUID(),
        since: Date = start,
        severity: Severity = .warning
    ) -> AlarmRecord {
        AlarmRecord(
            machine: machine,
            label: label,
            state: state,
            alarmID: id,
            since: since,
            confidence: 0.91,
            consecutive: consecutive,
            clearWindows: 0,
            required: 3,
            severity: severity
        )
    }
}
