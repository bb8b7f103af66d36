// Machines as Sparkplug metrics, and what hosts may write.
import Foundation
import MachineHealth
import SparkplugB
import Testing
import TrendLog

@testable import Publishing

@Suite("Publishing: Sparkplug mapping")
struct SparkplugMappingTests {
    @Test("a failing machine")
    func failing() throws {
        let monitor = try Machines.failing()
        let metrics = SparkplugMapping.device(Machines.picture(monitor))
        let payload = SparkplugPayload(metrics: metrics)
        let oil = "bearing-lacking-oil"
        let expected: [(String, DataType, MetricValue?)] = [
            ("Health/State", .string, .string("warning")),
            ("Health/TopLabel", .string, .string(oil)),
            ("Health/Confidence", .double, .double(0.9)),
            ("Health/Novelty", .double, nil),
            ("Fault/\(oil)/Active", .boolean, .boolean(true)),
            ("Fault/\(oil)/Confidence", .double, .double(0.9)),
            ("Fault/\(oil)/Consecutive", .int32, .int32(3)),
            ("Alarm/\(oil)/State", .string, .string("unack_active")),
            ("Alarm/\(oil)/Since", .dateTime, .dateTime(Samples.start.addingTimeInterval(20))),
            ("Alarm/\(oil)/Id", .string, .string(try #require(monitor.records.first?.alarmID?.text))),
            ("Alarm/\(oil)/Severity", .string, .string("warning")),
            ("Alarm/\(oil)/Ack", .string, .string("")),
            ("Alarm/\(oil)/ShelveSeconds", .int32, .int32(0)),
            ("Alarm/\(oil)/Reset", .boolean, .boolean(false)),
            ("Alarm/valve-plate-broken/Id", .string, nil),
            ("Stream/Online", .boolean, .boolean(true)),
            ("Stream/LevelDbfs", .double, .double(-20)),
            ("Stream/DroppedChunks", .int64, .int64(2)),
            ("Properties/Model", .string, .string("tiny@1234abcd")),
        ]
        for (name, type, value) in expected {
            let metric = try #require(payload.metric(name), "\(name)")
            #expect(metric.dataType == type && metric.value == value, "\(name) is \(String(describing: metric.value))")
        }
        #expect(Set(metrics.map(\.name)).count == metrics.count)
        #expect(metrics.allSatisfy { $0.timestampMS != nil && $0.dataType != nil && $0.properties?["Quality"] != nil })
    }

    @Test("values of a machine that is not heard are stale, those about its alarms and stream are not")
    func stale() throws {
        let payload = SparkplugPayload(metrics: SparkplugMapping.device(Machines.picture(try Machines.monitor("c"))))
        for name in ["Health/State", "Fault/bearing-lacking-oil/Confidence"] {
            #expect(payload.metric(name)?.properties?["Quality"] == .int32(500), "\(name)")
        }
        for name in ["Alarm/bearing-lacking-oil/State", "Stream/Online"] {
            #expect(payload.metric(name)?.properties?["Quality"] == .int32(192), "\(name)")
        }
    }

    @Test("an event carries its own time, what it changes, and no types")
    func event() throws {
        let monitor = try Machines.failing()
        let event = Samples.event(7, id: Samples.eventID)
        let metrics = SparkplugMapping.event(event, in: Machines.picture(monitor))
        let payload = SparkplugPayload(metrics: metrics)
        #expect(payload.metric("Event/Id")?.value == .string(Samples.eventID.text))
        #expect(payload.metric("Event/Type")?.value == .string("fault_raised"))
        #expect(payload.metric("Alarm/bearing-lacking-oil/State")?.value == .string("unack_active"))
        #expect(payload.metric("Alarm/valve-plate-broken/State") == nil)
        #expect(metrics.allSatisfy { $0.dataType == nil && $0.timestampMS == event.time.sparkplugMS })
        let births = Set(SparkplugMapping.device(Machines.picture(monitor)).map(\.name))
        #expect(Set(metrics.map(\.name)).isSubset(of: births), "nothing is told that the birth did not announce")
    }

    @Test("only the writable names are")
    func writable() {
        #expect(SparkplugMapping.writable("Alarm/a-b/Ack")?.label == LabelID("a-b"))
        for name in ["Alarm/a/State", "Alarm//b/Ack", "Fault/a/Ack", "Ack", "", "Alarm/a/Ack/"] {
            #expect(SparkplugMapping.writable(name) == nil, "\(name)")
        }
    }
}

@Suite("Publishing: what hosts order")
struct HostOrderTests {
    private func order(
        _ what: SparkplugMapping.Writable,
        _ value: MetricValue?,
        label: LabelID = Samples.oil,
        sentAfterSeconds: Double? = 30
    ) throws -> Result<OperatorCommand, OperatorCommandError> {
        let sent = sentAfterSeconds.map { Samples.start.addingTimeInterval($0).sparkplugMS }
        let picture = Machines.picture(try Machines.failing())
        do throws(OperatorCommandError) {
            return .success(
                try HostOrder(what, label: label, value: value, sentMS: sent)
                    .command(picture, user: "sparkplug:scada", comment: "DCMD")
            )
        } catch {
            return .failure(error)
        }
    }

    @Test("an alarm's id acknowledges that instance, whichever stands now")
    func acknowledgeByID() throws {
        let id = UUID()
        let command = try order(.acknowledge, .string(id.uuidString)).get()
        #expect(command == .acknowledge(alarmID: id, user: "sparkplug:scada", comment: "DCMD"))
    }

    @Test("true acknowledges what stood when the host wrote, and nothing newer")
    func acknowledgeByTruth() throws {
        guard case .acknowledge = try order(.acknowledge, .boolean(true)).get() else {
            Issue.record("no acknowledgement")
            return
        }
        let late = try order(.acknowledge, .boolean(true), sentAfterSeconds: 19)
        #expect(throws: OperatorCommandError.self, "raised at 20 s") { try late.get() }
        let timeless = try order(.acknowledge, .boolean(true), sentAfterSeconds: nil)
        #expect(throws: OperatorCommandError.self) { try timeless.get() }
    }

    @Test(
        "what makes no sense is refused in words",
        arguments: [
            (.acknowledge, .string("everything"), Samples.oil, "no alarm id"),
            (.acknowledge, .boolean(false), Samples.oil, "or true"),
            (.acknowledge, nil, Samples.oil, "or true"),
            (.acknowledge, .boolean(true), Machines.valve, "not been raised"),
            (.acknowledge, .boolean(true), LabelID("rust"), "no fault label"),
            (.shelve, .double(0.5), Samples.oil, "whole number"),
            (.shelve, .int32(-1), Samples.oil, "whole number"),
            (.shelve, .int32(60), Machines.valve, "not been raised"),
            (.reset, .boolean(false), Samples.oil, "write true"),
        ] as [(SparkplugMapping.Writable, MetricValue?, LabelID, String)]
    )
    func refused(what: SparkplugMapping.Writable, value: MetricValue?, label: LabelID, words: String) throws {
        let result = try order(what, value, label: label)
        let error = #expect(throws: OperatorCommandError.self) { try result.get() }
        #expect(error?.reason.contains(words) == true, "\(String(describing: error))")
    }
}
