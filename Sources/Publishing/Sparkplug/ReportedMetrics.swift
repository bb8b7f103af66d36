// Data by exception: what is so, what a host was told, and the difference.
import Foundation
import SparkplugB

/// The metrics of the node or of one device. A value without I/O.
struct ReportedMetrics {
    private struct Told: Hashable {
        var value: MetricValue?
        var properties: PropertySet?

        init(_ metric: Metric) {
            value = metric.value
            properties = metric.properties
        }
    }

    /// Names in the order of the birth.
    private(set) var names: [String] = []
    private var current: [String: Metric] = [:]
    private var told: [String: Told] = [:]

    /// Takes the metrics as they are now. One that says the same as before keeps its time.
    ///
    /// - Returns: whether these are other metrics than before, so that a birth has to tell of them.
    mutating func take(_ metrics: [Metric]) -> Bool {
        let before = names
        names = metrics.compactMap(\.name)
        var next: [String: Metric] = [:]
        for metric in metrics {
            guard let name = metric.name else { continue }
            next[name] = current[name].flatMap { $0.isSame(as: metric) ? $0 : nil } ?? metric
        }
        current = next
        return names != before
    }

    /// A metric's value now.
    func value(of name: String) -> MetricValue? { current[name]?.value }

    /// Changes one metric that no picture carries.
    mutating func set(_ name: String, _ value: MetricValue?, at time: Date) {
        guard current[name] != nil else { return }
        current[name]?.value = value
        current[name]?.timestampMS = time.sparkplugMS
    }

    /// Every metric with its type, oldest value first; from now on a host knows them.
    mutating func birth() -> [Metric] {
        let metrics = names.compactMap { current[$0] }
        told = [:]
        note(metrics)
        return metrics.inOrder
    }

    /// What differs from what a host knows, oldest value first and without types; from now on it knows that, too.
    mutating func changes() -> [Metric] {
        let metrics = names.compactMap { name -> Metric? in
            guard var metric = current[name], told[name] != Told(metric) else { return nil }
            metric.dataType = nil
            return metric
        }
        note(metrics)
        return metrics.inOrder
    }

    /// A stored event was sent as news: the host knows these values, and they are so unless something newer is.
    mutating func wereSent(_ metrics: [Metric]) {
        for metric in metrics {
            guard let name = metric.name, let known = current[name] else { continue }
            if (metric.timestampMS ?? 0) >= (known.timestampMS ?? 0) {
                var metric = metric
                metric.dataType = known.dataType
                current[name] = metric
            }
        }
        note(metrics)
    }

    private mutating func note(_ metrics: [Metric]) {
        for metric in metrics {
            if let name = metric.name { told[name] = Told(metric) }
        }
    }
}

extension Metric {
    fileprivate func isSame(as other: Metric) -> Bool {
        value == other.value && dataType == other.dataType && properties == other.properties
    }
}

extension [Metric] {
    /// By time; those of one time keep their order.
    fileprivate var inOrder: [Metric] {
        enumerated().sorted { left, right in
            (left.element.timestampMS ?? 0, left.offset) < (right.element.timestampMS ?? 0, right.offset)
        }.map(\.element)
    }
}
