// The doctor's findings as lines for people: aligned, the remedy below what it mends, colour on terminals only.
import EdgeService
import Foundation
import TrendLog

struct DoctorTable {
    let report: DoctorReport
    let isColoured: Bool

    /// All lines, the count last.
    var lines: [String] {
        let rows = report.findings.map { finding in
            (finding, [finding.status.rawValue, Self.words(finding.area), Self.oneLine(finding.subject)])
        }
        let widths = (0..<3).map { column in rows.map { $0.1[column].displayWidth }.max() ?? 0 }
        let margin = String(repeating: " ", count: widths.reduce(0, +) + 2 * widths.count)
        var lines: [String] = []
        for (finding, cells) in rows {
            let padded = zip(cells, widths).map { cell, width in
                cell + String(repeating: " ", count: width - cell.displayWidth)
            }
            let status = coloured(padded[0], finding.status)
            lines.append(([status] + padded.dropFirst() + [Self.oneLine(finding.found)]).joined(separator: "  "))
            if let remedy = finding.remedy { lines.append("\(margin)→ \(Self.oneLine(remedy))") }
        }
        return lines + [summary]
    }

    private var summary: String {
        func count(_ number: Int, _ noun: String) -> String { number == 1 ? "1 \(noun)" : "\(number) \(noun)s" }
        let problems = report.count(.problem)
        let text = "\(count(problems, "problem")), \(count(report.count(.remark), "remark"))"
        return coloured(text, problems > 0 ? .problem : .ok)
    }

    private func coloured(_ text: String, _ status: DoctorFinding.Status) -> String {
        guard isColoured else { return text }
        let colour =
            switch status {
            case .ok: "32"
            case .remark: "33"
            case .problem: "31"
            }
        return "\u{1B}[\(colour)m\(text)\u{1B}[0m"
    }

    private static func words(_ area: DoctorFinding.Area) -> String {
        area.rawValue.replacingOccurrences(of: "_", with: " ")
    }

    /// What comes from outside may hold anything: it stays in its line and cannot steer the terminal.
    private static func oneLine(_ text: String) -> String {
        String(
            String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 })
        )
    }
}
