// Bad sound to one machine: refused, counted, named, while another machine's windows keep coming.
import AudioFeatures
import BrokerSupport
import Foundation
import MQTT
import Publishing
import Testing

@Suite(.serialized) struct BadInputTests {
    private func send(_ plant: Plant, _ chunk: BadChunk, to topic: String) async throws {
        try await plant.client.publish(
            topic: topic,
            payload: chunk.payload,
            properties: MQTTProperties(
                contentType: chunk.contentType,
                userProperties: chunk.properties.map { MQTTUserProperty($0.0, $0.1) }
            )
        )
    }

    @Test func everyBadChunkIsRefusedAndCountedAndOthersAreUnaffected() async throws {
        try await Plant.with { plant in
            try plant.write()
            let service = try await plant.serve()
            var healthy = PlantMicrophone(plant, "compressor-2")
            let chunks = try BadChunk.all()
            let topic = plant.topics.audio(machine: "compressor-1")
            let stateTopic = plant.topics.state(machine: "compressor-1")
            for chunk in chunks {
                try await send(plant, chunk, to: topic)
                try await healthy.send(.tone, count: 1)
            }
            // Counted where everybody can see it: each once, and nothing else.
            let states = try await plant.wait(for: "\(chunks.count) refused", StatePayload.self, on: stateTopic) {
                ($0.last?.stream.droppedChunks ?? 0) >= chunks.count
            }
            #expect(states.last?.stream.droppedChunks == chunks.count)
            let windows = try await plant.windows("compressor-2", count: chunks.count)
            #expect(windows.allSatisfy { $0.label == "normal" })
            let log = service.logLines.values.filter { $0.contains("compressor-1: chunk refused") }
            // Kinds already told within the minute are counted and not told again.
            #expect(log.count >= 8, "\(log)")
            for case let (name, reason?) in chunks.map({ ($0.name, $0.reason) }) {
                #expect(log.contains { $0.contains(reason) }, "\(name): '\(reason)' in \(log)")
            }

            // The machine itself is heard again as soon as it sends sound.
            var recovered = PlantMicrophone(plant, "compressor-1")
            try await recovered.send(.tone, count: 2)
            try await plant.windows("compressor-1", count: 2)
            service.send(signal: SIGTERM)
            #expect(try await service.end().status == 0)
        }
    }

    /// A header that promises gigabytes: what is there is used, nothing is allocated for the rest.
    @Test func aLyingHeaderGivesWhatIsThere() async throws {
        try await Plant.with { plant in
            try plant.write()
            let service = try await plant.serve()
            let samples = TestSound.tone.samples()
            var wav = try AudioEncoder.encode(AudioBuffer(samples: samples, sampleRateHz: 48_000), as: .wav)
            for offset in [4, 40] { wav.replaceSubrange(offset..<offset + 4, with: [0xF0, 0xFF, 0xFF, 0x7F]) }
            var microphone = PlantMicrophone(plant, "compressor-1")
            try await microphone.send(wav, contentType: "audio/wav")
            let window = try await plant.windows("compressor-1", count: 1)[0]
            #expect(window.missingFraction == 0)
            let state = try await plant.retained(plant.topics.state(machine: "compressor-1"))
            #expect(try PayloadCoder.decode(StatePayload.self, from: state.payload).stream.droppedChunks == 0)
            service.send(signal: SIGTERM)
            #expect(try await service.end().status == 0)
        }
    }

    @Test func soundOfAnUnknownMachineIsNoticedOnce() async throws {
        try await Plant.with { plant in
            try plant.write()
            let service = try await plant.serve()
            var stranger = PlantMicrophone(plant, "compressor-9")
            try await stranger.send(.tone, count: 3)
            var known = PlantMicrophone(plant, "compressor-1")
            try await known.send(.tone, count: 1)
            try await plant.windows("compressor-1", count: 1)
            let lines = service.logLines.values.filter { $0.contains("belongs to no configured machine") }
            #expect(lines.count == 1)
            #expect(lines.first?.contains(plant.topics.audio(machine: "compressor-9")) == true)
            service.send(signal: SIGTERM)
            #expect(try await service.end().status == 0)
        }
    }

    /// Stamps of 1970 and of next year: the times of arrival are used, and the operator is told.
    @Test func aClockFarOffIsNotBelieved() async throws {
        try await Plant.with { plant in
            try plant.write()
            let service = try await plant.serve()
            var microphone = PlantMicrophone(plant, "compressor-1", secondsAgo: -31_536_000)
            try await microphone.send(.tone, count: 2)
            let windows = try await plant.windows("compressor-1", count: 2)
            #expect(windows.allSatisfy { abs($0.end.timeIntervalSinceNow) < 300 })
            try await service.waitForLog("set its clock (NTP)")
            service.send(signal: SIGTERM)
            #expect(try await service.end().status == 0)
        }
    }

    /// The broker's own limit keeps a huge message from ever reaching the service.
    @Test func theBrokersLimitCutsBeforeTheService() async throws {
        try await Plant.with(brokerLines: ["message_size_limit 1000000"]) { plant in
            try plant.write()
            let service = try await plant.serve()
            await #expect(throws: (any Error).self) {
                try await plant.client.publish(
                    topic: plant.topics.audio(machine: "compressor-1"),
                    payload: Data(count: 2_000_000)
                )
            }
            try await plant.client.waitUntilConnected()
            var microphone = PlantMicrophone(plant, "compressor-1")
            try await microphone.send(.tone, count: 1)
            try await plant.windows("compressor-1", count: 1)
            service.send(signal: SIGTERM)
            #expect(try await service.end().status == 0)
        }
    }
}
