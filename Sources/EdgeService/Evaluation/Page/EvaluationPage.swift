// The report of `ausculta evaluate --html`: one file, no network, headings in English and Chinese.
import Foundation

/// Builds the page.
public struct EvaluationPage: Sendable {
    private let labels: EvaluationReport
    private let comparison: ComparisonReport?
    private let model: String
    private let title: String

    /// - Parameters:
    ///   - labels: the labels alone over all recordings.
    ///   - comparison: ways of judging, compared on machines; nil where none could be.
    ///   - model: the model's name.
    ///   - title: the manifest.
    public init(_ labels: EvaluationReport, comparison: ComparisonReport?, model: String, title: String) {
        self.labels = labels
        self.comparison = comparison
        self.model = model
        self.title = (title as NSString).lastPathComponent
    }

    /// The page. Reads the few recordings it lets one listen to; what cannot be read is shown without a player.
    public func html() -> String {
        var sections: [String] = []
        if let comparison {
            sections += [summary(comparison), modes(comparison), machines(comparison), scores(comparison)]
            sections += [listening(comparison), calibration(comparison), confusion(comparison), method(comparison)]
        }
        sections.insert(labelsAlone, at: comparison == nil ? 0 : sections.count - 1)
        return """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; \
            script-src 'unsafe-inline'; media-src data:; img-src data:">
            <title>Ausculta: \(Self.escaped(title))</title>
            <style>\(PageStyle.css)</style></head><body><main>
            <header><h1>Evaluation <span lang="zh">评估</span></h1>
            <p class="lead">\(Self.escaped(title)) · model \(Self.escaped(model))</p></header>
            \(sections.filter { !$0.isEmpty }.joined(separator: "\n"))
            </main><script>\(PageStyle.script)</script></body></html>

            """
    }

    // MARK: - Sections

    private func section(_ english: String, _ chinese: String, _ body: String) -> String {
        "<section><h2>\(english) <span lang=\"zh\">\(chinese)</span></h2>\n\(body)</section>"
    }

    private func summary(_ report: ComparisonReport) -> String {
        let ours = report.modes.first { $0.mode == ComparisonMode.enrolled.name }
        let best = report.modes.filter(\.isBaseline).max { ($0.auc?.value ?? 0) < ($1.auc?.value ?? 0) }
        let shot = report.modes.last { !$0.isBaseline && $0.mode != ComparisonMode.enrolled.name }
        let cards: String = [
            ours.map { tile("Enrolled", "已登记正常声", $0.auc) },
            best.map { tile("Best baseline: \($0.mode)", "最佳基线：\($0.chineseName)", $0.auc) },
            shot.map { tile($0.mode, $0.chineseName, $0.auc) },
        ].compactMap { $0 }.joined()
        let verdict = report.differences.first.map { difference in
            let low = difference.auc.low ?? 0
            let high = difference.auc.high ?? 0
            let word =
                low > 0
                ? "beats"
                : high < 0 ? "is below" : difference.auc.value > 0 ? "is above, within doubt," : "does not beat"
            return "<p>Enrolment \(word) the best baseline (\(Self.escaped(difference.baseline))): "
                + "difference of the mean AUC \(Self.signed(difference.auc.value)), 95 % \(Self.signed(low)) to "
                + "\(Self.signed(high)).</p>"
        }
        return section(
            "In short",
            "概要",
            "<div class=\"tiles\">\(cards)</div>\(verdict ?? "")"
                + "<p class=\"quiet\">\(report.modes.first?.machineCount ?? 0) machines, \(report.recordingCount) "
                + "recordings; means over machines.</p>"
        )
    }

    private func tile(_ english: String, _ chinese: String, _ figure: FigureWithInterval?) -> String {
        let range = figure.flatMap { figure in
            figure.low.map { "\(Self.area($0))–\(Self.area(figure.high))" }
        }
        return "<div class=\"tile\"><b>\(Self.area(figure?.value))</b><span>AUC \(range ?? "")</span>"
            + "<em>\(Self.escaped(english))<br><span lang=\"zh\">\(Self.escaped(chinese))</span></em></div>"
    }

