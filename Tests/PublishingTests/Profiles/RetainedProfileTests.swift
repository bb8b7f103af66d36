// Tags and discovery: what is retained, when it is sent again, and that it goes with its machine.
import Foundation
import MachineHealth
import Testing
import TrendLog

@testable import Publishing

@Suite("Publishing: retained profiles", .timeLimit(.minutes(20)))
struct RetainedProfileTests {
    private func texts(_ profile: some RetainedProfile, _ monitor: MachineMonitor) throws -> [String: String] {
        let values = try profile.values(of: Machines.picture(monitor))
        #expect(Set(values.map(\.topic)).count == values.count)
        return Dictionary(values.map { ($0.topic, String(decoding: $0.payload, as: UTF8.self)) }) { first, _ in first }
    }

    @Test("tags: one value a topic, every topic as deep as the next, null where there is none")
    func tags() throws {
        let texts = try texts(TagProfile(prefix: "uns/plant1"), Machines.failing())
        let place = "uns/plant1/compressor-2"
        let time = Int(Samples.start.timeIntervalSince1970 * 1_000)
        let expected = [
            "health/machine/state": "\"warning\"", "health/machine/confidence": "0.9", "stream/audio/online": "true",
            "stream/audio/level_dbfs": "-20", "stream/audio/dropped_chunks": "2",
            "fault/bearing-lacking-oil/active": "true", "fault/bearing-lacking-oil/consecutive": "3",
            "fault/valve-plate-broken/active": "false", "fault/valve-plate-broken/alarm_id": "null",
            "fault/bearing-lacking-oil/since": "\"2026-11-22T10:00:20.000Z\"",
        ]
        for (name, value) in expected {
            #expect(texts["\(place)/\(name)"] == #"{"timestamp_ms":\#(time),"value":\#(value)}"#, "\(name)")
        }
        #expect(Set(texts.keys.map { $0.split(separator: "/").count }) == [6])
    }

    @Test("discovery: the entities of a machine read its JSON topics")
    func discovery() throws {
        let profile = HomeAssistantProfile(
            topics: try Samples.topics(),
            node: "edge-1",
            version: "1",
            language: "zh",
            names: ["compressor-2": LocalizedName(["zh": "2号空压机"])]
        )
        let values = try profile.values(of: Machines.picture(try Machines.failing()))
        #expect(values.map(\.topic) == ["homeassistant/device/ausculta_plant1_compressor-2/config"])
        let payload = try #require(values.first?.payload)
        let document = try JSONSerialization.jsonObject(with: payload)
        let json = try #require(document as? [String: Any])
        #expect(json["avty_t"] as? String == "ausculta/plant1/_node/edge-1/status")
        #expect((json["dev"] as? [String: Any])?["name"] as? String == "2号空压机")
        let components = try #require(json["cmps"] as? [String: [String: Any]])
        let fault = try #require(components["fault_bearing-lacking-oil"])
        #expect(fault["name"] as? String == "轴承缺油" && fault["dev_cla"] as? String == "problem")
        #expect(fault["stat_t"] as? String == "ausculta/plant1/compressor-2/fault/bearing-lacking-oil")
        #expect(components.count == 6)
        let ids = components.values.compactMap { $0["uniq_id"] as? String }
        #expect(Set(ids).count == components.count)
    }

    @Test("what says the same is not sent again, what is no more is taken away")
    func keeper() async throws {
        let publisher = ScriptedPublisher()
        let retained = RetainedTopics(publisher: publisher, logger: Samples.quiet)
        let keeper = RetainedProfileKeeper([TagProfile(prefix: "t")], retained: retained) { Issue.record("\($0)") }
        let monitor = try Machines.failing()
        try await running(retained.run) {
            keeper.show(Machines.picture(monitor))
            await publisher.waitForSent(24)
            keeper.show(Machines.picture(monitor, at: Samples.start.addingTimeInterval(99)))
            var changed = Machines.picture(monitor, at: Samples.start.addingTimeInterval(99))
            changed.stream.droppedChunks = 3
            keeper.show(changed)
            await publisher.waitForSent(25)
            #expect(publisher.sent.last?.topic == "t/compressor-2/stream/audio/dropped_chunks")
            changed.records.removeLast()
            keeper.show(changed)
            await publisher.waitForSent(33)
            keeper.forget(machine: "compressor-2")
            await publisher.waitForSent(49)
        }
        #expect(publisher.sent.suffix(24).allSatisfy { $0.payload.isEmpty && $0.retain })
    }
}
