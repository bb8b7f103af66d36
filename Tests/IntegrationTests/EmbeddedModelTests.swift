// The model that comes with Ausculta, by its judgement: a dry bearing is heard, a healthy machine is left alone.
import AudioFeatures
import AudioSending
import BrokerSupport
import EdgeService
import Foundation
import MQTT
import MachineSimulator
import Publishing
import Testing

@Suite(
    .enabled(if: Repository.embeddedModel != nil, "Models/embedded is not there; make it with Models/training")
)
struct EmbeddedModelTests {
    /// Individuals the training never saw.
    private static let firstIndividual: UInt64 = 2_000_000

    /// Renders on a thread of its own: minutes of sound take seconds, and other tests wait for their messages meanwhile.
    private func record(_ state: MachineState, individual: UInt64, seconds: Double, to file: URL) async throws {
        try await withCheckedThrowingContinuation { (waiter: CheckedContinuation<Void, any Error>) in
            Thread.detachNewThread {
                waiter.resume(
                    with: Result {
                        var microphone = try SimulatedMicrophone(
                            .machine(state: state, individual: individual, sampleRateHz: 16_000)
                        )
                        let samples = microphone.render(frames: Int(seconds * 16_000))
                        try Data(WAVEncoder.encode16Bit(samples, sampleRateHz: 16_000)).write(to: file)
                    }
                )
            }
        }
    }

    @Test func aStarvedBearingRaisesItsAlarmAndAHealthyMachineNone() async throws {
        let model = try #require(Repository.embeddedModel)
        try await Plant.with { plant in
            try Data(
                """
                site: \(plant.site)
                node: edge-1
                broker: {url: "\(plant.brokerURL)"}
                model: {path: "\(model.path)"}
                window: {length: 10s, hop: 5s}
                \(DefaultVocabulary.yaml)
                machines:
                  - {id: healthy, profile: compressor}
                  - {id: starved, profile: compressor}
                store: {path: trend.sqlite}
                http: {listen: off}

                """.utf8
            ).write(to: plant.configurationFile)
            let service = try await plant.serve()
            for (machine, state) in [("healthy", MachineState.normal), ("starved", .bearingLackingOil)] {
                let file = plant.folder.appendingPathComponent("\(machine).wav")
                try await record(state, individual: Self.firstIndividual, seconds: 60, to: file)
                let sent = try await Program.run([
                    "publish", file.path, "--machine", machine, "--config", plant.configurationFile.path, "--fast",
                ])
                #expect(sent.status == 0, "\(sent.errors)")
                try await plant.windows(machine, count: 10)
            }
            let raised = try await plant.first(
                "the alarm",
                EventPayload.self,
                on: plant.topics.event(machine: "starved")
            ) { $0.type == .faultRaised }
            #expect(raised.label == Plant.fault)
            #expect(raised.windows.allSatisfy { $0.confidence > 0.75 })
            let healthy = plant.received(EventPayload.self, on: plant.topics.event(machine: "healthy")).map(\.type)
            #expect(!healthy.contains(.faultRaised))
            let windows = plant.received(WindowPayload.self, on: plant.topics.window(machine: "healthy"))
            #expect(windows.count { $0.label == "normal" } * 10 >= windows.count * 8)
            service.send(signal: SIGTERM)
            #expect(try await service.end().status == 0)
        }
    }

    private struct Answer: Decodable {
        struct Scores: Decodable {
            var top: String
            var verdict: String
        }
        struct File: Decodable {
            var fused: Scores
        }
        var files: [File]
    }

    private static let labels = [
        ["normal running", "bearing lacking oil", "valve plate broken", "motor overheating", "other"],
        ["正常运行", "轴承缺油", "阀片破裂", "电机过热", "其他"],
    ]

    @Test func everyStateIsNamedInBothLanguages() async throws {
        let model = try #require(Repository.embeddedModel)
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("ausculta-ears-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var files: [String] = []
        var truth: [Int] = []
        for individual in Self.firstIndividual..<Self.firstIndividual + 5 {
            for (index, state) in MachineKind.compressor.states.enumerated() {
                let file = folder.appendingPathComponent("\(individual)-\(state.rawValue).wav")
                try await record(state, individual: individual, seconds: 10, to: file)
                files.append(file.path)
                truth.append(index)
            }
        }
        var answers: [[Int?]] = []
        for labels in Self.labels {
            let result = try await Program.run(
                ["classify"] + files + ["--labels", labels.joined(separator: ","), "--model", model.path, "--json"]
            )
            #expect(result.status == 0, "\(result.errors)")
            let tops = try result.json(Answer.self).files.map { labels.firstIndex(of: $0.fused.top) }
            let right = zip(tops, truth).count { $0 == $1 }
            #expect(right * 100 >= truth.count * 85, "\(labels[0]): \(right) of \(truth.count)")
            answers.append(tops)
        }
        let agreeing = zip(answers[0], answers[1]).count { $0 == $1 }
        #expect(agreeing * 100 >= truth.count * 95, "\(agreeing) of \(truth.count)")
    }

    /// The whole demo as CI runs it: the alarm comes over the demo's own broker, and nothing is left behind.
    @Test func theDemoShowsTheAlarm() async throws {
        let model = try #require(Repository.embeddedModel)
        let result = try await Program.run(
            ["demo", "--machines", "2", "--duration", "75", "--json", "--model", model.path],
            seconds: 150
        )
        #expect(result.status == 0, "\(result.errors)")
        let report = try result.object()
        #expect(report["raised"] as? Bool == true)
        #expect(report["machine"] as? String == "compressor-2")
        #expect(report["fault_topic"] as? String == "ausculta/plant1/compressor-2/fault/bearing-lacking-oil")
        let fault = try #require(report["fault"] as? [String: Any])
        #expect(fault["active"] as? Bool == true)
        let event = try #require(report["event"] as? [String: Any])
        #expect(event["alarm_id"] as? String == fault["alarm_id"] as? String)
        let windows = try #require(report["windows"] as? [String: Int])
        #expect(windows.count == 2 && windows.values.allSatisfy { $0 >= 8 })
    }
}
