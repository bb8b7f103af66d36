// A microphone that falls silent: told as a loss, values stale, and never taken for a healthy machine.
import BrokerSupport
import Foundation
import MachineHealth
import Publishing
import Testing

@Suite(.serialized) struct StreamLossTests {
    @Test func silenceIsALossAndNotAClear() async throws {
        try await Plant.with { plant in
            try plant.write(PlantSettings(machines: ["compressor-1"], staleAfter: "6s"))
            let service = try await plant.serve()
            var microphone = PlantMicrophone(plant, "compressor-1")
            try await microphone.send(.clicks, count: 3)
            let faultTopic = plant.topics.fault(machine: "compressor-1", label: LabelID(Plant.fault))
            let stateTopic = plant.topics.state(machine: "compressor-1")
            let eventTopic = plant.topics.event(machine: "compressor-1")
            let alarm = try await plant.first("the alarm", FaultPayload.self, on: faultTopic) { $0.active }
            #expect(alarm.quality == .good)
            let seen = plant.messages.values.count

            let lost = try await plant.first("the loss", EventPayload.self, on: eventTopic, skipping: seen) {
                $0.type == .streamLost
            }
            #expect(lost.message.contains("no longer heard"))
            #expect(lost.label == nil)
            let stale = try await plant.first("the stale fault", FaultPayload.self, on: faultTopic, skipping: seen) {
                $0.quality == .stale
            }
            #expect(stale.active)
            #expect(stale.state == .unackActive)
            #expect(stale.alarmID == alarm.alarmID)
            let offline = try await plant.first("offline", StatePayload.self, on: stateTopic, skipping: seen) {
                $0.state == .offline
            }
            #expect(!offline.stream.online)
            #expect(offline.quality == .stale)
            #expect(offline.activeAlarms.map(\.alarmID) == [alarm.alarmID])

            try await microphone.send(.clicks, count: 1)
            let restored = try await plant.first("the return", EventPayload.self, on: eventTopic, skipping: seen) {
                $0.type == .streamRestored
            }
            #expect(restored.message.contains("heard again after"))
            let good = try await plant.wait(for: "good again", FaultPayload.self, on: faultTopic, skipping: seen) {
                $0.last?.quality == .good
            }
            #expect(good.allSatisfy { $0.active && $0.alarmID == alarm.alarmID })
            let types = plant.received(EventPayload.self, on: eventTopic).map(\.type)
            #expect(!types.contains(.faultCleared))
            service.send(signal: SIGTERM)
            #expect(try await service.end().status == 0)
        }
    }

    @Test func aMachineThatIsNeverHeardIsTold() async throws {
        try await Plant.with { plant in
            try plant.write(PlantSettings(machines: ["compressor-1"], staleAfter: "2s"))
            let service = try await plant.serve()
            let event = try await plant.next(
                "the loss",
                EventPayload.self,
                on: plant.topics.event(machine: "compressor-1")
            )
            #expect(event.type == .streamLost)
            #expect(event.message.contains("has not been heard since monitoring began"))
            service.send(signal: SIGTERM)
            #expect(try await service.end().status == 0)
        }
    }
}
