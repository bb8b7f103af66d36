// What the API says about clips, review items and decisions.
import Evidence
import Foundation
import MachineHealth
import TrendLog

/// A clip as the API shows it.
public struct ClipDocument: Encodable, Sendable {
    struct Cause: Encodable, Sendable {
        let reason: String
        let label: OrNull<String>
        let alarmID: OrNull<String>
        let start: Date
        let end: Date
    }

    let id: String
    let machine: String
    let start: Date
    let end: Date
    let durationS: Double
    let reason: String
    let alarmID: OrNull<String>
    let label: OrNull<String>
    let bytes: Int64
    let missingS: Double
    let sampleRate: Int
    let audio: String
    let spectrogram: String
    let peaks: OrNull<[Double]>
    /// Everything it bears witness to, where requests shared it.
    let causes: [Cause]

    /// Describes a kept clip.
    public init(_ clip: ClipRecord) {
        let text = clip.id.text
        let main = clip.mainCause
        id = text
        machine = clip.machine
        start = clip.start
        end = clip.end
        durationS = clip.end.timeIntervalSince(clip.start)
        reason = (main?.reason ?? .manual).rawValue
        alarmID = OrNull(main?.alarmID?.text)
        label = OrNull(main?.label?.rawValue)
        bytes = clip.bytes
        missingS = clip.missingSeconds
        sampleRate = clip.sampleRateHz
        audio = "/api/v1/clips/\(text)/audio"
        spectrogram = "/api/v1/clips/\(text)/spectrogram.png"
        peaks = OrNull(nil)
        causes = clip.causes.map { cause in
            Cause(
                reason: cause.reason.rawValue,
                label: OrNull(cause.label?.rawValue),
                alarmID: OrNull(cause.alarmID?.text),
                start: cause.start,
                end: cause.end
            )
        }
    }
}

/// A decision as the API shows it.
struct DecisionDocument: Encodable, Sendable {
    struct Undone: Encodable, Sendable {
        let time: Date
        let user: String
    }

    let id: String
    let itemID: String
    let machine: String
    let windowStart: Date
    let decision: String
    let label: OrNull<String>
    let user: String
    let comment: OrNull<String>
    let time: Date
    let undone: OrNull<Undone>

    init(_ decision: ReviewDecision) {
        id = decision.id.text
        itemID = decision.itemID.text
        machine = decision.machine
        windowStart = decision.start
        self.decision = decision.verdict.rawValue
        label = OrNull(decision.label?.rawValue)
        user = decision.user
        comment = OrNull(decision.comment)
        time = decision.time
        undone = OrNull(decision.undone.map { Undone(time: $0, user: decision.undoneBy ?? "") })
    }
}

/// A review item as the API shows it.
struct ReviewItemDocument: Encodable, Sendable {
    struct Window: Encodable, Sendable {
        let start: Date
        let end: Date
    }
    struct Label: Encodable, Sendable {
        let id: String
        let name: Words
        let kind: String
    }

    let id: String
    let machine: String
    let machineName: Words
    let window: Window
    let reason: String
    let state: String
    let label: OrNull<String>
    let confidence: OrNull<Double>
    let scores: [String: Double]
    let labels: [Label]
    let clip: OrNull<ClipDocument>
    let created: Date
    let decision: OrNull<DecisionDocument>

    init(
        _ item: ReviewItem,
        machineName: LocalizedName,
        labels: [StoredLabel],
        clip: ClipRecord?,
        decision: ReviewDecision?
    ) {
        id = item.id.text
        machine = item.machine
        self.machineName = Words(machineName, id: item.machine)
        window = Window(start: item.start, end: item.end)
        reason = item.reason.rawValue
        state = item.state.rawValue
        label = OrNull(item.label?.rawValue)
        confidence = OrNull(item.confidence)
        scores = Dictionary(item.scores.map { ($0.label.rawValue, $0.confidence) }) { first, _ in first }
        self.labels = labels.map { label in
            let id = label.id.rawValue
            return Label(id: id, name: Words(label.name, id: id), kind: label.kind.rawValue)
        }
        self.clip = OrNull(clip.map(ClipDocument.init))
        created = item.created
        self.decision = OrNull(decision.map(DecisionDocument.init))
    }
}
