// The bytes on the wire, as the contract has them.
import Foundation
import MachineHealth
import Testing
import TrendLog

@testable import Publishing

@Suite("Publishing: payloads")
struct PayloadTests {
    private let profile: JSONProfile

    init() throws { profile = JSONProfile(topics: try Samples.topics()) }

    /// A monitor that raises at once.
    private func monitor() throws -> MachineMonitor {
        MachineMonitor(
            machine: "compressor-2",
            vocabulary: try LabelVocabulary(
                profile: "compressor",
                labels: [
                    Label(id: LabelID("normal"), name: LocalizedName([:]), kind: .normal, prompts: ["a"]),
                    Label(id: Samples.oil, name: Samples.oilName, kind: .fault, prompts: ["b"]),
                ]
            ),
            rules: TrendRules(machine: TrendRule(consecutive: 1)),
            startingAt: Samples.start
        )
    }

    private func text(_ message: OutgoingMessage) -> String { String(decoding: message.payload, as: UTF8.self) }

    @Test("window: QoS 0, not retained, finite numbers, every key")
    func window() throws {
        let message = try profile.windowMessage(Samples.window())
        #expect(message.topic == "ausculta/plant1/compressor-2/window")
        #expect(message.qos == 0 && !message.retain)
        #expect(
            text(message) == """
                {"confidence":0.9,"end":"2026-11-22T10:00:10.000Z","label":"bearing-lacking-oil","latency_ms":41.3,\
                "level_dbfs":-160,"machine":"compressor-2","missing_fraction":0.01,"model":"tiny@1234abcd",\
                "novelty":null,"raw_scores":null,"scores":{"bearing-lacking-oil":0.9,"normal":0.087654},"site":"plant1",\
                "start":"2026-11-22T10:00:00.000Z","trouble":null,"verdict":"bearing-lacking-oil"}
                """
        )
        let back = try PayloadCoder.decode(WindowPayload.self, from: message.payload)
        #expect(back == WindowPayload(Samples.window(), site: "plant1"))
    }

    @Test("a window that was not classified has null where there is no value")
    func incompleteWindow() throws {
        var record = Samples.window()
        record.observation = Observation(
            machine: "pump-1",
            start: Samples.start,
            end: Samples.start,
            scores: [],
            levelDBFS: .nan,
            missingFraction: 1,
            quality: .incomplete
        )
        record.verdict = .incomplete
        let json = try #require(
            try JSONSerialization.jsonObject(with: profile.windowMessage(record).payload) as? [String: Any]
        )
        #expect(json["label"] is NSNull && json["confidence"] is NSNull && json["level_dbfs"] is NSNull)
        #expect(json["verdict"] as? String == "incomplete")
        #expect((json["scores"] as? [String: Any])?.isEmpty ?? false)
    }

    @Test("an enrolled and calibrated machine's window says how unlike its normal sound it is, and what the model said")
    func noveltyOfAWindow() throws {
        var record = Samples.window()
        record.observation = Observation(
            machine: "pump-1",
            start: Samples.start,
            end: Samples.start.addingTimeInterval(10),
            scores: [LabelScore(label: Samples.oil, confidence: 0.8)],
            levelDBFS: -30,
            missingFraction: 0,
            quality: .good,
            rawScores: [LabelScore(label: Samples.oil, confidence: 0.6)],
            novelty: Novelty(score: 4.123456, limit: 3.5, share: 0.9999999, state: "idle")
        )
        let json = text(try profile.windowMessage(record))
        #expect(
            json.contains(#""novelty":{"is_novel":true,"limit":3.5,"score":4.1235,"share":1,"state":"idle"}"#),
            "\(json)"
        )
        #expect(json.contains(#""raw_scores":{"bearing-lacking-oil":0.6},"scores":{"bearing-lacking-oil":0.8}"#))
    }

    @Test("a microphone in trouble: no label, and the trouble in window and state")
    func trouble() throws {
        var record = Samples.window()
        record.observation = Observation(
            machine: "compressor-2",
            start: Samples.start,
            end: Samples.start.addingTimeInterval(10),
            scores: [LabelScore(label: Samples.oil, confidence: 0.8)],
            levelDBFS: -10,
            missingFraction: 0,
            quality: .good,
            trouble: .mainsHum
        )
        record.verdict = .microphone(.mainsHum)
        let payload = try PayloadCoder.decode(WindowPayload.self, from: profile.windowMessage(record).payload)
        #expect(payload.label == nil && payload.confidence == nil)
        #expect(payload.verdict == "microphone_mains_hum" && payload.trouble == .mainsHum)
        var health = try self.monitor().health
        health.trouble = .mainsHum
        health.novelty = Novelty(score: 1, limit: 3, share: 0.25)
        let state = text(try profile.stateMessage(health, stream: StreamStatus()))
        #expect(state.contains(#""online":false,"trouble":"mains_hum"}"#), "\(state)")
        #expect(state.contains(#""novelty":{"is_novel":false,"limit":3,"score":1,"share":0.25,"state":""}"#))
    }

    @Test("the advisory of change has its topic and its names")
    func changed() throws {
        let record = AlarmRecord(
            machine: "compressor-2",
            label: .changed,
            state: .unackActive,
            alarmID: Samples.alarmID,
            since: Samples.start,
            confidence: 1,
            consecutive: 5,
            required: 5,
            severity: .advisory
        )
        let message = try profile.faultMessage(record, name: Label.changed.name)
        #expect(message.topic == "ausculta/plant1/compressor-2/fault/changed")
        let payload = try PayloadCoder.decode(FaultPayload.self, from: message.payload)
        #expect(payload.name == "Changed, no label says how" && payload.required == 5)
        #expect(payload.names["zh"] == "声音变化，现有标签无法解释")
    }

    @Test("fault: retained, with the names of all languages")
    func fault() throws {
        let message = try profile.faultMessage(Samples.alarm(), name: Samples.oilName)
        #expect(message.topic == "ausculta/plant1/compressor-2/fault/bearing-lacking-oil")
        #expect(message.qos == 1 && message.retain)
        #expect(
            text(message) == """
                {"action":{},"active":true,"alarm_id":"6f1d2c3b-0000-4000-8000-000000000001","confidence":0.912346,\
                "consecutive":3,"hidden":null,\
                "label":"bearing-lacking-oil","machine":"compressor-2","name":"Bearing lacking oil",\
                "names":{"en":"Bearing lacking oil","zh":"轴承缺油"},"priority":"medium","quality":"good","required":3,"severity":"warning",\
                "since":"2026-11-22T10:00:00.000Z","site":"plant1","state":"unack_active"}
                """
        )
        for state in AlarmState.allCases {
            let payload = try PayloadCoder.decode(
                FaultPayload.self,
                from: profile.faultMessage(Samples.alarm(state: state), name: nil).payload
            )
            #expect(payload.state == state)
            #expect(payload.active == [.unackActive, .ackActive].contains(state))
            #expect(payload.name == "bearing-lacking-oil")
        }
    }

    @Test("event: one outbox row with the stored payload, the same bytes every time")
    func event() throws {
        let record = try profile.eventRecord(Samples.event(id: Samples.eventID), name: Samples.oilName)
        let again = try profile.eventRecord(Samples.event(id: Samples.eventID), name: Samples.oilName)
        #expect(record == again)
        let delivery = try #require(record.deliveries.first)
        #expect(record.deliveries.count == 1)
        #expect(delivery.topic == "ausculta/plant1/compressor-2/event")
        #expect(delivery.qos == 1 && !delivery.retain && delivery.target == "json")
        #expect(delivery.payload == record.payload)
        #expect(
            String(decoding: record.payload, as: UTF8.self) == """
                {"alarm_id":"6f1d2c3b-0000-4000-8000-000000000001","comment":null,"confidence":0.912346,"consecutive":3,\
                "id":"6f1d2c3b-0000-4000-8000-000000000002","label":"bearing-lacking-oil","machine":"compressor-2",\
                "message":"event 0","name":"Bearing lacking oil","names":{"en":"Bearing lacking oil","zh":"轴承缺油"},\
                "severity":"warning","site":"plant1","time":"2026-11-22T10:00:00.000Z","type":"fault_raised","user":null,\
                "windows":[{"confidence":0.8,"start":"2026-11-22T10:00:00.000Z"},\
                {"confidence":0.8,"start":"2026-11-22T10:00:05.000Z"},\
                {"confidence":0.8,"start":"2026-11-22T10:00:10.000Z"}]}
                """
        )
    }

    @Test("state: what the monitor says, with the stream as the intake counts it")
    func state() throws {
        var monitor = try self.monitor()
        let before = try profile.stateMessage(monitor.health, stream: StreamStatus())
        let fresh = try #require(try JSONSerialization.jsonObject(with: before.payload) as? [String: Any])
        #expect(fresh["state"] as? String == "unknown")
        #expect(fresh["health"] is NSNull && fresh["top_label"] is NSNull)
        #expect((fresh["stream"] as? [String: Any])?["last_chunk"] is NSNull)

        let plan = try profile.plan(
            window: Samples.window(),
            actions: monitor.observe(Samples.window().observation),
            stream: StreamStatus(droppedChunks: 2, lastChunk: Samples.start)
        ) { $0 == Samples.oil ? Samples.oilName : nil }
        #expect(plan.live.map(\.topic) == ["ausculta/plant1/compressor-2/window"])
        #expect(plan.commit.window == Samples.window())
        #expect(plan.commit.events.map(\.event.type) == [.faultRaised])
        #expect(plan.commit.transitions.map(\.to) == [.unackActive])
        #expect(plan.commit.alarms.map(\.state) == [.unackActive])
        let last = try #require(plan.retained.last { $0.topic.hasSuffix("/state") })
        #expect(last.retain)
        let payload = try PayloadCoder.decode(StatePayload.self, from: last.payload)
        #expect(payload.state == .warning)
        #expect(payload.activeAlarms.map(\.label) == ["bearing-lacking-oil"])
        #expect(payload.activeAlarms.first?.alarmID == plan.commit.alarms.first?.alarmID?.text)
        #expect(payload.stream.droppedChunks == 2 && payload.stream.lastChunk == Samples.start)
        #expect(payload.stream.levelDBFS == -160)
    }

    @Test("node status: retained; the will carries no time")
    func nodeStatus() throws {
        let will = try profile.nodeStatusMessage(node: "edge-1", status: .offline, version: "0.1.0", since: nil)
        #expect(will.topic == "ausculta/plant1/_node/edge-1/status")
        #expect(will.retain && will.qos == 1)
        #expect(
            text(will) == """
                {"node":"edge-1","since":null,"site":"plant1","status":"offline","version":"0.1.0"}
                """
        )
    }

    @Test("state: trends where they are followed, and no key where they are not")
    func trends() throws {
        let health = MachineMonitor(
            machine: "compressor-2",
            vocabulary: try LabelVocabulary(
                profile: "compressor",
                labels: [
                    Label(id: LabelID("normal"), name: LocalizedName([:]), kind: .normal, prompts: ["a"]),
                    Label(id: Samples.oil, name: Samples.oilName, kind: .fault, prompts: ["b"]),
                ]
            ),
            rules: TrendRules(),
            startingAt: Samples.start
        ).health
        let forecast = TrendForecast(
            .between,
            earliest: Samples.start.addingTimeInterval(3_600),
            latest: Samples.start.addingTimeInterval(7_200),
            made: Samples.start
        )
        let outlook = MachineOutlook(
            machine: "compressor-2",
            memorySeconds: 3_600,
            readings: [
                TrendReading(
                    label: LabelID("bearing-lacking-oil"),
                    smoothed: 0.31234567,
                    slopePerHour: 0.05,
                    slopeErrorPerHour: 0.01,
                    limit: 0.75,
                    forecast: forecast
                )
            ],
            verdict: "normal",
            verdictSince: Samples.start,
            updated: Samples.start
        )
        let with = text(try profile.stateMessage(health, stream: StreamStatus(), outlook: outlook))
        #expect(
            with.contains(
                """
                "trend":[{"forecast":{"earliest":"2026-11-22T11:00:00.000Z","latest":"2026-11-22T12:00:00.000Z",\
                "made":"2026-11-22T10:00:00.000Z","outcome":"between"},"label":"bearing-lacking-oil","limit":0.75,\
                "slope_per_hour":0.05,"smoothed":0.312346}]
                """
            )
        )
        #expect(!text(try profile.stateMessage(health, stream: StreamStatus())).contains("trend"))
    }

    @Test("a warning of a trend says between which times, other events have no such key")
    func trendWarning() throws {
        func payload(_ forecast: ForecastInterval?) throws -> String {
            let event = HealthEvent(
                id: UUID(),
                type: .trendWarning,
                machine: "compressor-2",
                time: Samples.start,
                message: "rises",
                forecast: forecast
            )
            return String(decoding: try profile.eventRecord(event, name: nil).payload, as: UTF8.self)
        }
        let interval = ForecastInterval(earliest: Samples.start, latest: Samples.start.addingTimeInterval(60))
        let with = try payload(interval)
        #expect(with.contains("\"type\":\"trend_warning\""))
        #expect(
            with.contains(
                "\"forecast\":{\"earliest\":\"2026-11-22T10:00:00.000Z\",\"latest\":\"2026-11-22T10:01:00.000Z\"}"
            )
        )
        #expect(try !payload(nil).contains("forecast"))
    }

}
