// The plant at a glance and one machine, as the pages get them.
import Foundation
import HummingbirdTesting
import MachineHealth
import Testing

@testable import Dashboard

@Suite struct MachineRoutesTests {
    private let start = StagedPlant.start
    private let fine = [0.9, 0.06, 0.04]
    private let dry = [0.05, 0.9, 0.05]

    @Test func theWorstMachineComesFirstWithItsAlarmAndItsLastHour() async throws {
        let plant = try await StagedPlant(["fan-1", "compressor-2", "compressor-1"])
        try await plant.hear("fan-1", from: start, count: 4, fine)
        try await plant.hear("compressor-2", from: start, count: 1, fine)
        try await plant.hear("compressor-2", from: start.addingTimeInterval(60), count: 3, dry)
        try await plant.application().test(.router) { client in
            let document = try await plant.json("/api/v1/machines", client)
            let cards = try #require(document["machines"] as? [[String: Any]])
            #expect(cards.compactMap { $0["id"] as? String } == ["compressor-2", "compressor-1", "fan-1"])
            let worst = cards[0]
            #expect(worst["state"] as? String == "warning")
            #expect((worst["name"] as? [String: String]) == ["en": "Machine compressor-2", "zh": "机器 compressor-2"])
            #expect((worst["top_name"] as? [String: String])?["zh"] == "轴承缺油")
            #expect(worst["top_confidence"] as? Double == 0.9)
            let alarms = try #require(worst["active_alarms"] as? [[String: Any]])
            #expect(alarms.map { $0["label"] as? String } == ["bearing-lacking-oil"])
            #expect(alarms[0]["state"] as? String == "unack_active")
            let stream = try #require(worst["stream"] as? [String: Any])
            #expect(stream["dropped_chunks"] as? Int == 3)
            #expect(stream["level_dbfs"] as? Double == -24.5)
            let sparkline = try #require(worst["sparkline"] as? [String: Any])
            let values = try #require(sparkline["values"] as? [Any])
            #expect(values.count == 60)
            #expect(values.suffix(2).map { $0 as? Double } == [0.06, 0.9])
            #expect(values[0] is NSNull)
            // What is not known is null, never absent.
            #expect(cards[1]["health"] is NSNull)
            #expect(cards[1]["last_window"] is NSNull)
            #expect(cards[1]["state"] as? String == "unknown")
        }
    }

    @Test func aMachinesPageSaysItsLabelsRulesAndWhyNot() async throws {
        let plant = try await StagedPlant()
        var time = try await plant.hear("compressor-1", from: start, count: 2, dry)
        time = try await plant.hear("compressor-1", from: time, count: 1, [0.2, 0.71, 0.09])
        try await plant.application().test(.router) { client in
            let document = try await plant.json("/api/v1/machines/compressor-1", client)
            let labels = try #require(document["labels"] as? [[String: Any]])
            #expect(labels.map { $0["kind"] as? String } == ["normal", "fault", "fault"])
            #expect(labels[0]["rule"] is NSNull)
            #expect((labels[1]["rule"] as? [String: Any])?["consecutive"] as? Int == 3)
            #expect((document["window"] as? [String: Any])?["hop_s"] as? Double == 5)
            let progress = try #require(document["progress"] as? [[String: Any]])
            let text = try #require(progress[0]["text"] as? [String: String])
            #expect(text["en"] == "0 of 3 now; the last run reached 2 of 3; the third was 0.71, needed 0.75.")
            #expect(text["zh"] == "目前 0/3；上一次累计 2/3；第 3 个窗口为 0.71，需要 0.75。")
            let windows = try #require(progress[0]["windows"] as? [[String: Any]])
            #expect(windows.map { $0["counts"] as? Bool } == [true, true, false])
            let missing = try await client.execute(uri: "/api/v1/machines/nobody", method: .get)
            #expect(missing.status == .notFound)
        }
    }

    @Test func windowsComeNewestFirst() async throws {
        let plant = try await StagedPlant()
        try await plant.hear("compressor-1", from: start, count: 3, fine)
        try await plant.hear("compressor-1", at: start.addingTimeInterval(15), nil)
        try await plant.application().test(.router) { client in
            let document = try await plant.json("/api/v1/machines/compressor-1/windows?limit=2", client)
            let windows = try #require(document["windows"] as? [[String: Any]])
            #expect(windows.map { $0["verdict"] as? String } == ["incomplete", "normal"])
            #expect(windows[0]["label"] is NSNull)
            #expect((windows[1]["scores"] as? [String: Double])?.count == 3)
            let bad = try await client.execute(uri: "/api/v1/machines/compressor-1/windows?limit=0", method: .get)
            #expect(bad.status == .badRequest)
            #expect(String(buffer: bad.body).contains("1 to 2000"))
        }
    }

    @Test func theWordsFollowTheRun() async throws {
        let plant = try await StagedPlant(["m"])
        func words() throws -> Words {
            let machine = try #require(plant.machine("m"))
            return try #require(RunProgress.all(of: machine).first).text
        }
        #expect(try words().en.contains("no window has been judged"))
        var time = try await plant.hear("m", from: start, count: 1, fine)
        #expect(try words().en.contains("the last window was Normal running at 0.90; this fault had 0.06"))
        time = try await plant.hear("m", from: time, count: 2, dry)
        #expect(try words().en == "2 of 3: 2 windows in a row above 0.75; 1 more and the alarm is raised.")
        #expect(try words().zh == "2/3：已有连续 2 个窗口高于 0.75；再有 1 个即报警。")
        time = try await plant.hear("m", from: time, count: 1, dry)
        #expect(try words().en.hasPrefix("The alarm stands: 3 windows in a row above 0.75"))
        time = try await plant.hear("m", from: time, count: 2, fine)
        #expect(try words().en.hasSuffix("below 0.65; 2 so far."))
    }

    @Test func changeIsExplainedOnceTheNormalSoundIsEnrolled() async throws {
        let plant = try await StagedPlant(["m"])
        func change() throws -> RunProgress? {
            RunProgress.all(of: try #require(plant.machine("m"))).first { $0.label == "changed" }
        }
        func hear(_ index: Int, _ scores: [Double], _ score: Double) async throws {
            let novelty = Novelty(score: score, limit: 2.5, share: score > 2.5 ? 1 : 0.5)
            try await plant.hear("m", at: start.addingTimeInterval(Double(index) * 5), scores, novelty: novelty)
        }
        #expect(try change() == nil)
        try await hear(0, fine, 1)
        #expect(
            try change()?.text.en
                == "0 of 5: the last window was like the machine's own normal sound (1.00, limit 2.50)."
        )
        try await hear(1, dry, 4)
        #expect(try change()?.count == 1, "one window of a fault label explains nothing yet")
        #expect(try change()?.windows.map(\.counts) == [false, true])
        try await hear(2, fine, 4)
        #expect(try change()?.count == 2)
        #expect(try change()?.windows.map(\.counts) == [false, true, true])
        #expect(try change()?.windows.last?.noveltyLimit == 2.5)
        #expect(try change()?.text.zh.hasPrefix("2/5：已有连续 2 个窗口与设备自身的正常声音不同") == true)
        for index in 3...5 { try await hear(index, fine, 4) }
        for index in 6...7 { try await hear(index, fine, 1) }
        #expect(try change()?.text.en.hasSuffix("in a row like it; 2 so far.") == true)
    }
}
