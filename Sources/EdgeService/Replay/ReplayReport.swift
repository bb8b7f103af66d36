// A replay for people: which alarms come, move or go, in lines for a terminal.
import Dashboard
import Foundation
import MachineHealth
import TrendLog

/// Writes a replay as text.
public struct ReplayReport {
    private let document: ReplayDocument
    private let style: ReportStyle
    /// Verdict changes shown per machine.
    private static let mostMoves = 12

    public init(_ document: ReplayDocument, style: ReportStyle) {
        self.document = document
        self.style = style
    }

    public var lines: [String] {
        var lines = [
            "Replay from \(style.time(document.since)) to \(style.time(document.until)) "
                + "\(style.zoneName(at: document.until)) with \(document.model)"
        ]
        lines += document.changes.map { "  change: \($0)" }
        if document.changes.isEmpty { lines.append("  no change to labels or rules") }
        lines += document.notes.map { "  note: \($0)" }
        for machine in document.machines { lines += [""] + self.lines(machine) }
        if document.machines.isEmpty { lines.append("No machine with stored windows.") }
        return lines
    }

    private var isChanged: Bool { !document.changes.isEmpty }

    private func lines(_ machine: ReplayMachine) -> [String] {
        let windows = machine.windows
        var text = "\(windows.judged) windows judged anew, \(windows.changed) would read differently"
        if windows.incomplete > 0 { text += ", \(windows.incomplete) incomplete" }
        if windows.otherModel > 0 { text += ", \(windows.otherModel) of another model left out" }
        if windows.withoutEmbedding > 0 { text += ", \(windows.withoutEmbedding) without embedding left out" }
        var lines = ["\(machine.machine): \(text)"]
        lines += alarms(machine.alarms)
        let misses = machine.nearMisses
        lines.append(
            isChanged
                ? "  near misses: \(misses.before) as configured, \(misses.after) with the change"
                : "  near misses: \(misses.before)"
        )
        lines += misses.newest.suffix(5).map { "    \(style.time($0.time))  \($0.label): \($0.text)" }
        if !windows.before.isEmpty {
            lines.append("  windows per verdict\(isChanged ? ", as configured -> with the change" : ""):")
        }
        for verdict in Set(windows.before.keys).union(windows.after.keys).sorted() {
            let after = isChanged ? " -> \(windows.after[verdict] ?? 0)" : ""
            lines.append("    \(verdict): \(windows.before[verdict] ?? 0)\(after)")
        }
        for move in windows.moves.prefix(Self.mostMoves) {
            lines.append("    \(move.count) from \(move.from) to \(move.to)")
        }
        lines += stored(machine.stored)
        lines += machine.advice.map { "  advice (\($0.severity.rawValue)): \($0.text.en)" }
        return lines
    }

    private func alarms(_ changes: [ReplayAlarmChange]) -> [String] {
        guard !changes.isEmpty else { return [isChanged ? "  no alarm either way" : "  no alarm"] }
        let counts = ReplayAlarmChange.Change.allCases.compactMap { change -> String? in
            let count = changes.count { $0.change == change }
            return count > 0 ? "\(count) \(change.rawValue)" : nil
        }
        return ["  alarms: \(counts.joined(separator: ", "))"]
            + changes.map { "    \(line($0, before: "as configured", after: "with the change"))" }
    }

    private func stored(_ stored: ReplayStored) -> [String] {
        guard stored.windowsDiffering > 0 || !stored.alarmsDiffering.isEmpty else { return [] }
        var lines = [
            "  the stored history differs from the present configuration replayed: \(stored.windowsDiffering) windows, "
                + "\(stored.alarmsDiffering.count) alarms"
        ]
        lines += stored.alarmsDiffering.map { "    \(line($0, before: "as stored", after: "replayed"))" }
        return lines
    }

    private func line(_ change: ReplayAlarmChange, before: String, after: String) -> String {
        let shift = change.shiftS.map { TrendWords.length(abs($0)) } ?? ""
        let what =
            switch change.change {
            case .same: "same"
            case .earlier: "\(shift) earlier"
            case .later: "\(shift) later"
            case .gone: "gone"
            case .new: "new"
            }
        let times = [(before, change.before), (after, change.after)].compactMap { name, alarm in
            alarm.map { "\(name) \(raised($0))" }
        }
        if change.change == .same, let alarm = change.after { return "\(change.label): same, \(raised(alarm))" }
        return "\(change.label): \(what); \(times.joined(separator: ", "))"
    }

    private func raised(_ alarm: ReplayAlarm) -> String {
        let start =
            alarm.raised < document.since ? "standing at the start" : "raised \(style.time(alarm.raised))"
        return alarm.cleared.map { "\(start), over \(style.time($0))" } ?? "\(start), not over"
    }
}
