// How durations and ranges are written on the command line of `simulate`.

import ArgumentParser

/// A length of time such as `90`, `90s`, `1.5m`, `8h`, `3d`.
struct SimulatedDuration: ExpressibleByArgument {
    let seconds: Double

    init(seconds: Double) {
        self.seconds = seconds
    }

    init?(argument: String) {
        let units: [Character: Double] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
        var digits = argument
        var factor = 1.0
        if let last = argument.last, let unit = units[last] {
            factor = unit
            digits.removeLast()
        }
        guard let value = Double(digits), value.isFinite, value >= 0 else { return nil }
        seconds = value * factor
    }
}

/// One number or a range such as `8...30`.
struct NumberRange: ExpressibleByArgument {
    let values: ClosedRange<Double>

    init(values: ClosedRange<Double>) {
        self.values = values
    }

    init?(argument: String) {
        let parts = Self.split(argument, by: "...")
        guard let low = parts.first.flatMap({ Double($0) }), let high = parts.last.flatMap({ Double($0) }),
            parts.count <= 2, low <= high
        else { return nil }
        values = low...high
    }

    private static func split(_ text: String, by separator: String) -> [String] {
        guard let found = text.range(of: separator) else { return [text] }
        return [String(text[..<found.lowerBound]), String(text[found.upperBound...])]
    }
}

/// A range of seeds: `0-199`, or half-open as `0..<200` (which a shell wants in quotes).
struct SeedRange: ExpressibleByArgument {
    let values: Range<UInt64>

    init(values: Range<UInt64>) {
        self.values = values
    }

    init?(argument: String) {
        let ends = argument.split(separator: "-", omittingEmptySubsequences: false)
        if ends.count == 2, let low = UInt64(ends[0]), let high = UInt64(ends[1]), low <= high, high < .max {
            values = low..<high + 1
            return
        }
        guard let found = argument.range(of: "..<"), let low = UInt64(argument[..<found.lowerBound]),
            let high = UInt64(argument[found.upperBound...]), low < high
        else { return nil }
        values = low..<high
    }
}
