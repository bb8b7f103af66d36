// Recordings through the whole way: publish, windows on MQTT, rows in the trend log.
import AudioFeatures
import BrokerSupport
import Foundation
import Publishing
import Testing

/// A line of `trend export --format jsonl`.
private struct ExportedWindow: Decodable {
    var start: Date
    var label: String?
    var confidence: Double?
    var verdict: String
    var model: String
}

@Suite(.serialized) struct RecordingTests {
    private static let windowKeys: Set<String> = [
        "machine", "site", "start", "end", "label", "confidence", "scores", "verdict", "level_dbfs", "missing_fraction",
        "model", "latency_ms",
    ]

    private func publish(_ plant: Plant, _ recording: SampleRecording) async throws -> ProgramResult {
        let source = recording.isPiped ? "-" : recording.file.path
        return try await Program.run(
            [
                "publish", source, "--machine", recording.machine, "--config", plant.configurationFile.path, "--fast",
                "--json",
            ]
                + recording.words,
            input: recording.isPiped ? try Data(contentsOf: recording.file) : nil
        )
    }

    @Test func everyFormBecomesWindowsAndRows() async throws {
        try await Plant.with { plant in
            let recordings = try SampleRecording.all(in: plant.folder)
            try plant.write(PlantSettings(machines: recordings.map(\.machine), consecutive: 2))
            let service = try await plant.serve()
            for recording in recordings {
                let sent = try await publish(plant, recording)
                #expect(sent.status == 0, "\(recording.machine): \(sent.errors)")
                let report = try sent.object()
                let seconds = try #require(report["seconds"] as? Double)
                #expect(abs(seconds - SampleRecording.seconds) < 0.2, "\(recording.machine)")
                let windows = try await plant.windows(recording.machine, count: 3)
                // Whatever the rate, the channels and the codec: the same sound gets the same label.
                #expect(
                    windows.allSatisfy { $0.label == Plant.fault },
                    "\(recording.machine): \(windows.map(\.scores))"
                )
                #expect(windows.allSatisfy { $0.missingFraction == 0 }, "\(recording.machine)")
                let steps = zip(windows.dropFirst(), windows).map { $0.start.timeIntervalSince($1.start) }
                #expect(steps.allSatisfy { abs($0 - 2) < 0.01 }, "\(recording.machine): \(steps)")
            }
            try checkFields(plant)
            try await checkTrend(plant, machine: "stereo")
            service.send(signal: SIGTERM)
            #expect(try await service.end().status == 0)
        }
    }

    /// Every field of the contract, each with the type it says.
    private func checkFields(_ plant: Plant) throws {
        let topic = plant.topics.window(machine: "wav-16k")
        let message = try #require(plant.messages.values.first { $0.topic == topic })
        #expect(!message.retain)
        let window = try #require(JSONSerialization.jsonObject(with: message.payload) as? [String: Any])
        #expect(Set(window.keys).isSuperset(of: Self.windowKeys), "\(window.keys.sorted())")
        #expect(window["machine"] as? String == "wav-16k")
        #expect(window["site"] as? String == plant.site)
        let scores = try #require(window["scores"] as? [String: Double])
        #expect(Set(scores.keys) == ["normal", Plant.fault])
        #expect(abs(scores.values.reduce(0, +) - 1) < 1e-4)
        #expect(window["confidence"] as? Double == scores[Plant.fault])
        #expect(window["verdict"] as? String == Plant.fault)
        let level = try #require(window["level_dbfs"] as? Double)
        #expect((-40 ... -5).contains(level))
        #expect((window["latency_ms"] as? Double).map { $0 >= 0 } == true)
        #expect((window["model"] as? String)?.hasPrefix("tiny-fused@") == true)
        for key in ["start", "end"] {
            let text = try #require(window[key] as? String)
            #expect(text.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil, "\(text)")
        }
    }

    /// What was told on MQTT is what the trend log shows, while the service runs.
    private func checkTrend(_ plant: Plant, machine: String) async throws {
        let told = plant.received(WindowPayload.self, on: plant.topics.window(machine: machine))
        let lines = try await plant.command("trend", "export", machine, "--format", "jsonl")
        #expect(lines.status == 0, "\(lines.errors)")
        let rows = try lines.output.split(separator: "\n").map {
            try PayloadCoder.decode(ExportedWindow.self, from: Data($0.utf8))
        }
        #expect(rows.map(\.start) == told.map(\.start))
        #expect(rows.map(\.label) == told.map(\.label))
        #expect(zip(rows, told).allSatisfy { abs(($0.confidence ?? 0) - ($1.confidence ?? 0)) < 1e-3 })
        #expect(zip(rows, told).allSatisfy { $0.verdict == $1.verdict && $0.model == $1.model })

        let array = try await plant.command("trend", "export", machine, "--format", "json")
        let objects = try #require(JSONSerialization.jsonObject(with: Data(array.output.utf8)) as? [[String: Any]])
        #expect(objects.count == told.count)
        let table = try await plant.command("trend", "export", machine, "--format", "csv")
        let csv = table.output.split(whereSeparator: \.isNewline)
        #expect(csv.count == told.count + 1)
        #expect(csv.first?.hasPrefix("machine,start,end,label,confidence,verdict") == true)
        #expect(csv.dropFirst().allSatisfy { $0.hasPrefix("\(machine),") })

        let show = try await plant.command("trend", "show", machine, "--width", "100")
        #expect(show.status == 0, "\(show.errors)")
        for text in ["Bearing lacking oil", "轴承缺油", machine] { #expect(show.output.contains(text), "\(show.output)") }
        let unknown = try await plant.command("trend", "show", "nobody")
        #expect(unknown.status == 1)
        #expect(unknown.errors.contains("nobody"))
        let list = try await plant.command("trend", "list", "--json")
        let machines = try #require(JSONSerialization.jsonObject(with: Data(list.output.utf8)) as? [[String: Any]])
        #expect(machines.count == 8)
        #expect(machines.allSatisfy { ($0["windows"] as? Int).map { $0 >= 3 } == true })
    }

    /// Ten minutes as fast as possible: far more windows than may wait for inference, and none is lost.
    @Test func aLongRecordingSentFastLosesNoWindow() async throws {
        try await Plant.with { plant in
            let file = plant.folder.appendingPathComponent("long.wav").path
            let writer = try AudioFileWriter(path: file, format: .wav, sampleRateHz: 8_000)
            let samples = TestSound.tone.samples(seconds: 600, sampleRateHz: 8_000)
            try writer.write(AudioBuffer(samples: samples, sampleRateHz: 8_000))
            try writer.close()
            try plant.write(PlantSettings(machines: ["long"]))
            let service = try await plant.serve()
            let sent = try await Program.run([
                "publish", file, "--machine", "long", "--config", plant.configurationFile.path, "--fast", "--json",
            ])
            #expect(sent.status == 0, "\(sent.errors)")
            let windows = try await plant.windows("long", count: 299)
            let steps = zip(windows.dropFirst(), windows).map { $0.start.timeIntervalSince($1.start) }
            #expect(steps.allSatisfy { abs($0 - 2) < 0.01 }, "\(steps.filter { abs($0 - 2) >= 0.01 })")
            let reported = try #require(try sent.object()["windows"] as? Int)
            #expect(reported >= 290)
            let state = try await plant.retained(plant.topics.state(machine: "long"))
            #expect(try PayloadCoder.decode(StatePayload.self, from: state.payload).stream.droppedChunks == 0)
            service.send(signal: SIGTERM)
            #expect(try await service.end().status == 0)
        }
    }

    @Test func whatCannotBeReadIsSaidAndTheRestIsSent() async throws {
        try await Plant.with { plant in
            let recordings = try SampleRecording.all(in: plant.folder)
            try Data("no sound".utf8).write(to: plant.folder.appendingPathComponent("bad.wav"))
            try plant.write(PlantSettings(machines: ["wav-48k"]))
            let service = try await plant.serve()
            let options = ["--machine", "wav-48k", "--config", plant.configurationFile.path, "--fast", "--json"]
            let bad = plant.folder.appendingPathComponent("bad.wav").path
            let some = try await Program.run(["publish", bad, recordings[1].file.path] + options)
            #expect(some.status == 1)
            #expect(some.errors.contains("bad.wav"))
            #expect(try some.object()["failed"] as? [String] == [bad])
            try await plant.windows("wav-48k", count: 3)
            #expect(try await Program.run(["publish", bad] + options).status == 2)
            let missing = try await Program.run(["publish", "/nowhere/at-all.wav"] + options)
            #expect(missing.status == 1)
            #expect(missing.errors.contains("/nowhere/at-all.wav"))
            let pipe = try await Program.run(["publish", "-"] + options, input: Data([1, 2]))
            #expect(pipe.status == 64)
            #expect(pipe.errors.contains("--raw"))
            service.send(signal: SIGTERM)
            #expect(try await service.end().status == 0)
        }
    }

    @Test(
        .enabled(
            if: Repository.recordings != nil,
            "../shared/recordings is not there; the recordings this suite makes itself are sent all the same"
        ),
        arguments: [
            ("mimii/fan/normal/normal_id_00_00000000.wav", 4), ("compressor-48k/run", 20),
            ("bldc/M1/healthy/1450.wav", 4), ("multichannel/pump_normal.wav", 4),
        ]
    )
    func realRecordingsBecomeWindows(path: String, count: Int) async throws {
        let folder = try #require(Repository.recordings)
        try await Plant.with { plant in
            try plant.write(PlantSettings(machines: ["real"]))
            let service = try await plant.serve()
            let sent = try await Program.run([
                "publish", folder.appendingPathComponent(path).path, "--machine", "real", "--config",
                plant.configurationFile.path, "--fast", "--json",
            ])
            #expect(sent.status == 0, "\(sent.errors)")
            #expect(try sent.object()["failed"] as? [String] == [])
            let windows = try await plant.windows("real", count: count)
            #expect(windows.allSatisfy { $0.missingFraction == 0 && $0.label != nil })
            let rows = try await plant.command("trend", "export", "real", "--format", "jsonl")
            #expect(rows.output.split(separator: "\n").count >= count)
            service.send(signal: SIGTERM)
            #expect(try await service.end().status == 0)
        }
    }
}
