// `ausculta doctor` at real brokers and plants, well and ill.
import AudioFeatures
import BrokerSupport
import Foundation
import MQTT
import Testing

@Suite(.serialized) struct DoctorTests {
    /// A finding as `--json` prints it.
    private struct Finding: Decodable {
        let area: String
        let status: String
        let subject: String
        let found: String
        let remedy: String?
    }

    private struct Report: Decodable {
        let healthy: Bool
        let problems: Int
        let remarks: Int
        let findings: [Finding]

        var ill: [Finding] { findings.filter { $0.status == "problem" } }
    }

    private static let format = PCMFormat(encoding: .s16le, sampleRateHz: 48_000)
    /// Chunks of two seconds after which the doctor has heard enough of a machine.
    private static let enough = 5

    /// Examines a plant; `send` plays the machines as soon as the doctor listens.
    private func examine(
        _ plant: Plant,
        listen: String = "120s",
        send: (() async throws -> Void)? = nil
    ) async throws -> (report: Report, status: Int32?) {
        let program = try Program([
            "doctor", "--config", plant.configurationFile.path, "--listen", listen, "--json",
        ])
        if let send {
            try await program.waitForLog("listening to")
            try await send()
        }
        let result = try await program.end()
        return (try result.json(Report.self), result.status)
    }

    private func play(_ plant: Plant, _ machine: String, _ samples: [Float]) async throws {
        var microphone = PlantMicrophone(plant, machine, secondsAgo: 10)
        let payload = Self.format.encode(samples)
        for _ in 0..<Self.enough { try await microphone.send(payload, contentType: Self.format.contentType) }
    }

    @Test func aHealthyPlantIsHealthyBesideItsService() async throws {
        try await Plant.with { plant in
            try plant.write()
            let service = try await plant.serve()
            let (report, status) = try await examine(plant) {
                for machine in ["compressor-1", "compressor-2"] {
                    try await play(plant, machine, TestSound.tone.samples())
                }
            }
            #expect(status == 0, "\(report.ill)")
            #expect(report.healthy && report.problems == 0)
            #expect(report.remarks == report.findings.count { $0.status == "remark" })
            let heard = report.findings.filter { $0.area == "machine" && $0.status == "ok" }
            #expect(heard.map(\.subject) == ["compressor-1", "compressor-2"])
            #expect(report.findings.contains { $0.area == "trend_log" && $0.found.contains("a service writes to it") })
            #expect(report.findings.contains { $0.area == "broker" && $0.found == "connected, MQTT 5" })
            // The service heard the same chunks; the doctor took nothing away and left nothing behind.
            try await plant.windows("compressor-1", count: Self.enough)
            service.send(signal: SIGTERM)
            #expect(try await service.end().status == 0)
        }
    }

    @Test func aSilentAndAClippedMachineAndAStrangerAreTold() async throws {
        try await Plant.with { plant in
            try plant.write(PlantSettings(machines: ["compressor-1", "compressor-2", "compressor-3"]))
            let (report, status) = try await examine(plant, listen: "8s") {
                try await plant.client.publish(
                    topic: "ausculta/\(plant.site)/newcomer/audio",
                    payload: Self.format.encode(TestSound.tone.samples()),
                    properties: MQTTProperties(contentType: Self.format.contentType)
                )
                try await play(plant, "compressor-1", TestSound.tone.samples())
                try await play(plant, "compressor-2", TestSound.tone.samples().map { max(-1, min(1, $0 * 200)) })
            }
            #expect(status == 2)
            let ill = report.ill.map { "\($0.area) \($0.subject)" }
            #expect(ill == ["machine compressor-3", "microphone compressor-2"], "\(report.ill)")
            #expect(report.ill.first?.found.contains("silent") == true)
            #expect(report.ill.last?.found.contains("clipped") == true)
            let stranger = try #require(report.findings.first { $0.subject.contains("newcomer") })
            #expect(stranger.status == "remark" && stranger.found.contains("no machine of the configuration claims"))
        }
    }

    @Test func aChunkNobodyCanReadIsTold() async throws {
        try await Plant.with { plant in
            try plant.write(PlantSettings(machines: ["compressor-1"]))
            let (report, status) = try await examine(plant, listen: "4s") {
                try await plant.client.publish(
                    topic: plant.topics.audio(machine: "compressor-1"),
                    payload: Data("not a sound".utf8)
                )
            }
            #expect(status == 2)
            #expect(report.ill.map(\.subject) == ["compressor-1"])
            #expect(report.ill.first?.found.contains("none readable: no content type") == true)
        }
    }

