// Data by exception, metric by metric.
import Foundation
import SparkplugB
import Testing

@testable import Publishing

@Suite("Publishing: what a Sparkplug host knows")
struct ReportedMetricsTests {
    private func metric(_ name: String, _ value: Int32?, at time: UInt64, stale: Bool = false) -> Metric {
        Metric(
            name: name,
            timestampMS: time,
            dataType: .int32,
            value: value.map { .int32($0) },
            properties: .quality(stale ? .stale : .good)
        )
    }

    @Test("only what differs is told, once, without its type; what is unchanged keeps its time")
    func byException() {
        var metrics = ReportedMetrics()
        let isNew1 = metrics.take([metric("a", 1, at: 10), metric("b", nil, at: 10)])
        #expect(isNew1)
        let born1 = metrics.birth()
        #expect(born1.map(\.timestampMS) == [10, 10])
        let isNew2 = metrics.take([metric("a", 1, at: 20), metric("b", 7, at: 20)])
        #expect(!isNew2)
        let changes = metrics.changes()
        #expect(changes.map(\.name) == ["b"] && changes.map(\.dataType) == [nil])
        let news1 = metrics.changes()
        #expect(news1.isEmpty)
        let born2 = metrics.birth()
        #expect(born2.map(\.timestampMS) == [10, 20])
    }

    @Test("a change of quality alone is a change")
    func quality() {
        var metrics = ReportedMetrics()
        _ = metrics.take([metric("a", 1, at: 10)])
        _ = metrics.birth()
        _ = metrics.take([metric("a", 1, at: 20, stale: true)])
        let news1 = metrics.changes()
        #expect(news1.map { $0.properties?["Quality"] } == [.int32(500)])
    }

    @Test("another set of metrics wants another birth")
    func redefined() {
        var metrics = ReportedMetrics()
        _ = metrics.take([metric("a", 1, at: 10)])
        let isNew1 = metrics.take([metric("a", 1, at: 10), metric("b", 1, at: 10)])
        #expect(isNew1)
        let isNew2 = metrics.take([metric("b", 1, at: 10)])
        #expect(isNew2)
        let born1 = metrics.birth()
        #expect(born1.map(\.name) == ["b"])
    }

    @Test("values stand in the order of their times")
    func order() {
        var metrics = ReportedMetrics()
        _ = metrics.take([metric("a", 1, at: 30), metric("b", 1, at: 10), metric("c", 1, at: 30)])
        let born1 = metrics.birth()
        #expect(born1.map(\.name) == ["b", "a", "c"])
    }

    @Test("a stored event sent as news counts as told; a newer value is told after it, an older picture is not")
    func events() {
        var metrics = ReportedMetrics()
        _ = metrics.take([metric("a", 1, at: 10), metric("b", 1, at: 50)])
        _ = metrics.birth()
        metrics.wereSent([metric("a", 2, at: 20), metric("b", 0, at: 20)])
        #expect(metrics.value(of: "a") == .int32(2))
        let news1 = metrics.changes()
        #expect(news1.map(\.name) == ["b"], "the host was told an older value in between")
        let born1 = metrics.birth()
        #expect(born1.map(\.dataType) == [.int32, .int32])
    }
}
