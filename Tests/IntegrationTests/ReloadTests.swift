// SIGHUP: what changed takes effect, what stands stays, and a bad file changes nothing.
import BrokerSupport
import Foundation
import MachineHealth
import Publishing
import Testing

@Suite(.serialized) struct ReloadTests {
    private let label = LabelID(Plant.fault)

    private func reload(_ plant: Plant, _ service: Program, _ settings: PlantSettings, count: Int) async throws {
        try plant.write(settings)
        service.send(signal: SIGHUP)
        try await service.waitForLog("is in force", count: count)
    }

    @Test func newMachinesAndRulesTakeEffectAndAlarmsStand() async throws {
        try await Plant.with { plant in
            try plant.write()
            let service = try await plant.serve()
            var second = PlantMicrophone(plant, "compressor-2")
            try await second.send(.clicks, count: 3)
            let topic = plant.topics.fault(machine: "compressor-2", label: label)
            let standing = try await plant.first("the alarm", FaultPayload.self, on: topic) { $0.active }
            var first = PlantMicrophone(plant, "compressor-1")
            try await first.send(.clicks, count: 1)
            try await plant.windows("compressor-1", count: 1)

            var settings = PlantSettings(machines: ["compressor-1", "compressor-2", "compressor-3"], consecutive: 2)
            try await reload(plant, service, settings, count: 1)
            // The run that had begun goes on under the new rule.
            try await first.send(.clicks, count: 1)
            let raised = try await plant.first(
                "the alarm under the new rule",
                EventPayload.self,
                on: plant.topics.event(machine: "compressor-1")
            ) { $0.type == .faultRaised }
            #expect(raised.consecutive == 2)
            var third = PlantMicrophone(plant, "compressor-3")
            try await third.send(.tone, count: 1)
            try await plant.windows("compressor-3", count: 1)
            let kept = try PayloadCoder.decode(FaultPayload.self, from: try await plant.retained(topic).payload)
            #expect(kept.alarmID == standing.alarmID)
            #expect(kept.state == .unackActive)
            #expect(kept.required == 2)

            // The words for the two labels change places: the same sound now is the healthy one.
            settings.swapsPhrases = true
            try await reload(plant, service, settings, count: 2)
            try await second.send(.clicks, count: 2)
            let cleared = try await plant.first("the end", FaultPayload.self, on: topic) { $0.state == .rtnUnack }
            #expect(cleared.alarmID == standing.alarmID)

            // A machine that is gone from the file is gone from the broker.
            settings.machines = ["compressor-1", "compressor-2"]
            let seen = plant.messages.values.count
            try await reload(plant, service, settings, count: 3)
            let gone = plant.topics.state(machine: "compressor-3")
            try await plant.messages.wait(for: "an empty \(gone)", seconds: 600) { messages in
                messages.dropFirst(seen).contains { $0.topic == gone && $0.payload.isEmpty }
            }
            service.send(signal: SIGTERM)
            #expect(try await service.end().status == 0)
        }
    }

    @Test func aBadFileLeavesEverythingInPlace() async throws {
        try await Plant.with { plant in
            try plant.write()
            let service = try await plant.serve()
            var microphone = PlantMicrophone(plant, "compressor-1")
            try await microphone.send(.clicks, count: 2)
            try await plant.windows("compressor-1", count: 2)

            let good = try String(contentsOf: plant.configurationFile, encoding: .utf8)
            let bad = good.replacingOccurrences(of: "consecutive: 3", with: "consecutive: often")
            try Data(bad.utf8).write(to: plant.configurationFile)
            service.send(signal: SIGHUP)
            try await service.waitForLog("not taken over")
            let reason = try await service.waitForLog("rule.consecutive")
            #expect(reason.contains("ausculta.yaml:"))
            try FileManager.default.removeItem(at: plant.configurationFile)
            service.send(signal: SIGHUP)
            try await service.waitForLog("not taken over", count: 2)

            try await microphone.send(.clicks, count: 1)
            let raised = try await plant.first(
                "the alarm under the old rule",
                EventPayload.self,
                on: plant.topics.event(machine: "compressor-1")
            ) { $0.type == .faultRaised }
            #expect(raised.consecutive == 3)
            service.send(signal: SIGTERM)
            #expect(try await service.end().status == 0)
        }
    }
}
