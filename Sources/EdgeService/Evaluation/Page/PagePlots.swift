// Plots as SVG text, in the page's own colours.
import Detection
import Foundation

enum PagePlots {
    private static let width = 860.0

    private static func number(_ value: Double) -> String { String(format: "%.1f", value) }

    private static func svg(height: Double, width: Double = PagePlots.width, title: String, _ body: String) -> String {
        "<svg viewBox=\"0 0 \(number(width)) \(number(height))\" role=\"img\" style=\"max-width:\(number(width))px\">"
            + "<title>\(title)</title>\(body)</svg>"
    }

    private static func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ name: String) -> String {
        "<line class=\"\(name)\" x1=\"\(number(x1))\" y1=\"\(number(y1))\" x2=\"\(number(x2))\" y2=\"\(number(y2))\"/>"
    }

    private static func text(_ x: Double, _ y: Double, _ text: String, _ name: String = "") -> String {
        "<text class=\"\(name)\" x=\"\(number(x))\" y=\"\(number(y))\">\(EvaluationPage.escaped(text))</text>"
    }

    /// Vertical lines at tenths of an area under the curve, chance marked.
    private static func areaGrid(left: Double, right: Double, height: Double, from least: Double) -> String {
        stride(from: least, through: 1.001, by: 0.1).map { value in
            let x = left + (right - left) * (value - least) / (1 - least)
            let isChance = abs(value - 0.5) < 0.01
            return line(x, 4, x, height - 18, isChance ? "chance" : "grid")
                + text(x, height - 4, String(format: "%.1f", value), "tick")
        }.joined()
    }

    /// The mean area of each mode with its interval.
    static func forest(_ modes: [ModeFigures]) -> String {
        let (left, right, step) = (190.0, width - 20, 24.0)
        let height = Double(modes.count) * step + 30
        let lows = modes.compactMap { $0.auc?.low ?? $0.auc?.value }
        let least = max(0, min(0.4, ((lows.min() ?? 0.5) * 10).rounded(.down) / 10))
        func place(_ value: Double) -> Double { left + (right - left) * (value - least) / (1 - least) }
        let rows: String = modes.enumerated().map { index, mode in
            let y = Double(index) * step + 18
            let name = mode.isBaseline ? "baseline" : "ours"
            var row = text(left - 10, y + 4, mode.mode, "name \(name)")
            guard let auc = mode.auc else { return row }
            if let low = auc.low, let high = auc.high {
                row += line(place(low), y, place(high), y, "whisker \(name)")
            }
            row +=
                "<circle class=\"\(name)\" cx=\"\(number(place(auc.value)))\" cy=\"\(number(y))\" r=\"5\">"
                + "<title>\(String(format: "%.3f", auc.value))</title></circle>"
            return row
        }.joined()
        return svg(
            height: height,
            title: "Mean AUC by way of judging",
            areaGrid(left: left, right: right, height: height, from: least) + rows
        )
    }

    /// Every machine's area under the baselines, enrolment and the most examples.
    static func machines(_ modes: [ModeFigures]) -> String {
        let ours = modes.filter { !$0.isBaseline }
        let shown = modes.filter(\.isBaseline) + [ours.first, ours.count > 1 ? ours.last : nil].compactMap { $0 }
        var names: [String] = []
        for name in modes.flatMap({ $0.machines.map(\.machine) }) where !names.contains(name) { names.append(name) }
        let (left, right, step, top) = (190.0, width - 20, 22.0, 26.0)
        let height = Double(names.count) * step + top + 26
        let areas = shown.flatMap { mode in mode.machines.compactMap { $0.auc?.value } }
        let least = max(0, min(0.4, ((areas.min() ?? 0.5) * 10).rounded(.down) / 10))
        func place(_ value: Double) -> Double { left + (right - left) * (value - least) / (1 - least) }
        let legend: String = shown.enumerated().map { index, mode in
            mark(index, x: left + Double(index) * 140, y: 10) + text(left + Double(index) * 140 + 10, 14, mode.mode)
        }.joined()
        let rows: String = names.enumerated().map { row, name in
            let y = Double(row) * step + top + 12
            let marks: String = shown.enumerated().compactMap { index, mode in
                mode.machines.first { $0.machine == name }?.auc.map {
                    mark(index, x: place($0.value), y: y, title: mode.mode, value: $0.value)
                }
            }.joined()
            return line(left, y, right, y, "grid") + text(left - 10, y + 4, name, "name") + marks
        }.joined()
        let grid =
            "<g transform=\"translate(0 \(number(top)))\">"
            + areaGrid(left: left, right: right, height: height - top, from: least) + "</g>"
        return svg(height: height, title: "AUC by machine", legend + grid + rows)
    }

    private static func mark(_ index: Int, x: Double, y: Double, title: String = "", value: Double? = nil) -> String {
        let tip = value.map { "<title>\(EvaluationPage.escaped(title)) \(String(format: "%.3f", $0))</title>" } ?? ""
        return
            "<g class=\"mark m\(index)\" transform=\"translate(\(number(x)) \(number(y)))\"><circle r=\"5\"/>\(tip)</g>"
    }

    /// Every recording's novelty, a row per machine, on a scale that gives large values less room (asinh).
    static func scores(_ scores: [RecordingScore]) -> String {
        var names: [String] = []
        for score in scores where !names.contains(score.machine) { names.append(score.machine) }
        let shown = scores.filter { $0.condition != .other }
        let stretched = shown.map { asinh($0.novelty) }
        guard let least = stretched.min(), let most = stretched.max() else { return "" }
        let (left, right, step, top) = (190.0, width - 20, 22.0, 26.0)
        let height = Double(names.count) * step + top + 26
        let span = max(1e-6, most - least)
        func place(_ novelty: Double) -> Double { left + 8 + (right - left - 16) * (asinh(novelty) - least) / span }
        let ticks = [-10.0, -3, -1, 0, 1, 3, 10, 30, 100, 300, 1000].filter { (least...most).contains(asinh($0)) }
        let grid: String = ticks.map { value in
            line(place(value), top, place(value), height - 20, "grid")
                + text(place(value), height - 4, String(format: "%g", value), "tick")
        }.joined()
        let rows: String = names.enumerated().map { row, name in
            let y = Double(row) * step + top + 12
            let marks: String = shown.filter { $0.machine == name }.map { score in
                let file = EvaluationPage.escaped((score.file as NSString).lastPathComponent)
                let shape =
                    score.condition == .normal ? "<circle r=\"4.5\"/>" : "<path d=\"M0-6 6 0 0 6-6 0Z\"/>"
                return "<g class=\"\(score.condition.rawValue)\" "
                    + "transform=\"translate(\(number(place(score.novelty))) \(number(y)))\">\(shape)"
                    + "<title>\(file): \(String(format: "%.2f", score.novelty)), "
                    + "\(EvaluationPage.escaped(score.label))</title></g>"
            }.joined()
            return line(left, y, right, y, "grid") + text(left - 10, y + 4, name, "name") + marks
        }.joined()
        let legend =
            "<g class=\"normal\" transform=\"translate(\(number(left)) 10)\"><circle r=\"4.5\"/></g>"
            + text(left + 10, 14, "normal 正常")
            + "<g class=\"anomalous\" transform=\"translate(\(number(left + 140)) 10)\"><path d=\"M0-6 6 0 0 6-6 0Z\"/></g>"
            + text(left + 150, 14, "faulty 故障")
        return svg(height: height, title: "Novelty of every recording", legend + grid + rows)
    }

    /// Share that was right against stated confidence; a dot's area is how many recordings say so.
    static func reliability(_ bins: [CalibrationReport.Bin]) -> String {
        let (size, left) = (250.0, 34.0)
        let total = Double(max(1, bins.reduce(0) { $0 + $1.count }))
        func place(_ x: Double, _ y: Double) -> (Double, Double) { (left + x * size, 8 + (1 - y) * size) }
        let (start, end) = (place(0, 0), place(1, 1))
        let grid: String = stride(from: 0.0, through: 1.001, by: 0.25).map { value in
            let (x, y) = place(value, value)
            return line(x, 8, x, 8 + size, "grid") + line(left, y, left + size, y, "grid")
                + text(x, size + 24, String(format: "%g", value), "tick")
                + text(left - 6, y + 4, String(format: "%g", value), "name")
        }.joined()
        let dots: String = bins.filter { $0.count > 0 }.map { bin in
            let (x, y) = place(bin.confidence, bin.accuracy)
            let radius = 3 + 12 * (Double(bin.count) / total).squareRoot()
            return
                "<circle class=\"ours\" fill-opacity=\"0.7\" cx=\"\(number(x))\" cy=\"\(number(y))\" r=\"\(number(radius))\">"
                + "<title>\(bin.count) of confidence \(String(format: "%.2f", bin.confidence)): "
                + "\(String(format: "%.2f", bin.accuracy)) right</title></circle>"
        }.joined()
        return svg(
            height: size + 30,
            width: size + left + 14,
            title: "Share right against confidence",
            grid + line(start.0, start.1, end.0, end.1, "chance") + dots
        )
    }
}
