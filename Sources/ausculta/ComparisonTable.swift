// Ways of judging beside each other, as tables that fit a terminal of 100 columns.
import EdgeService
import Foundation

enum ComparisonTable {
    static func show(_ report: ComparisonReport) {
        let windows = "\(short(report.windows.lengthSeconds)) s windows every \(short(report.windows.hopSeconds)) s"
        let order = report.order == .time ? "earlier recordings teach, later ones test" : "split by recording at random"
        Console.result(
            "\n\(report.modes.first?.machineCount ?? 0) machines, \(report.recordingCount) recordings, \(windows); "
                + "\(order),\n\(report.repetitions) times. Means over machines, 95 % intervals."
        )
        Console.result("")
        Console.result(
            row(["", "AUC", "95 %", "pAUC", "95 %", "found", "false", "label", "ECE", "Brier", "alarms/month"])
        )
        for mode in report.modes { Console.result(row(cells(mode))) }
        Console.result("")
        notes(report).forEach(Console.result)
        Console.result("")
        showMachines(report)
        for machine in report.leftOut { Console.result("left out: \(machine.machine): \(machine.reason)") }
    }

    // MARK: - Modes

    private static let widths = [21, 6, 12, 6, 12, 6, 6, 6, 6, 6, 13]

    /// Columns of fixed widths, the first one from the left, the others from the right.
    private static func row(_ cells: [String]) -> String {
        zip(cells, widths).enumerated().map { index, cell in
            let blank = String(repeating: " ", count: max(0, cell.1 - cell.0.count))
            return index == 0 ? cell.0 + blank : blank + cell.0
        }.joined()
    }

    private static func cells(_ mode: ModeFigures) -> [String] {
        [
            (mode.isBaseline ? "  " : "") + mode.mode,
            area(mode.auc?.value), interval(mode.auc),
            area(mode.partialAuc?.value), interval(mode.partialAuc),
            percent(mode.detected), percent(mode.falselyFlagged), percent(mode.balancedAccuracy),
            area(mode.calibrationError), area(mode.brierScore),
            perMonth(mode.falseAlarms),
        ]
    }

    private static func notes(_ report: ComparisonReport) -> [String] {
        var notes = [
            "AUC: a faulty recording scores above a normal one; pAUC: up to 10 % false alarms (chance is 0.5).",
            "found, false: % of faulty and of normal recordings called faulty; label: % right, mean over labels.",
        ]
        if let mode = report.modes.first(where: { !$0.isBaseline }) {
            let alarms = mode.falseAlarms
            notes.append(
                "alarms/month: false alarms by the rule, from \(duration(alarms.hours)) of normal sound; "
                    + "\(mode.mode): \(perMonth(alarms.low)) to \(perMonth(alarms.high))."
            )
        }
        let short = report.modes.filter { mode in
            guard let fewest = mode.fewestExamples, let asked = Int(mode.mode.prefix { $0.isNumber }) else {
                return false
            }
            return fewest < asked
        }
        if let least = short.compactMap(\.fewestExamples).min() {
            let names = short.map(\.mode).joined(separator: ", ")
            notes.append(
                "\(names): some label of some machine had only \(least) window\(least == 1 ? "" : "s") to teach."
            )
        }
        for difference in report.differences.prefix(1) {
            let sign = String(format: "%+.3f", difference.auc.value)
            let range = difference.auc.low.map { low in
                String(format: " (%+.3f to %+.3f)", low, difference.auc.high ?? low)
            }
            notes.append(
                "\(difference.mode) against the best baseline (\(difference.baseline)): AUC \(sign)\(range ?? "")."
            )
        }
        if let latency = report.latency {
            notes.append(
                String(
                    format: "a window takes %.1f ms to hear (95 %%: %.1f ms) and %.2f ms to judge, over %d windows.",
                    latency.hearingMedianMs,
                    latency.hearing95PercentMs,
                    latency.judgingMedianMs,
                    latency.windows
                )
            )
        }
        return notes
    }

    // MARK: - Machines

    private static func showMachines(_ report: ComparisonReport) {
        let shown = report.modes.filter { $0.isBaseline || !$0.mode.contains("+") }.prefix(8)
        let names = report.modes.flatMap { $0.machines.map(\.machine) }
        var machines: [String] = []
        for name in names where !machines.contains(name) { machines.append(name) }
        let width = min(28, max(12, machines.map(\.count).max() ?? 0)) + 2
        let column = max(8, min(12, (100 - width) / max(1, shown.count)))
        func pad(_ text: String, _ width: Int) -> String {
            String(repeating: " ", count: max(0, width - text.count)) + text
        }
        let head = shown.map { pad(String($0.mode.prefix(column - 1)), column) }.joined()
        Console.result("AUC by machine".padding(toLength: width, withPad: " ", startingAt: 0) + head)
        for machine in machines.prefix(40) {
            let cells = shown.map { mode in
                pad(area(mode.machines.first { $0.machine == machine }?.auc?.value), column)
            }.joined()
            Console.result(
                String(machine.prefix(width - 2)).padding(toLength: width, withPad: " ", startingAt: 0) + cells
            )
        }
        if machines.count > 40 {
            Console.result("… and \(machines.count - 40) more; --json and --html have all of them")
        }
    }

    // MARK: - Numbers

    private static func area(_ value: Double?) -> String { value.map { String(format: "%.3f", $0) } ?? "–" }

    private static func interval(_ figure: FigureWithInterval?) -> String {
        guard let low = figure?.low, let high = figure?.high else { return "" }
        return String(format: "%.2f–%.2f", low, high)
    }

    private static func percent(_ share: Double?) -> String { share.map { String(format: "%.0f", $0 * 100) } ?? "–" }

    private static func perMonth(_ alarms: FalseAlarmFigures) -> String {
        alarms.hours > 0 ? perMonth(alarms.perMachineMonth) : "–"
    }

    private static func perMonth(_ rate: Double) -> String {
        rate >= 10 || rate == 0 ? String(format: "%.0f", rate) : String(format: "%.1f", rate)
    }

    private static func duration(_ hours: Double) -> String {
        hours < 1 ? String(format: "%.1f minutes", hours * 60) : String(format: "%.1f hours", hours)
    }

    private static func short(_ seconds: Double) -> String {
        seconds == seconds.rounded() ? String(Int(seconds)) : String(format: "%g", seconds)
    }
}
