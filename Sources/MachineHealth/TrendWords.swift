// "2.5 to 4.0 days": a stretch of time ahead in words.

/// Words for forecasts.
package enum TrendWords {
    /// A length of time: "35 s", "12 min", "3.5 h", "2.1 d".
    package static func length(_ seconds: Double) -> String {
        switch seconds {
        case ..<120: "\(Sentence.number(seconds, decimals: 0)) s"
        case ..<7_200: "\(Sentence.number(seconds / 60, decimals: 0)) min"
        case ..<172_800: "\(Sentence.number(seconds / 3_600, decimals: 1)) h"
        default: "\(Sentence.number(seconds / 86_400, decimals: 1)) d"
        }
    }

    /// A span between two times ahead, in the unit that fits the later one.
    package static func span(_ earliestSeconds: Double, _ latestSeconds: Double) -> String {
        let (unit, name) =
            latestSeconds >= 2 * 86_400
            ? (86_400.0, "days") : latestSeconds >= 2 * 3_600 ? (3_600.0, "hours") : (60.0, "minutes")
        let low = Sentence.number(earliestSeconds / unit, decimals: 1)
        return "\(low) to \(Sentence.number(latestSeconds / unit, decimals: 1)) \(name)"
    }
}
