// Numbers, ordinals and durations as they read in an English sentence.

/// Small words for messages; no locale, so a message is the same on every machine.
package enum Sentence {
    /// A number with a fixed count of decimals ("0.71"); "not a number" and "infinite" where it is that.
    package static func number(_ value: Double, decimals: Int) -> String {
        guard !value.isNaN else { return "not a number" }
        guard value.isFinite else { return value < 0 ? "minus infinite" : "infinite" }
        let scale = (0..<decimals).reduce(1.0) { scale, _ in scale * 10 }
        let scaled = (value.magnitude * scale).rounded()
        guard scaled < 1e15 else { return "\(value)" }
        let digits = String(Int(scaled))
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard decimals > 0 else { return sign + digits }
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        return sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
    }

    /// A score with as many decimals (two to six) as it takes to read differently from the threshold it missed.
    package static func score(_ value: Double, against threshold: Double) -> String {
        guard value != threshold else { return number(value, decimals: 2) }
        for decimals in 2..<6 where number(value, decimals: decimals) != number(threshold, decimals: decimals) {
            return number(value, decimals: decimals)
        }
        return number(value, decimals: 6)
    }

    /// "first" … "tenth", then "11th", "22nd".
    package static func ordinal(_ count: Int) -> String {
        let words = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]
        if words.indices.contains(count - 1) { return words[count - 1] }
        let suffix =
            switch (count % 100, count % 10) {
            case (11...13, _): "th"
            case (_, 1): "st"
            case (_, 2): "nd"
            case (_, 3): "rd"
            default: "th"
            }
        return "\(count)\(suffix)"
    }

    /// "3 windows", "1 window".
    package static func windows(_ count: Int) -> String { "\(count) window\(count == 1 ? "" : "s")" }

    /// A duration in its largest exact unit ("90s", "5m", "2h"), with one decimal in seconds otherwise.
    package static func duration(seconds: Double) -> String {
        guard seconds.isFinite, seconds.magnitude < 1e12 else { return number(seconds, decimals: 0) }
        for (unit, size) in [("h", 3_600.0), ("m", 60.0)]
        where seconds >= size && seconds.truncatingRemainder(dividingBy: size) == 0 {
            return number(seconds / size, decimals: 0) + unit
        }
        return number(seconds, decimals: seconds == seconds.rounded() ? 0 : 1) + "s"
    }
}
