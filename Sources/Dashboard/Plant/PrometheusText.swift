// Metrics in Prometheus' text format, version 0.0.4.
// https://prometheus.io/docs/instrumenting/exposition_formats/

/// Writes metric families.
struct PrometheusText {
    /// The media type of what it writes.
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    enum Kind: String {
        case counter, gauge, histogram
    }

    typealias Labels = KeyValuePairs<String, String>

    private(set) var text = ""

    /// Begins a family; its samples follow before the next one begins.
    mutating func family(_ name: String, _ kind: Kind, _ help: String) {
        text += "# HELP \(name) \(help.replacing("\\", with: "\\\\").replacing("\n", with: "\\n"))\n"
        text += "# TYPE \(name) \(kind.rawValue)\n"
    }

    /// One sample.
    mutating func sample(_ name: String, _ labels: Labels = [:], _ value: Double) {
        text += "\(name)\(Self.labels(labels)) \(Self.number(value))\n"
    }

    /// One sample.
    mutating func sample(_ name: String, _ labels: Labels = [:], _ value: Int) {
        text += line(name, labels, "\(value)")
    }

    /// A histogram's samples: buckets added up, sum and count.
    mutating func histogram(_ name: String, _ labels: [(String, String)] = [], _ histogram: Histogram) {
        var total = 0
        for (index, count) in histogram.counts.enumerated() {
            total += count
            let bound = histogram.bounds.indices.contains(index) ? Self.number(histogram.bounds[index]) : "+Inf"
            text += "\(name)_bucket\(Self.labels(labels + [("le", bound)])) \(total)\n"
        }
        text += "\(name)_sum\(Self.labels(labels)) \(Self.number(histogram.sum))\n"
        text += "\(name)_count\(Self.labels(labels)) \(total)\n"
    }

    private func line(_ name: String, _ labels: Labels, _ value: String) -> String {
        "\(name)\(Self.labels(labels)) \(value)\n"
    }

    private static func labels(_ labels: some Collection<(key: String, value: String)>) -> String {
        Self.labels(labels.map { ($0.key, $0.value) })
    }

    private static func labels(_ labels: [(String, String)]) -> String {
        guard !labels.isEmpty else { return "" }
        return "{" + labels.map { "\($0.0)=\"\(escaped($0.1))\"" }.joined(separator: ",") + "}"
    }

    private static func escaped(_ value: String) -> String {
        guard value.contains(where: { $0 == "\\" || $0 == "\"" || $0.isNewline }) else { return value }
        return value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return value == value.rounded() && value.magnitude < 1e15 ? "\(Int(value))" : "\(value)"
    }
}
