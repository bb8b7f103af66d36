// The commands that need no service: JSON shapes, exit statuses, and help for each.
import AudioFeatures
import BrokerSupport
import Foundation
import Testing

@Suite struct CommandTests {
    /// A folder with a recording of 12 s and one that is none.
    private func withRecordings<Value>(_ body: (URL) async throws -> Value) async throws -> Value {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("ausculta-commands-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let samples = TestSound.clicks.samples(seconds: 12, sampleRateHz: 16_000)
        let wav = try AudioEncoder.encode(AudioBuffer(samples: samples, sampleRateHz: 16_000), as: .wav)
        try wav.write(to: folder.appendingPathComponent("clicks.wav"))
        try Data("no sound".utf8).write(to: folder.appendingPathComponent("bad.wav"))
        return try await body(folder)
    }

    private let model = ["--model", Repository.tinyModel.path]

    @Test func classifyPrintsTheContractsDocument() async throws {
        try await withRecordings { folder in
            let file = folder.appendingPathComponent("clicks.wav").path
            let labels = ["--labels", "pump dry,motor hot,其他"]
            let result = try await Program.run(["classify", file, "--json", "--threshold", "0"] + labels + model)
            #expect(result.status == 0, "\(result.errors)")
            let document = try result.object()
            #expect(document["model"] as? String == "tiny-fused")
            let files = try #require(document["files"] as? [[String: Any]])
            try #require(files.count == 1)
            #expect(files[0]["file"] as? String == file)
            #expect(files[0]["duration_s"] as? Double == 12)
            let windows = try #require(files[0]["windows"] as? [[String: Any]])
            #expect(windows.compactMap { $0["start_s"] as? Double } == [0, 2], "the last window ends with the file")
            #expect(windows.compactMap { $0["end_s"] as? Double } == [10, 12])
            let fused = try #require(files[0]["fused"] as? [String: Any])
            for judged in windows + [fused] {
                let scores = try #require(judged["scores"] as? [String: Double])
                #expect(Set(scores.keys) == ["pump dry", "motor hot", "其他"])
                #expect(abs(scores.values.reduce(0, +) - 1) < 1e-5)
                let top = try #require(judged["top"] as? String)
                #expect(scores[top] == scores.values.max())
                #expect(judged["confidence"] as? Double == scores[top])
                #expect(judged["verdict"] as? String == top)
            }
            let strict = try await Program.run(
                ["classify", file, "--json", "--threshold", "1", "--top", "1"] + labels + model
            )
            let strictFiles = try #require(try strict.object()["files"] as? [[String: Any]])
            let strictFused = try #require(strictFiles.first?["fused"] as? [String: Any])
            #expect(strictFused["verdict"] as? String == "undetermined")
            #expect((strictFused["scores"] as? [String: Double])?.count == 1)
        }
    }

    @Test func classifyGoesOnAfterABadFileAndSaysSo() async throws {
        try await withRecordings { folder in
            let labels = ["--labels", "pump dry,motor hot"]
            let both = try await Program.run(["classify", folder.path, "--json"] + labels + model)
            #expect(both.status == 1)
            #expect(both.errors.contains("bad.wav"))
            let files = try #require(try both.object()["files"] as? [[String: Any]])
            #expect(files.count == 1)
            let bad = folder.appendingPathComponent("bad.wav").path
            #expect(try await Program.run(["classify", bad, "--json"] + labels + model).status == 2)
            let missing = try await Program.run(["classify", "/nowhere/at-all.wav"] + labels + model)
            #expect(missing.status != 0 && missing.status != nil)
            #expect(missing.errors.contains("/nowhere/at-all.wav"))
            let one = try await Program.run(["classify", bad, "--labels", "alone"] + model)
            #expect(one.status == 64)
            #expect(one.errors.contains("at least two"))
            let nowhere = try await Program.run(["classify", bad] + labels + ["--model", "/nowhere"])
            #expect(nowhere.status == 1)
            #expect(nowhere.errors.contains("/nowhere"))
        }
    }

    @Test func embedPrintsUnitVectors() async throws {
        try await withRecordings { folder in
            let file = folder.appendingPathComponent("clicks.wav").path
            let result = try await Program.run(
                ["embed", file, "--text", "pump dry", "--text", "轴承缺油", "--json"] + model
            )
            #expect(result.status == 0, "\(result.errors)")
            let document = try result.object()
            #expect(document["model"] as? String == "tiny-fused")
            let embeddings = try #require(document["embeddings"] as? [[String: Any]])
            try #require(embeddings.count == 3)
            #expect(embeddings[0]["file"] as? String == file)
            #expect(embeddings[0]["is_longer"] as? Bool == true, "12 s go through the fusion")
            #expect(embeddings[1]["text"] as? String == "pump dry")
            #expect(embeddings[2]["text"] as? String == "轴承缺油")
            for embedding in embeddings {
                let values = try #require(embedding["values"] as? [Double])
                #expect(values.count == 32)
                #expect(abs(values.reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
            }
            #expect(try await Program.run(["embed"] + model).status == 64)
        }
    }

    @Test func featuresWritesANumPyFile() async throws {
        try await withRecordings { folder in
            let out = folder.appendingPathComponent("clicks.npy")
            let file = folder.appendingPathComponent("clicks.wav").path
            let result = try await Program.run(["features", file, "--out", out.path, "--json"] + model)
            #expect(result.status == 0, "\(result.errors)")
            let shape = try #require(try result.object()["shape"] as? [Int])
            #expect(shape.count == 3 && shape[0] == 4 && shape[2] == 64)
            let bytes = try Data(contentsOf: out)
            #expect(bytes.prefix(6) == Data([0x93] + Array("NUMPY".utf8)))
            let header = Int(bytes[8]) | Int(bytes[9]) << 8
            #expect(bytes.count == 10 + header + 4 * shape.reduce(1, *))
        }
    }

    /// Without the embedded model's judgement: the scene runs, and the exit status says that no alarm came.
    @Test func aDemoWithoutAnAlarmFails() async throws {
        let result = try await Program.run(["demo", "--machines", "1", "--duration", "40", "--json"] + model)
        #expect(result.status == 1)
        let report = try result.object()
        #expect(report["raised"] as? Bool == false)
        #expect((report["dashboard"] as? String)?.hasPrefix("http://127.0.0.1:") == true)
        let windows = try #require(report["windows"] as? [String: Int])
        #expect(windows["compressor-1"].map { $0 >= 1 } == true)
        let nowhere = try await Program.run(["demo", "--duration", "1", "--model", "/nowhere"])
        #expect(nowhere.status == 1)
        #expect(nowhere.errors.contains("/nowhere"))
    }

    @Test func usersAreAddedListedAndRemoved() async throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("ausculta-users-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        func user(_ words: [String], password: String? = nil) async throws -> ProgramResult {
            let program = try Program(["user"] + words + ["--file", file.path], keepsInputOpen: password != nil)
            if let password { program.write(Data((password + "\n").utf8)) }
            return try await program.end()
        }
        let added = try await user(["add", "mei", "--role", "operator"], password: "oil every bearing")
        #expect(added.status == 0)
        let short = try await user(["add", "otto", "--role", "viewer"], password: "short")
        #expect(short.status == 1)
        #expect(short.errors.contains("8 to 1024"))
        let twice = try await user(["add", "mei", "--role", "viewer"], password: "oil every bearing")
        #expect(twice.status == 64)
        let list = try await user(["list", "--json"])
        #expect(list.output == "[{\"name\":\"mei\",\"role\":\"operator\"}]\n")
        #expect(try await user(["remove", "nobody"]).status == 64)
        #expect(try await user(["remove", "mei"]).status == 0)
        #expect(try await user(["list"]).output.isEmpty)
    }

