// What keeps the service from starting: said in one message that names the place and the remedy, with an exit status.
import BrokerSupport
import Foundation
import Testing

@Suite(.serialized) struct StartupTests {
    private func refused(_ plant: Plant, _ settings: PlantSettings) async throws -> ProgramResult {
        try plant.write(settings)
        return try await Program.run(["serve", "--config", plant.configurationFile.path])
    }

    @Test func aSecondInstanceOnTheSameStoreIsRefused() async throws {
        try await Plant.with { plant in
            try plant.write()
            let service = try await plant.serve()
            let second = try await Program.run(["serve", "--config", plant.configurationFile.path])
            #expect(second.status == 1)
            #expect(second.errors.contains("process \(service.processID)"))
            #expect(second.errors.contains(plant.storeFile.path))
            #expect(second.errors.contains("store.path of its own"))
            // The first one never noticed.
            var microphone = PlantMicrophone(plant, "compressor-1")
            try await microphone.send(.tone, count: 1)
            try await plant.windows("compressor-1", count: 1)
            service.send(signal: SIGTERM)
            #expect(try await service.end().status == 0)
        }
    }

    @Test func aStoreThatCannotBeWrittenIsNamed() async throws {
        try await Plant.with(startsBroker: false) { plant in
            // Not even root may make files there, unlike in a folder without write permission.
            let result = try await refused(plant, PlantSettings(store: "/sys/ausculta-trend.sqlite"))
            #expect(result.status == 1)
            #expect(result.errors.contains("/sys/ausculta-trend.sqlite"))
            #expect(result.errors.contains("write access"))
        }
    }

    @Test func aStoreThatIsNoDatabaseIsNamed() async throws {
        try await Plant.with(startsBroker: false) { plant in
            try Data("this is no database, it is a letter".utf8).write(to: plant.storeFile)
            let result = try await refused(plant, PlantSettings())
            #expect(result.status == 1)
            #expect(result.errors.contains(plant.storeFile.path))
            #expect(result.errors.contains("not a sound SQLite database"))
            let kept = try String(contentsOf: plant.storeFile, encoding: .utf8)
            #expect(kept.contains("a letter"), "the file is left as it was")
        }
    }

    @Test(arguments: ["model.safetensors", "preprocessor_config.json", "tokenizer.json"])
    func aModelFolderWithAMissingFileIsNamed(missing: String) async throws {
        try await Plant.with(startsBroker: false) { plant in
            let folder = plant.folder.appendingPathComponent("model")
            try FileManager.default.copyItem(at: Repository.tinyModel, to: folder)
            try FileManager.default.removeItem(at: folder.appendingPathComponent(missing))
            if missing == "tokenizer.json" {
                // Either form of the tokenizer is enough.
                try FileManager.default.removeItem(at: folder.appendingPathComponent("vocab.json"))
            }
            let result = try await refused(plant, PlantSettings(model: folder.path))
            #expect(result.status == 1)
            #expect(result.errors.contains(folder.path), "\(result.errors)")
            #expect(result.errors.contains(missing), "\(result.errors)")
        }
    }

    @Test func aModelThatIsNotThereIsAMistakeOfTheConfiguration() async throws {
        try await Plant.with(startsBroker: false) { plant in
            let result = try await refused(plant, PlantSettings(model: "/nowhere/at-all"))
            #expect(result.status == 2)
            #expect(result.errors.contains("/nowhere/at-all"))
            #expect(result.errors.contains("ausculta.yaml:4:"))
        }
    }

    @Test func everyMistakeIsToldWithItsLine() async throws {
        try await Plant.with(startsBroker: false) { plant in
            try plant.write(PlantSettings(machines: ["pump", "pump"], consecutive: 0, extra: "shutters: closed"))
            for words in [["serve", "--config"], ["check-config"]] {
                let result = try await Program.run(words + [plant.configurationFile.path])
                #expect(result.status == 2)
                for mistake in ["rule.consecutive", "machine pump is also on line", "shutters"] {
                    #expect(result.errors.contains(mistake), "\(words[0]): \(mistake)")
                }
            }
            let json = try await Program.run(["check-config", plant.configurationFile.path, "--json"])
            #expect(json.status == 2)
            #expect(try json.object()["valid"] as? Bool == false)
            let problems = try #require(try json.object()["problems"] as? [[String: Any]])
            #expect(problems.count >= 3)

            try plant.write()
            let good = try await Program.run(["check-config", plant.configurationFile.path])
            #expect(good.status == 0)
            #expect(good.output.contains("valid"))
            let missing = try await Program.run(["check-config", "/nowhere/at-all.yaml"])
            #expect(missing.status == 2)
            #expect(missing.errors.contains("/nowhere/at-all.yaml"))
        }
    }
}
