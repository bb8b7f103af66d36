// Alarms from the trend log with the names and clips that belong to them; shared by the list, the export and live news.
import Foundation
import MachineHealth
import TrendLog

/// Looks alarms up and writes them as the API does.
struct AlarmBook: Sendable {
    let plant: any PlantSource
    let reader: TrendLogReader
    let clips: any AlarmClips

    /// Alarms as documents, in the order given.
    func documents(_ alarms: [StoredAlarm], now: Date) async throws -> [AlarmDocument] {
        let counts = try await clips.counts(of: alarms.map(\.alarmID))
        var stored: [String: [LabelID: LocalizedName]] = [:]
        var documents: [AlarmDocument] = []
        for alarm in alarms {
            let machine = plant.machine(alarm.machine)
            if machine?.description.vocabulary[alarm.label] == nil, stored[alarm.machine] == nil {
                let labels = try await reader.known(or: []) { try await $0.labels(machine: alarm.machine) }
                stored[alarm.machine] = Dictionary(labels.map { ($0.id, $0.name) }) { first, _ in first }
            }
            documents.append(
                AlarmDocument(
                    alarm,
                    machine: machine,
                    names: stored[alarm.machine] ?? [:],
                    clips: counts[alarm.alarmID] ?? 0,
                    now: now
                )
            )
        }
        return documents
    }

    /// One alarm as a document; nil where there is none.
    func document(_ id: UUID, now: Date) async throws -> AlarmDocument? {
        guard let alarm = try await reader.alarm(id) else { return nil }
        return try await documents([alarm], now: now).first
    }

    /// One alarm with its windows, clips and steps; nil where there is none.
    func detail(_ id: UUID, now: Date) async throws -> AlarmDetail? {
        guard let alarm = try await reader.alarm(id), var document = try await documents([alarm], now: now).first
        else { return nil }
        document.clips = nil
        let raising = try await reader.raisingWindows(alarm: id)
        var judged: [Date: StoredWindow] = [:]
        if let first = raising.first, let last = raising.last {
            let windows = try await reader.windows(
                machine: alarm.machine,
                since: first.start,
                until: last.start.addingTimeInterval(0.001),
                limit: 2_000
            )
            judged = Dictionary(windows.map { ($0.start, $0) }) { first, _ in first }
        }
        let length = plant.machine(alarm.machine)?.description.windowLengthSeconds ?? 0
        return AlarmDetail(
            alarm: document,
            message: alarm.message,
            windows: raising.map { window in
                let stored = judged[window.start]
                return AlarmDetail.Window(
                    start: window.start,
                    end: stored?.end ?? window.start.addingTimeInterval(length),
                    confidence: window.confidence.share,
                    scores: stored?.scores.shares ?? [alarm.label.rawValue: window.confidence.share]
                )
            },
            clips: try await clips.clips(of: id),
            transitions: try await reader.transitions(alarmID: id).map { step in
                AlarmDetail.Step(from: step.from, to: step.to, time: step.time, user: step.user, comment: step.comment)
            }
        )
    }
}
