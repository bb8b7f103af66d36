// Where along a time axis a fault's runs, near misses and alarms lie, one character a column.
import Foundation
import MachineHealth

/// Marks of one fault label over the columns of a sparkline.
struct AlarmTimeline {
    /// What can be marked, from the least to the most telling; the most telling one wins a column.
    enum Mark: Int, Comparable {
        case none
        case standing
        case nearMiss
        case run
        case cleared
        case acknowledged
        case raised

        var character: Character {
            switch self {
            case .none: " "
            case .standing: "━"
            case .nearMiss: "○"
            case .run: "●"
            case .cleared: "▼"
            case .acknowledged: "✓"
            case .raised: "▲"
            }
        }

        static func < (left: Mark, right: Mark) -> Bool { left.rawValue < right.rawValue }
    }

    /// What the marks mean, for the foot of a report.
    static let legend = "● window of a run  ○ of a near miss  ▲ raised  ━ active  ✓ acknowledged  ▼ cleared"

    private(set) var marks: [Mark]
    private let start: Date
    private let columnSeconds: Double

    init(columns: Int, start: Date, columnSeconds: Double) {
        marks = Array(repeating: .none, count: columns)
        self.start = start
        self.columnSeconds = columnSeconds
    }

    /// Whether anything is marked.
    var isEmpty: Bool { marks.allSatisfy { $0 == .none } }

    /// The line.
    var text: String { String(marks.map(\.character)).trimmingTrailingSpaces }

    /// Marks everything known of one label.
    mutating func mark(_ label: LabelID, in trend: MachineTrend) {
        markStanding(label, in: trend)
        for event in trend.events where event.label == label {
            switch HealthEventType(rawValue: event.type) {
            case .faultRaised, .faultRealarmed, .faultEscalated:
                for window in event.windows { mark(.run, at: window.start) }
                mark(.raised, at: event.windows.last?.start ?? event.time)
            case .nearMiss:
                for window in event.windows { mark(.nearMiss, at: window.start) }
            case .faultCleared: mark(.cleared, at: event.time)
            case .acknowledged: mark(.acknowledged, at: event.time)
            case .faultHidden, .shelved, .unshelved, .latchReset, .outOfService, .inService, .alarmsSuppressed,
                .alarmsReleased, .streamLost, .streamRestored, .microphoneTrouble, .microphoneRestored, .trendWarning,
                .enrolled, .enrolmentProposed, .enrolmentUndone, nil:
                continue
            }
        }
    }

    private mutating func markStanding(_ label: LabelID, in trend: MachineTrend) {
        let steps = trend.transitions.filter { $0.label == label }
        let record = trend.alarms.first { $0.label == label }
        var activeSince = steps.first.map { $0.from.isActive } ?? (record?.state.isActive ?? false) ? start : nil
        // A step into the present state that came after the range leaves nothing active in it.
        if steps.isEmpty, let record, record.since >= trend.series.until { activeSince = nil }
        for step in steps {
            if let since = activeSince, !step.to.isActive {
                markStanding(from: since, to: step.time)
                activeSince = nil
            } else if activeSince == nil, step.to.isActive {
                activeSince = step.time
            }
        }
        if let activeSince { markStanding(from: activeSince, to: trend.series.until) }
    }

    private mutating func markStanding(from: Date, to: Date) {
        let first = max(0, column(from))
        let last = min(marks.count - 1, column(to))
        guard first <= last else { return }
        for column in first...last { marks[column] = max(marks[column], .standing) }
    }

    private mutating func mark(_ mark: Mark, at time: Date) {
        // An event at the very end of the range belongs to its last column.
        let column = min(column(time), marks.count - 1)
        guard marks.indices.contains(column), time >= start else { return }
        marks[column] = max(marks[column], mark)
    }

    private func column(_ time: Date) -> Int {
        Int(max(-1, min(time.timeIntervalSince(start) / columnSeconds, Double(marks.count))).rounded(.down))
    }
}
