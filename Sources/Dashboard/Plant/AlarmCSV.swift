// Alarms as a spreadsheet reads them: RFC 4180, UTF-8 with a byte order mark, and no cell a formula.
// https://www.rfc-editor.org/rfc/rfc4180
import Foundation
import MachineHealth
import TrendLog

/// Rows of the alarm export.
enum AlarmCSV {
    private static let columns = [
        "alarm_id", "machine", "machine_name_en", "machine_name_zh", "label", "name_en", "name_zh", "severity", "state",
        "raised", "cleared", "duration_s", "confidence", "consecutive", "acknowledged", "acknowledged_by", "comment",
    ]

    /// The byte order mark, by which spreadsheets know Chinese names, and the column names.
    static let header = "\u{FEFF}" + columns.joined(separator: ",") + "\r\n"

    /// One alarm.
    static func row(_ alarm: AlarmDocument) -> String {
        let acknowledged = alarm.acknowledged
        return [
            alarm.alarmID, alarm.machine, alarm.machineName.en, alarm.machineName.zh, alarm.label, alarm.name.en,
            alarm.name.zh, alarm.severity.rawValue, alarm.state.rawValue, RFC3339.text(alarm.raised),
            alarm.cleared.map(RFC3339.text) ?? "", "\(alarm.durationS)", alarm.confidence.map { "\($0)" } ?? "",
            alarm.consecutive.map { "\($0)" } ?? "", acknowledged.map { RFC3339.text($0.time) } ?? "",
            acknowledged?.user ?? "", acknowledged?.comment ?? "",
        ].map(cell).joined(separator: ",") + "\r\n"
    }

    /// A cell. A text that a spreadsheet would take for a formula gets an apostrophe in front: comments come from
    /// anybody who may acknowledge, and the file is opened by somebody else.
    static func cell(_ text: String) -> String {
        let isNumber = Double(text) != nil
        let starts: Set<Character> = ["=", "+", "-", "@", "\t", "\r", "\n", "\r\n", "＝", "＋", "－", "＠"]
        let first = text.first
        let safe = !isNumber && first.map(starts.contains) == true ? "'" + text : text
        guard safe.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline || $0 == "'" }) else { return safe }
        return "\"" + safe.replacing("\"", with: "\"\"") + "\""
    }
}