    private func modes(_ report: ComparisonReport) -> String {
        let head: String = [
            "", "AUC", "95 %", "pAUC", "95 %", "found %", "false %", "label %", "ECE", "Brier", "false alarms a month",
        ].map { "<th>\($0)</th>" }.joined()
        let rows: String = report.modes.map { mode in
            let alarms = mode.falseAlarms
            let cells: String = [
                Self.area(mode.auc?.value), range(mode.auc), Self.area(mode.partialAuc?.value), range(mode.partialAuc),
                Self.percent(mode.detected), Self.percent(mode.falselyFlagged), Self.percent(mode.balancedAccuracy),
                Self.area(mode.calibrationError), Self.area(mode.brierScore),
                alarms.hours > 0
                    ? "\(Self.rate(alarms.perMachineMonth)) <small>(\(Self.rate(alarms.low))–\(Self.rate(alarms.high)))</small>"
                    : "–",
            ].map { "<td>\($0)</td>" }.joined()
            return "<tr class=\"\(mode.isBaseline ? "baseline" : "ours")\"><th>\(Self.escaped(mode.mode)) "
                + "<span lang=\"zh\">\(mode.chineseName)</span></th>\(cells)</tr>"
        }.joined(separator: "\n")
        let hours = report.modes.first?.falseAlarms.hours ?? 0
        let rest = hours < 1 ? String(format: "%.1f minutes", hours * 60) : String(format: "%.1f hours", hours)
        return section(
            "Ways of judging",
            "判断方式",
            PagePlots.forest(report.modes)
                + "<div class=\"wide\"><table><thead><tr>\(head)</tr></thead><tbody>\(rows)</tbody></table></div>"
                + "<p class=\"quiet\">Grey rows are baselines. False alarms rest on \(rest) of normal sound that was not "
                + "learned from, scaled to 730.5 hours; in brackets the exact Poisson limits.</p>"
        )
    }

    private func machines(_ report: ComparisonReport) -> String {
        let left: String = report.leftOut.map { machine in
            "<li>\(Self.escaped(machine.machine)): \(Self.escaped(machine.reason))</li>"
        }.joined()
        return section(
            "Machine by machine",
            "逐台机器",
            PagePlots.machines(report.modes)
                + (left.isEmpty ? "" : "<p>Left out <span lang=\"zh\">未计入</span></p><ul>\(left)</ul>")
        )
    }

    private func scores(_ report: ComparisonReport) -> String {
        section(
            "How far from normal",
            "与正常声的距离",
            PagePlots.scores(report.scores)
                + "<p class=\"quiet\">Each mark is a recording: the mean over its windows and over the splits that tested "
                + "it, in deviations above the machine's own normal sound. Hover for the file.</p>"
        )
    }

    private func listening(_ report: ComparisonReport) -> String {
        let items: String = report.telling.map { telling in
            let (english, chinese) = Self.words(telling.reason)
            let player =
                PageClips.dataURI(of: telling.recording.file).map { uri in
                    "<audio controls preload=\"none\" src=\"\(uri)\"></audio>"
                } ?? "<p class=\"quiet\">cannot be read any more</p>"
            return "<figure><figcaption><b>\(english)</b> <span lang=\"zh\">\(chinese)</span><br>"
                + "\(Self.escaped(telling.recording.machine)) · \(Self.escaped(telling.recording.label)) · "
                + "\(String(format: "%.1f", telling.recording.novelty)) deviations<br>"
                + "<small>\(Self.escaped((telling.recording.file as NSString).lastPathComponent))</small></figcaption>"
                + "\(player)</figure>"
        }.joined()
        guard !items.isEmpty else { return "" }
        return section(
            "Listen",
            "试听",
            "<div class=\"clips\">\(items)</div><p class=\"quiet\">The first \(Int(PageClips.longestSeconds)) s at "
                + "\(PageClips.sampleRateHz / 1000) kHz, brought to one loudness.</p>"
        )
    }

    private func calibration(_ report: ComparisonReport) -> String {
        let modes = Self.labelModes(report)
        guard !modes.isEmpty else { return "" }
        let plots: String = modes.map { mode in
            "<figure>\(PagePlots.reliability(mode.reliability))<figcaption>\(Self.escaped(mode.mode)): ECE "
                + "\(Self.area(mode.calibrationError)), Brier \(Self.area(mode.brierScore))</figcaption></figure>"
        }.joined()
        return section("What confidence means", "置信度校准", "<div class=\"plots\">\(plots)</div>")
    }

    private func confusion(_ report: ComparisonReport) -> String {
        let tables = Self.labelModes(report).flatMap { mode in
            mode.confusion.map { table in
                let name = table.profile.isEmpty ? mode.mode : "\(mode.mode) · \(table.profile)"
                return Self.matrix(table.labels, table.counts, caption: name)
            }
        }
        return tables.isEmpty
            ? "" : section("Taken for what", "混淆矩阵", "<div class=\"plots\">\(tables.joined())</div>")
    }