    @Test(arguments: [
        [], ["serve"], ["demo"], ["check-config"], ["classify"], ["embed"], ["features"], ["evaluate"], ["trend"],
        ["trend", "list"], ["trend", "show"], ["trend", "export"], ["alarms"], ["alarms", "list"], ["alarms", "ack"],
        ["alarms", "shelve"], ["alarms", "unshelve"], ["alarms", "reset"], ["alarms", "out-of-service"],
        ["alarms", "in-service"], ["alarms", "audit"], ["alarms", "stats"],
        ["enroll"], ["enroll", "start"], ["enroll", "list"], ["enroll", "show"], ["enroll", "confirm"],
        ["enroll", "undo"], ["teach"], ["teach", "window"], ["teach", "list"], ["teach", "undo"], ["teach", "report"],
        ["model"], ["model", "list"], ["model", "info"], ["model", "fetch"], ["model", "verify"], ["bench"],
        ["publish"], ["simulate"], ["doctor"], ["config"], ["config", "init"], ["user"], ["user", "add"],
        ["user", "list"], ["user", "password"],
        ["user", "remove"],
    ])
    func everyCommandHasHelp(words: [String]) async throws {
        let result = try await Program.run(words + ["--help"])
        #expect(result.status == 0)
        #expect(
            result.output.contains(
                "USAGE: ausculta \(words.joined(separator: " "))".trimmingCharacters(in: .whitespaces)
            )
        )
        #expect(result.errors.isEmpty)
    }

    @Test func unknownWordsAreUsageErrors() async throws {
        for words in [["listen"], ["serve"], ["publish", "x.wav"], ["serve", "--config", "x", "--fast"]] {
            let result = try await Program.run(words)
            #expect(result.status == 64, "\(words)")
            #expect(result.errors.contains("Usage:"), "\(words): \(result.errors)")
        }
    }
}
