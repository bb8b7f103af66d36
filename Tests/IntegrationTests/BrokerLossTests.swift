// The broker dies, comes back, or is not there yet: the service waits, returns and tells everything again.
import BrokerSupport
import Foundation
import MachineHealth
import Publishing
import Testing

@Suite(.serialized) struct BrokerLossTests {
    @Test func everythingReturnsWhenTheBrokerDoes() async throws {
        try await Plant.with { plant in
            try plant.write()
            let service = try await plant.serve()
            var microphone = PlantMicrophone(plant, "compressor-1")
            try await microphone.send(.clicks, count: 3)
            let topic = plant.topics.fault(machine: "compressor-1", label: LabelID(Plant.fault))
            let before = try await plant.first("the fault", FaultPayload.self, on: topic) { $0.active }

            plant.broker.kill9()
            try await service.waitForLog("broker: disconnected")
            try await plant.client.waitForState("the test's own disconnect") { !$0.isConnected }
            let seen = plant.messages.values.count
            // No persistence: this broker has forgotten every retained topic.
            try await plant.broker.start()
            try await plant.client.waitUntilConnected()
            try await service.waitForLog("broker: connected", count: 2)
            try await plant.online(skipping: seen)

            let after = try await plant.next("the fault again", FaultPayload.self, on: topic, skipping: seen)
            #expect(after == before)
            for machine in ["compressor-1", "compressor-2"] {
                _ = try await plant.next(
                    "the state again",
                    StatePayload.self,
                    on: plant.topics.state(machine: machine),
                    skipping: seen
                )
            }
            let status = try await plant.retained(plant.topics.nodeStatus(node: "edge-1"))
            #expect(try PayloadCoder.decode(NodeStatusPayload.self, from: status.payload).status == .online)

            try await microphone.send(.clicks, count: 2)
            let windows = try await plant.windows("compressor-1", count: 2, skipping: seen)
            #expect(windows.allSatisfy { $0.label == Plant.fault })
            service.send(signal: SIGTERM)
            #expect(try await service.end().status == 0)
        }
    }

    @Test func eventsOfTheTimeWithoutABrokerComeAfterwardsInOrder() async throws {
        try await Plant.with { plant in
            try plant.write(PlantSettings(machines: ["compressor-1"], staleAfter: "3s"))
            let service = try await plant.serve()
            var microphone = PlantMicrophone(plant, "compressor-1")
            try await microphone.send(.tone, count: 1)
            try await plant.windows("compressor-1", count: 1)
            plant.broker.kill9()
            try await plant.client.waitForState("the test's own disconnect") { !$0.isConnected }
            // The silence is noticed, committed and kept while nobody can be told.
            try await service.waitForLog("no longer heard")
            let seen = plant.messages.values.count
            try await plant.broker.start()
            try await service.waitForLog("broker: connected", count: 2)
            try await plant.client.waitUntilConnected()
            try await plant.online(skipping: seen)
            try await microphone.send(.tone, count: 1)
            let events = try await plant.wait(
                for: "both events",
                EventPayload.self,
                on: plant.topics.event(machine: "compressor-1"),
                skipping: seen
            ) { $0.contains { $0.type == .streamRestored } }
            let types = events.map(\.type)
            // The loss itself may have been told before this test's client was back.
            #expect(types == [.streamLost, .streamRestored] || types == [.streamRestored])
            service.send(signal: SIGTERM)
            #expect(try await service.end().status == 0)
            let listed = try await plant.command("trend", "show", "compressor-1", "--json", "--since", "1h")
            let rows = try #require(try listed.object()["events"] as? [[String: Any]])
            #expect(Set(rows.compactMap { $0["type"] as? String }).isSuperset(of: ["stream_lost", "stream_restored"]))
            #expect(rows.allSatisfy { $0["sent"] as? Bool == true })
        }
    }

    @Test func aBrokerThatComesLaterIsFound() async throws {
        try await Plant.with(startsBroker: false) { plant in
            try plant.write()
            let service = try Program(["serve", "--config", plant.configurationFile.path])
            try await service.waitForLog("listening to 2 machines")
            try await service.waitForLog("broker: disconnected")
            try await plant.broker.start()
            try await service.waitForLog("broker: connected")
            try await plant.connect()
            try await plant.online(skipping: 0)
            var microphone = PlantMicrophone(plant, "compressor-1")
            try await microphone.send(.tone, count: 2)
            try await plant.windows("compressor-1", count: 2)
            service.send(signal: SIGTERM)
            #expect(try await service.end().status == 0)
        }
    }
}
