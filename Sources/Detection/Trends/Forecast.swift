// "Reaches the limit in 2.5 to 4 days", with an honest interval, or nothing.

/// When a rising value will reach its limit.
public enum Forecast: Hashable, Sendable {
    /// It is there already.
    case reached
    /// Between two times from the last value on, in seconds.
    case between(earliestSeconds: Double, latestSeconds: Double)
    /// Nothing can be said honestly.
    case none(Reason)

    /// Why there is no forecast.
    public enum Reason: String, Sendable, Codable, CaseIterable {
        /// Too few values or too short a time.
        case historyTooShort
        /// The slope may as well be zero, or the value falls.
        case noSlope
        /// The limit lies farther off than the history reaches.
        case tooFarOff
    }

    /// What a forecast insists on.
    public struct Rules: Hashable, Sendable, Codable {
        /// Shortest history, in seconds.
        public var shortestHistorySeconds: Double
        /// Fewest values after thinning.
        public var fewestValues: Int
        /// Farthest look ahead, in lengths of the history.
        public var reach: Double
        /// Confidence of the interval, in 0 ..< 1.
        public var confidence: Double

        /// Makes rules.
        public init(
            shortestHistorySeconds: Double = 6 * 3_600,
            fewestValues: Int = 20,
            reach: Double = 3,
            confidence: Double = 0.95
        ) {
            self.shortestHistorySeconds = shortestHistorySeconds
            self.fewestValues = fewestValues
            self.reach = reach
            self.confidence = confidence
        }
    }

    /// A value at a time.
    public struct Sample: Hashable, Sendable, Codable {
        /// When, in seconds.
        public let timeSeconds: Double
        /// What.
        public let value: Double

        /// Makes a sample.
        public init(timeSeconds: Double, value: Double) {
            self.timeSeconds = timeSeconds
            self.value = value
        }
    }

    /// Forecasts when values reach a limit from below.
    ///
    /// A straight line (Theil-Sen) through the history, thinned to at most 200 means over equal times. Its slope's
    /// interval is widened for the likeness of neighbouring values (first-order autocorrelation of the residuals), and
    /// the forecast exists only where the whole interval rises. The line turns about the middle of the history, whose
    /// level has an error of its own. Wear that speeds up arrives earlier than a straight line says: forecast anew from
    /// a recent stretch as values come in.
    ///
    /// - Parameter samples: in any order; values that are no numbers are left out.
    public init(samples: [Sample], limit: Double, rules: Rules = Rules()) {
        let usable = samples.filter { $0.timeSeconds.isFinite && $0.value.isFinite }
            .sorted { ($0.timeSeconds, $0.value) < ($1.timeSeconds, $1.value) }
        guard let first = usable.first, let last = usable.last, limit.isFinite else {
            self = .none(.historyTooShort)
            return
        }
        let span = last.timeSeconds - first.timeSeconds
        let thinned = Self.thin(usable, from: first.timeSeconds, span: span)
        guard span >= rules.shortestHistorySeconds, thinned.count >= max(4, rules.fewestValues) else {
            self = .none(.historyTooShort)
            return
        }
        let times = thinned.map { $0.timeSeconds - first.timeSeconds }
        let values = thinned.map(\.value)
        guard let plain = TheilSen(times: times, values: values, confidence: rules.confidence) else {
            self = .none(.historyTooShort)
            return
        }
        let residuals = zip(times, values).map { $1 - plain.intercept - plain.slope * $0 }
        let likeness = Self.likeness(residuals)
        let widening = ((1 + likeness) / (1 - likeness)).squareRoot()
        let line = TheilSen(times: times, values: values, confidence: rules.confidence, widening: widening) ?? plain
        let middle = Statistics.median(times) ?? 0
        let level = plain.intercept + plain.slope * middle
        // 1.2533: a median is that much less certain than a mean.
        let levelError =
            Statistics.normalQuantile(0.5 + rules.confidence / 2) * 1.2533
            * Statistics.robustDeviation(residuals) * widening / Double(values.count).squareRoot()
        if level + plain.slope * (span - middle) >= limit {
            self = .reached
            return
        }
        guard line.lowSlope > 0 else {
            self = .none(.noSlope)
            return
        }
        let soonest = (limit - level - levelError) / line.highSlope - (span - middle)
        let latest = (limit - level + levelError) / line.lowSlope - (span - middle)
        guard latest <= rules.reach * span else {
            self = .none(.tooFarOff)
            return
        }
        self = .between(earliestSeconds: max(0, soonest), latestSeconds: max(0, latest))
    }

    /// The forecast for people.
    public var text: BilingualText {
        switch self {
        case .reached:
            BilingualText(english: "The limit is reached.", chinese: "已达到限值。")
        case .between(let earliest, let latest):
            BilingualText(
                english: "Reaches the limit in \(Self.span(earliest, latest, isChinese: false)).",
                chinese: "预计在 \(Self.span(earliest, latest, isChinese: true))后达到限值。"
            )
        case .none(.historyTooShort):
            BilingualText(english: "No forecast: the history is too short.", chinese: "无预测：历史数据太短。")
        case .none(.noSlope):
            BilingualText(english: "No forecast: there is no clear rise.", chinese: "无预测：没有明显上升趋势。")
        case .none(.tooFarOff):
            BilingualText(
                english: "No forecast: the limit is farther off than the history lets one see.",
                chinese: "无预测：达到限值的时间超出历史数据可预测的范围。"
            )
        }
    }

    private static let mostValues = 200

    private static func thin(_ samples: [Sample], from start: Double, span: Double) -> [Sample] {
        guard samples.count > mostValues, span > 0 else { return samples }
        let step = span / Double(mostValues)
        var thinned: [Sample] = []
        var (bin, count, time, value) = (0, 0.0, 0.0, 0.0)
        func close() {
            guard count > 0 else { return }
            thinned.append(Sample(timeSeconds: start + time / count, value: value / count))
            (count, time, value) = (0, 0, 0)
        }
        for sample in samples {
            let own = min(mostValues - 1, Int((sample.timeSeconds - start) / step))
            if own != bin { close() }
            bin = own
            count += 1
            time += sample.timeSeconds - start
            value += sample.value
        }
        close()
        return thinned
    }

    /// First-order autocorrelation within 0...0.95.
    private static func likeness(_ residuals: [Double]) -> Double {
        let mean = residuals.reduce(0, +) / Double(residuals.count)
        let centred = residuals.map { $0 - mean }
        let power = centred.reduce(0) { $0 + $1 * $1 }
        guard power > 0 else { return 0 }
        let product = zip(centred, centred.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
        return min(0.95, max(0, product / power))
    }

    private static func span(_ earliest: Double, _ latest: Double, isChinese: Bool) -> String {
        let (unit, english, chinese) =
            latest >= 2 * 86_400
            ? (86_400.0, "days", "天") : latest >= 2 * 3_600 ? (3_600.0, "hours", "小时") : (60.0, "minutes", "分钟")
        let low = BilingualText.number(earliest / unit, decimals: 1)
        let high = BilingualText.number(latest / unit, decimals: 1)
        return isChinese ? "\(low) 至 \(high) \(chinese)" : "\(low) to \(high) \(english)"
    }
}
