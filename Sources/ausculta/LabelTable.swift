// How right the labels alone are, as a table in the terminal.
import EdgeService
import Foundation

enum LabelTable {
    static func showEffect(before: EvaluationReport, after: EvaluationReport) {
        func signed(_ change: Double) -> String { String(format: "%+.1f", change * 100) }
        let accuracy = signed(after.balancedAccuracy - before.balancedAccuracy)
        let undetermined = signed(after.undetermined - before.undetermined)
        Console.result(
            "\neffect of --denoise: balanced accuracy \(accuracy), undetermined \(undetermined) percentage points"
        )
    }

    static func show(_ report: EvaluationReport, threshold: Double) {
        func percent(_ share: Double?) -> String {
            let text = share.map { String(format: "%.1f", $0 * 100) } ?? "–"
            return String(repeating: " ", count: max(0, 7 - text.count)) + text
        }
        func count(_ number: Int) -> String {
            let text = String(number)
            return String(repeating: " ", count: max(0, 7 - text.count)) + text
        }
        Console.result(
            """
            \(report.count) recordings
              accuracy            \(percent(report.accuracy)) %
              balanced accuracy   \(percent(report.balancedAccuracy)) %
              undetermined        \(percent(report.undetermined)) %  (below \(threshold))
              right when not      \(percent(report.accuracyWhenDetermined)) %
              calibration error   \(percent(report.calibrationError)) %

            """
        )
        let width = report.labels.map(\.label.count).max() ?? 0
        let blank = String(repeating: " ", count: width)
        let numbers = report.labels.indices.map { count($0 + 1) }.joined()
        Console.result("\(blank)     count recall%  prec.%   AUC%   on top:\(numbers)")
        for (index, label) in report.labels.enumerated() {
            let name = label.label.padding(toLength: width, withPad: " ", startingAt: 0)
            let confusion = report.confusion[index].map(count).joined()
            Console.result(
                "\(name)  \(index + 1)\(count(label.count))\(percent(label.recall)) \(percent(label.precision))"
                    + "\(percent(label.auc))          \(confusion)"
            )
        }
    }
}
