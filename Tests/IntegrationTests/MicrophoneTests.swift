// A microphone that sends, but nothing of its machine: told, never a label, and no alarm clears by it.
import AudioFeatures
import Foundation
import MachineHealth
import Publishing
import Testing

@Suite(.serialized) struct MicrophoneTests {
    @Test func digitalSilenceIsTroubleAndClearsNothing() async throws {
        try await Plant.with { plant in
            try plant.write(PlantSettings(machines: ["compressor-1"]))
            let service = try await plant.serve()
            var microphone = PlantMicrophone(plant, "compressor-1")
            let eventTopic = plant.topics.event(machine: "compressor-1")
            let stateTopic = plant.topics.state(machine: "compressor-1")
            let faultTopic = plant.topics.fault(machine: "compressor-1", label: LabelID(Plant.fault))
            try await microphone.send(.clicks, count: 3)
            let alarm = try await plant.first("the alarm", FaultPayload.self, on: faultTopic) { $0.active }

            let format = PCMFormat(encoding: .s16le, sampleRateHz: 48_000)
            let silence = format.encode([Float](repeating: 0, count: 96_000))
            let seen = plant.messages.values.count
            for _ in 0..<6 { try await microphone.send(silence, contentType: format.contentType) }
            let windows = try await plant.windows("compressor-1", count: 6, skipping: seen)
            #expect(windows.allSatisfy { $0.verdict == "microphone_silence" && $0.trouble == .silence })
            #expect(windows.allSatisfy { $0.label == nil && $0.scores.isEmpty })
            let told = try await plant.first("the trouble", EventPayload.self, on: eventTopic) {
                $0.type == .microphoneTrouble
            }
            #expect(told.message.contains("gives no sound at all") && told.label == nil)
            let state = try await plant.first("the state", StatePayload.self, on: stateTopic) {
                $0.stream.trouble == .silence
            }
            #expect(state.state != .normal && state.activeAlarms.map(\.alarmID) == [alarm.alarmID])

            try await microphone.send(.tone, count: 3)
            let restored = try await plant.first("its end", EventPayload.self, on: eventTopic) {
                $0.type == .microphoneRestored
            }
            #expect(restored.message.contains("well again after 12s of silence"))
            // What cleared it were the windows of the machine, not those before.
            let clear = try await plant.first("the clear", EventPayload.self, on: eventTopic) {
                $0.type == .faultCleared
            }
            #expect(clear.windows.allSatisfy { window in !windows.contains { $0.start == window.start } })
            service.send(signal: SIGTERM)
            #expect(try await service.end().status == 0)
        }
    }
}