    @Test func aStoppedBrokerIsToldWithoutAWait() async throws {
        try await Plant.with(startsBroker: false) { plant in
            try plant.write()
            let (report, status) = try await examine(plant)
            #expect(status == 2)
            #expect(report.ill.map(\.area) == ["broker"])
            #expect(report.ill.first?.found.contains("Connection refused") == true)
            #expect(report.ill.first?.remedy?.contains("start the broker") == true)
        }
    }

    @Test func aWrongPasswordIsTold() async throws {
        try await PrivateBroker.with(.passwords(["edge": "right"])) { broker in
            let report = try await examine(broker, "username: edge, password_file: password") { folder in
                let password = folder.appendingPathComponent("password")
                try Data("wrong\n".utf8).write(to: password)
                try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: password.path)
            }
            #expect(report.ill.map(\.subject) == ["user and password"], "\(report.ill)")
            #expect(report.ill.first?.remedy?.contains("password_file") == true)
        }
    }

    @Test func anAuthorityThatDidNotSignIsTold() async throws {
        try await PrivateBroker.with(.tls(clientCertificates: false)) { broker in
            let stranger = try #require(broker.certificates?.strangerCAFile)
            let report = try await examine(broker, "ca_file: \"\(stranger)\"")
            #expect(report.ill.map(\.subject) == ["certificate"], "\(report.ill)")
            #expect(report.ill.first?.found.contains("none of the authorities in broker.ca_file") == true)
        }
    }

    @Test func anExpiredCertificateIsTold() async throws {
        try await PrivateBroker.with(.expiredTLS) { broker in
            let authority = try #require(broker.certificates?.caFile)
            let report = try await examine(broker, "ca_file: \"\(authority)\"")
            #expect(report.ill.map(\.subject) == ["certificate"], "\(report.ill)")
            #expect(report.ill.first?.found.contains("has expired") == true)
        }
    }

    @Test func aMissingClientCertificateIsTold() async throws {
        try await PrivateBroker.with(.tls(clientCertificates: true)) { broker in
            let authority = try #require(broker.certificates?.caFile)
            let report = try await examine(broker, "ca_file: \"\(authority)\"")
            #expect(report.ill.map(\.subject) == ["client certificate"], "\(report.ill)")
            #expect(report.ill.first?.remedy?.contains("broker.cert_file") == true)
        }
    }

    @Test func aBrokenModelFolderIsTold() async throws {
        try await Plant.with(startsBroker: false) { plant in
            let folder = plant.folder.appendingPathComponent("model")
            try FileManager.default.copyItem(at: Repository.tinyModel, to: folder)
            try FileManager.default.removeItem(at: folder.appendingPathComponent("model.safetensors"))
            try plant.write(PlantSettings(model: folder.path))
            let (report, status) = try await examine(plant)
            #expect(status == 2)
            #expect(report.ill.map(\.area) == ["broker", "model", "model"])
            #expect(report.ill.last?.found.contains("model.safetensors") == true)
        }
    }

    @Test func aConfigurationWithMistakesIsToldLineByLine() async throws {
        try await Plant.with(startsBroker: false) { plant in
            try plant.write(PlantSettings(consecutive: 0, extra: "shutters: closed"))
            let text = try await Program.run(["doctor", "--config", plant.configurationFile.path])
            #expect(text.status == 2)
            #expect(text.output.contains("rule.consecutive") && text.output.contains("shutters"))
            #expect(text.output.contains("→ "))
            // Colour is for terminals.
            #expect(!text.output.contains("\u{1B}"))
            let missing = try await Program.run(["doctor", "--config", "/nowhere/at-all.yaml"])
            #expect(missing.status == 2 && missing.output.contains("/nowhere/at-all.yaml"))
            #expect(try await Program.run(["doctor", "--listen", "soon"]).status == 64)
        }
    }

    /// Examines a configuration of the test's own at a broker where nobody gets in.
    private func examine(
        _ broker: PrivateBroker,
        _ access: String,
        prepare: (URL) throws -> Void = { _ in }
    ) async throws -> Report {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "ausculta-doctor-\(UUID().uuidString)"
        )
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try prepare(folder)
        let file = folder.appendingPathComponent("ausculta.yaml")
        let yaml = """
            site: plant1
            broker: {url: "\(broker.address)", \(access)}
            model: {path: "\(Repository.tinyModel.path)"}
            labels:
              pump:
                - {id: normal, name: Normal, kind: normal, prompts: ["a pump running normally"]}
                - {id: cavitation, name: Cavitation, kind: fault, prompts: ["a pump cavitating"]}
            machines: [{id: pump-1, profile: pump}]

            """
        try Data(yaml.utf8).write(to: file)
        let result = try await Program.run(["doctor", "--config", file.path, "--json"], seconds: 600)
        #expect(result.status == 2)
        return try result.json(Report.self)
    }
}