    private var labelsAlone: String {
        let figures =
            "\(labels.count) recordings, windows of 10 s: balanced accuracy \(Self.percent(labels.balancedAccuracy)) %, "
            + "undetermined \(Self.percent(labels.undetermined)) %, calibration error \(Self.area(labels.calibrationError))."
        return section(
            "Labels alone, over everything",
            "仅标签（全部录音）",
            "<p>\(figures)</p><div class=\"plots\">"
                + Self.matrix(labels.labels.map(\.label), labels.confusion, caption: "zero-shot") + "</div>"
        )
    }

    private func method(_ report: ComparisonReport) -> String {
        let order =
            report.order == .time
            ? "within each label of a machine earlier recordings teach and later ones test"
            : "recordings are drawn at random, label by label"
        let latency = report.latency.map { latency in
            String(
                format: "<li>A window takes %.1f ms to hear (95 %%: %.1f ms) and %.2f ms to judge.</li>",
                latency.hearingMedianMs,
                latency.hearing95PercentMs,
                latency.judgingMedianMs
            )
        }
        return section(
            "How it was measured",
            "测量方法",
            """
            <ul><li>\(report.repetitions) splits by recording, seed \(report.seed): \(order). No recording both teaches \
            and tests.</li>
            <li>Windows of \(Self.plain(report.windows.lengthSeconds)) s every \(Self.plain(report.windows.hopSeconds)) s; \
            a recording's score is the mean over its windows.</li>
            <li>AUC is the chance that a faulty recording scores above a normal one of the same machine; pAUC looks at \
            false-alarm rates up to 0.1, rescaled so that chance is 0.5.</li>
            <li>Intervals: 95 % percentile bootstrap over machines and, within them, recordings.</li>\(latency ?? "")</ul>
            """
        )
    }
}

// MARK: - Words and numbers

extension EvaluationPage {
    /// Zero-shot and the way with the most examples: the two ends.
    private static func labelModes(_ report: ComparisonReport) -> [ModeFigures] {
        let labelled = report.modes.filter { !$0.confusion.isEmpty }
        return [labelled.first, labelled.count > 1 ? labelled.last { !$0.mode.contains("+") } : nil].compactMap { $0 }
    }

    private static func words(_ reason: TellingRecording.Reason) -> (String, String) {
        switch reason {
        case .falseAlarm: ("Normal, called faulty", "正常却报故障")
        case .miss: ("Faulty, not found", "故障未发现")
        case .clearest: ("Faulty, farthest from normal", "最明显的故障")
        case .typical: ("Normal, most typical", "最典型的正常声")
        }
    }

    private static func matrix(_ labels: [String], _ counts: [[Int]], caption: String) -> String {
        let head: String = labels.indices.map { (index: Int) -> String in "<th>\(index + 1)</th>" }.joined()
        let rows: String = zip(labels, counts).enumerated().map { index, row -> String in
            let total = Double(max(1, row.1.reduce(0, +)))
            let cells: String = row.1.map { (count: Int) -> String in
                let share = Double(count) / total
                return "<td style=\"--share:\(Self.area(share))\">\(count)</td>"
            }.joined()
            return "<tr><th>\(index + 1) \(Self.escaped(row.0))</th>\(cells)</tr>"
        }.joined()
        return "<figure><table class=\"matrix\"><thead><tr><th></th>\(head)</tr></thead><tbody>\(rows)</tbody></table>"
            + "<figcaption>\(Self.escaped(caption))</figcaption></figure>"
    }

    private func range(_ figure: FigureWithInterval?) -> String {
        guard let low = figure?.low, let high = figure?.high else { return "" }
        return String(format: "%.2f–%.2f", low, high)
    }

    static func escaped(_ text: String) -> String {
        text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
            .replacingOccurrences(of: ">", with: "&gt;").replacingOccurrences(of: "\"", with: "&quot;")
    }

    private static func area(_ value: Double?) -> String { value.map { String(format: "%.3f", $0) } ?? "–" }

    private static func percent(_ share: Double?) -> String { share.map { String(format: "%.0f", $0 * 100) } ?? "–" }

    private static func signed(_ value: Double) -> String { String(format: "%+.3f", value) }

    private static func rate(_ value: Double) -> String {
        String(format: value >= 10 || value == 0 ? "%.0f" : "%.1f", value)
    }

    private static func plain(_ value: Double) -> String { String(format: "%g", value) }
}
