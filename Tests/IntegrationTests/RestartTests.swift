// kill -9 at awkward moments: no event is lost, none is told twice under two ids, runs and alarms go on.
import BrokerSupport
import Foundation
import MachineHealth
import Publishing
import Testing
import TrendLog

@Suite(.serialized) struct RestartTests {
    private let faultLabel = LabelID(Plant.fault)

    /// The broker takes nothing on the event topic, so the event is committed and stays in the outbox: the moment
    /// between commit and PUBACK, held open for as long as the test needs.
    @Test func anEventCommittedBeforeTheKillIsDeliveredAfterIt() async throws {
        try await Plant.with(denied: ["compressor-1/event"]) { plant in
            try plant.write()
            let service = try await plant.serve()
            var microphone = PlantMicrophone(plant, "compressor-1")
            try await microphone.send(.clicks, count: 3)
            let faultTopic = plant.topics.fault(machine: "compressor-1", label: faultLabel)
            let before = try await plant.first("the fault", FaultPayload.self, on: faultTopic) { $0.active }
            service.send(signal: SIGKILL)
            #expect(try await service.end().signal == SIGKILL)

            let reader = try TrendLogReader(url: plant.storeFile)
            let stored = try await reader.events(machine: "compressor-1", types: [.faultRaised])
            try #require(stored.count == 1)
            #expect(stored[0].unsent == 1)
            #expect(plant.received(EventPayload.self, on: plant.topics.event(machine: "compressor-1")).isEmpty)

            try plant.allowEverything()
            let seen = plant.messages.values.count
            let second = try await plant.serve()
            let event = try await plant.first(
                "the event",
                EventPayload.self,
                on: plant.topics.event(machine: "compressor-1")
            ) { $0.type == .faultRaised }
            #expect(event.id == stored[0].id.uuidString.lowercased())
            #expect(event.alarmID == before.alarmID)
            let after = try await plant.next("the fault again", FaultPayload.self, on: faultTopic, skipping: seen)
            #expect(after.active)
            #expect(after.state == .unackActive)
            #expect(after.alarmID == before.alarmID)
            #expect(after.since == before.since)
            _ = try await plant.first(
                "the state again",
                StatePayload.self,
                on: plant.topics.state(machine: "compressor-1"),
                skipping: seen
            ) { $0.activeAlarms.map(\.alarmID) == [before.alarmID] }

            // More of the same sound is the same alarm, not a new one.
            try await microphone.send(.clicks, count: 2)
            try await plant.windows("compressor-1", count: 2, skipping: seen)
            second.send(signal: SIGTERM)
            #expect(try await second.end().status == 0)
            let all = try await reader.events(machine: "compressor-1", types: [.faultRaised])
            #expect(all.map(\.id) == stored.map(\.id))
            #expect(all.map(\.unsent) == [0])
        }
    }

    @Test func aRunGoesOnAcrossTheKill() async throws {
        try await Plant.with { plant in
            try plant.write(PlantSettings(consecutive: 4))
            let service = try await plant.serve()
            var microphone = PlantMicrophone(plant, "compressor-1")
            let start = microphone.time
            try await microphone.send(.clicks, count: 2)
            try await plant.windows("compressor-1", count: 2)
            service.send(signal: SIGKILL)
            _ = try await service.end()

            let second = try await plant.serve()
            try await microphone.send(.clicks, count: 2)
            let event = try await plant.first(
                "the event",
                EventPayload.self,
                on: plant.topics.event(machine: "compressor-1")
            ) { $0.type == .faultRaised }
            #expect(event.consecutive == 4)
            #expect(event.windows.map(\.start) == [0, 2, 4, 6].map { start.addingTimeInterval($0) })
            second.send(signal: SIGTERM)
            #expect(try await second.end().status == 0)
        }
    }

    /// An acknowledgement survives, and so does the fact that the alarm still waits for its clear windows.
    @Test func anAcknowledgedAlarmStaysAcknowledged() async throws {
        try await Plant.with { plant in
            try plant.write()
            let service = try await plant.serve()
            var microphone = PlantMicrophone(plant, "compressor-1")
            try await microphone.send(.clicks, count: 3)
            let topic = plant.topics.fault(machine: "compressor-1", label: faultLabel)
            let raised = try await plant.first("the fault", FaultPayload.self, on: topic) { $0.active }
            let id = try #require(raised.alarmID)
            #expect(try await plant.order("compressor-1", #"{"command":"acknowledge","alarm_id":"\#(id)"}"#).ok)
            try await microphone.send(.tone, count: 1)
            try await plant.windows("compressor-1", count: 4)
            service.send(signal: SIGKILL)
            _ = try await service.end()

            let seen = plant.messages.values.count
            let second = try await plant.serve()
            let after = try await plant.next("the fault again", FaultPayload.self, on: topic, skipping: seen)
            #expect(after.state == .ackActive)
            // One clear window was before the kill; one more ends the alarm.
            try await microphone.send(.tone, count: 1)
            let cleared = try await plant.first("the end", FaultPayload.self, on: topic, skipping: seen) { !$0.active }
            #expect(cleared.state == .normal)
            second.send(signal: SIGTERM)
            #expect(try await second.end().status == 0)
        }
    }
}
