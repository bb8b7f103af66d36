// From sound on the wire to a clip on the disk, through a real broker and the real program.
import AudioFeatures
import BrokerSupport
import Foundation
import MachineHealth
import Publishing
import Testing
import TrendLog

@Suite(.serialized) struct EvidenceTests {
    private func raised(_ plant: Plant, _ machine: String) async throws -> EventPayload {
        try await plant.first("the alarm", EventPayload.self, on: plant.topics.event(machine: machine)) {
            $0.type == .faultRaised
        }
    }

    @Test func anAlarmKeepsItsSound() async throws {
        try await Plant.with { plant in
            try plant.write(PlantSettings(extra: "evidence: {before: 4s, after: 4s}"))
            let service = try await plant.serve()
            var microphone = PlantMicrophone(plant, "compressor-1")
            let start = microphone.time
            try await microphone.send(.tone, count: 5)
            try await microphone.send(.clicks, count: 3)
            let event = try await raised(plant, "compressor-1")
            try await microphone.send(.clicks, count: 1)
            try await microphone.send(.tone, count: 2)

            try await service.waitForLog("compressor-1: 14 s of sound are kept in")
            let clip = try #require(try await TrendLogReader(url: plant.storeFile).clips().first)
            let alarm = try #require(event.alarmID)
            #expect(clip.machine == "compressor-1")
            #expect(clip.mainCause?.alarmID?.uuidString.lowercased() == alarm)
            #expect(clip.mainCause?.label == LabelID(Plant.fault))
            #expect(abs(clip.start.timeIntervalSince(start) - 6) < 0.01)
            #expect(abs(clip.end.timeIntervalSince(start) - 20) < 0.01)
            let file = plant.folder.appendingPathComponent("clips").appendingPathComponent(clip.file)
            let sound = try AudioFileReader(path: file.path).readAll()
            #expect(sound.sampleRateHz == 48_000)
            // 4 s of the tone, 8 s of the fault's clicks, 2 s of the tone again: what was sent, bit for bit.
            let format = PCMFormat(encoding: .s16le, sampleRateHz: 48_000)
            let parts: [(TestSound, Int)] = [(.tone, 2), (.clicks, 4), (.tone, 1)]
            let sent = parts.flatMap { sound, count in
                [[Float]](repeating: sound.samples(seconds: 2), count: count).flatMap { $0 }
            }
            #expect(format.encode(sound.samples) == format.encode(sent))

            service.send(signal: SIGTERM)
            #expect(try await service.end().status == 0)
            let again = try await plant.serve()
            #expect(try await TrendLogReader(url: plant.storeFile).clips().map(\.id) == [clip.id])
            #expect(FileManager.default.fileExists(atPath: file.path))
            again.send(signal: SIGTERM)
            #expect(try await again.end().status == 0)
        }
    }

    @Test func aServiceThatStopsKeepsTheClipItWasWaitingFor() async throws {
        try await Plant.with { plant in
            try plant.write()
            let service = try await plant.serve()
            var microphone = PlantMicrophone(plant, "compressor-1")
            try await microphone.send(.tone, count: 2)
            try await microphone.send(.clicks, count: 3)
            _ = try await raised(plant, "compressor-1")
            service.send(signal: SIGTERM)
            #expect(try await service.end().status == 0)
            let clip = try #require(try await TrendLogReader(url: plant.storeFile).clips().first)
            #expect(abs(clip.end.timeIntervalSince(clip.start) - 10) < 0.01)
            let file = plant.folder.appendingPathComponent("clips").appendingPathComponent(clip.file)
            #expect(try AudioFileReader(path: file.path).readAll().frameCount == 480_000)
        }
    }

    @Test func aNearMissIsPutBeforeAPerson() async throws {
        try await Plant.with { plant in
            try plant.write()
            let service = try await plant.serve()
            var microphone = PlantMicrophone(plant, "compressor-1")
            try await microphone.send(.clicks, count: 2)
            try await microphone.send(.tone, count: 1)
            _ = try await plant.first(
                "the near miss",
                EventPayload.self,
                on: plant.topics.event(machine: "compressor-1")
            ) { $0.type == .nearMiss }
            service.send(signal: SIGTERM)
            #expect(try await service.end().status == 0)
            let reader = try TrendLogReader(url: plant.storeFile)
            let item = try #require(try await reader.reviewPage(state: .open).items.first)
            #expect(item.reason == .nearMiss)
            #expect(item.label == LabelID(Plant.fault))
            #expect(item.scores.count == 2)
            let clip = try #require(
                try await reader.clip(machine: "compressor-1", covering: item.start, to: item.end)
            )
            #expect(clip.mainCause?.reason == .nearMiss)
            #expect(clip.start <= item.start && clip.end >= item.end)
        }
    }

    @Test func withoutCaptureNothingIsKept() async throws {
        try await Plant.with { plant in
            try plant.write(PlantSettings(machineKeys: ", capture: false"))
            let service = try await plant.serve()
            var microphone = PlantMicrophone(plant, "compressor-1")
            try await microphone.send(.clicks, count: 3)
            _ = try await raised(plant, "compressor-1")
            service.send(signal: SIGTERM)
            #expect(try await service.end().status == 0)
            let reader = try TrendLogReader(url: plant.storeFile)
            #expect(try await reader.clips().isEmpty)
            #expect(try await reader.openReviewCount() == 0)
            #expect(!FileManager.default.fileExists(atPath: plant.folder.appendingPathComponent("clips").path))
        }
    }
}
