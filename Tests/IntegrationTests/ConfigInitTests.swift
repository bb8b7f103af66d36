// `ausculta config init`: what is heard on a real broker becomes a file that `check-config` and `serve` take.
import AudioFeatures
import Foundation
import MQTT
import Publishing
import Testing

@Suite(.serialized) struct ConfigInitTests {
    private static let format = PCMFormat(encoding: .s16le, sampleRateHz: 48_000)

    @Test func theMachinesThatAreHeardAreServed() async throws {
        try await Plant.with { plant in
            let file = plant.configurationFile
            let program = try Program([
                "config", "init", "--broker", plant.brokerURL, "--listen", "8s", "--yes", "--out", file.path,
            ])
            try await program.waitForLog("listening on")
            var microphone = PlantMicrophone(plant, "pump-1")
            try await microphone.send(.tone, count: 1)
            try await plant.client.publish(
                topic: "hall-c/fan-7/sound",
                payload: Self.format.encode(TestSound.clicks.samples()),
                properties: MQTTProperties(contentType: Self.format.contentType)
            )
            try await plant.client.publish(topic: "hall-c/door", payload: Data("{\"open\":true}".utf8))
            let made = try await program.end()
            #expect(made.status == 0, "\(made.errors)")
            #expect(made.output.contains("2 machines at site \(plant.site)"))

            let checked = try await Program.run(["check-config", file.path])
            #expect(checked.status == 0, "\(checked.errors)")
            #expect(checked.output.contains("machines: pump-1 (compressor), fan-7 (compressor)"))
            let text = try String(contentsOf: file, encoding: .utf8)
            #expect(text.contains("topic: \"hall-c/fan-7/sound\""))
            #expect(text.contains("format: {encoding: s16le, rate: 48000, channels: 1}"))

            // Nothing is written over unless somebody says so.
            let again = try await Program.run(["config", "init", "--yes", "--out", file.path])
            #expect(again.status == 64 && again.errors.contains("--force"))
            #expect(try String(contentsOf: file, encoding: .utf8) == text)

            // The dashboard's usual port may be somebody else's here, and windows of 2 s come sooner.
            let served = text.replacingOccurrences(
                of: "http: {listen: \"127.0.0.1:8750\"}",
                with: "http: {listen: off}"
            )
            .replacingOccurrences(of: "length: 10s, hop: 5s", with: "length: 2s, hop: 2s")
            #expect(served != text)
            try Data("node: edge-1\n\(served)".utf8).write(to: file)
            let seen = plant.messages.values.count
            let service = try Program(
                ["serve", "--config", file.path],
                environment: ["AUSCULTA_MODEL": Repository.tinyModel.path]
            )
            try await plant.online(skipping: seen)
            try await microphone.send(.tone, count: 2)
            try await plant.windows("pump-1", count: 1)
            service.send(signal: SIGTERM)
            #expect(try await service.end().status == 0)
        }
    }

    @Test func withoutABrokerAnExampleIsWritten() async throws {
        try await Plant.with(startsBroker: false) { plant in
            let file = plant.configurationFile
            let made = try await Program.run([
                "config", "init", "--broker", plant.brokerURL, "--site", "hall-c", "--yes", "--out", file.path,
            ])
            #expect(made.status == 0, "\(made.errors)")
            #expect(made.errors.contains("Connection refused") && made.errors.contains("start the broker"))
            let checked = try await Program.run(["check-config", file.path])
            #expect(checked.status == 0 && checked.output.contains("site hall-c"))
            #expect(checked.output.contains("compressor-1 (compressor)"))
        }
    }

    @Test func withoutATerminalNothingIsAsked() async throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).yaml")
        let result = try await Program.run(["config", "init", "--out", file.path])
        #expect(result.status == 64 && result.errors.contains("--yes"))
        #expect(!FileManager.default.fileExists(atPath: file.path))
    }
}
