// Ending the service: told to, it finishes and says so; killed, the broker says it.
import BrokerSupport
import Foundation
import Publishing
import Testing
import TrendLog

@Suite(.serialized) struct ShutdownTests {
    @Test(arguments: [SIGTERM, SIGINT])
    func askedToStopItStopsCleanly(signal: Int32) async throws {
        try await Plant.with { plant in
            try plant.write()
            let service = try await plant.serve()
            let topic = plant.topics.nodeStatus(node: "edge-1")
            let online = try await plant.next("online", NodeStatusPayload.self, on: topic)
            #expect(online.status == .online)
            #expect(online.since != nil)
            var microphone = PlantMicrophone(plant, "compressor-1")
            try await microphone.send(.tone, count: 3)
            try await plant.windows("compressor-1", count: 3)

            let asked = ContinuousClock.now
            service.send(signal: signal)
            let end = try await service.end()
            #expect(end.status == 0)
            #expect(ContinuousClock.now - asked < .seconds(50), "a stop takes seconds")
            #expect(end.errors.contains("stopped"))
            let offline = try await plant.retained(topic)
            let status = try PayloadCoder.decode(NodeStatusPayload.self, from: offline.payload)
            #expect(offline.retain)
            #expect(status.status == .offline)
            #expect(status.node == "edge-1")
            #expect(try await TrendLogReader(url: plant.storeFile).windows(machine: "compressor-1").count == 3)
        }
    }

    @Test func killedTheBrokerTellsItsWill() async throws {
        try await Plant.with { plant in
            try plant.write()
            let service = try await plant.serve()
            let topic = plant.topics.nodeStatus(node: "edge-1")
            _ = try await plant.first("online", NodeStatusPayload.self, on: topic) { $0.status == .online }
            service.send(signal: SIGKILL)
            _ = try await service.end()
            let will = try await plant.first("the will", NodeStatusPayload.self, on: topic) { $0.status == .offline }
            #expect(will.site == plant.site)
            let retained = try await plant.retained(topic)
            #expect(try PayloadCoder.decode(NodeStatusPayload.self, from: retained.payload).status == .offline)

            let second = try await plant.serve()
            let seen = try await plant.wait(for: "online again", NodeStatusPayload.self, on: topic) {
                $0.last?.status == .online
            }
            #expect(seen.map(\.status) == [.online, .offline, .online])
            second.send(signal: SIGTERM)
            #expect(try await second.end().status == 0)
        }
    }

    @Test func withoutABrokerItStopsAsWell() async throws {
        try await Plant.with(startsBroker: false) { plant in
            try plant.write()
            let service = try Program(["serve", "--config", plant.configurationFile.path])
            try await service.waitForLog("broker: disconnected")
            service.send(signal: SIGTERM)
            #expect(try await service.end(seconds: 30).status == 0)
        }
    }
}
