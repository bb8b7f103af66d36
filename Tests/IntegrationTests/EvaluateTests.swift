// `ausculta evaluate` on a small labelled set: table, JSON, the page, what cannot be read, and Ctrl-C.
import AudioFeatures
import Foundation
import Testing

@Suite struct EvaluateTests {
    private static let model = ["--model", Repository.tinyModel.path]
    private static let quick = ["--repeats", "3", "--shots", "1,40", "--window", "2", "--hop", "1"]

    /// Two fans that whistle, five normal and three faulty recordings each; one with a single normal recording; a bad file.
    private func withSet<Value>(_ body: (URL) async throws -> Value) async throws -> Value {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("ausculta-evaluate-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var lines = ["file,machine,condition,label,time"]
        func write(_ name: String, machine: String, label: String, time: Int, seconds: Double = 3) throws {
            let sound: TestSound = label == "rubbing" ? .clicks : .tone
            // A hiss of its own: windows that equal each other to the last bit are one to a bank of normal sound.
            var state = UInt32(truncatingIfNeeded: time &* 7_919 &+ machine.utf8.reduce(17) { $0 &* 31 &+ Int($1) })
            let samples = sound.samples(seconds: seconds + Double(time % 3) / 10, sampleRateHz: 16_000).map { sample in
                state = state &* 1_664_525 &+ 1_013_904_223
                return sample * 0.9 + 0.02 * (Float(state >> 8) / 8_388_608 - 1)
            }
            let wav = try AudioEncoder.encode(AudioBuffer(samples: samples, sampleRateHz: 16_000), as: .wav)
            try wav.write(to: folder.appendingPathComponent(name))
            lines.append("\(name),\(machine),\(label == "normal" ? "normal" : "anomalous"),\(label),\(time)")
        }
        for machine in ["fan-1", "fan-2"] {
            for index in 0..<5 {
                try write("\(machine)-n\(index).wav", machine: machine, label: "normal", time: index)
            }
            for index in 0..<3 {
                try write("\(machine)-r\(index).wav", machine: machine, label: "rubbing", time: 100 + index)
            }
        }
        try write("fan-3.wav", machine: "fan-3", label: "normal", time: 0)
        try Data("no sound".utf8).write(to: folder.appendingPathComponent("bad.wav"))
        lines.append("bad.wav,fan-1,normal,normal,9")
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: folder.appendingPathComponent("set.csv"))
        return try await body(folder)
    }

    @Test func theDocumentHoldsEveryWayOfJudging() async throws {
        try await withSet { folder in
            let manifest = folder.appendingPathComponent("set.csv").path
            let page = folder.appendingPathComponent("report.html")
            let result = try await Program.run(
                ["evaluate", manifest, "--json", "--html", page.path] + Self.model + Self.quick
            )
            #expect(result.status == 1, "one file cannot be read: \(result.errors)")
            #expect(result.errors.components(separatedBy: "bad.wav").count == 2, "told once: \(result.errors)")
            #expect(result.errors.contains("1 of 18 recordings could not be read"))
            let document = try result.object()
            #expect((document["unreadable"] as? [String])?.count == 1)
            #expect((document["report"] as? [String: Any])?["count"] as? Int == 17)
            let comparison = try #require(document["comparison"] as? [String: Any])
            #expect(comparison["order"] as? String == "time")
            let modes = try #require(comparison["modes"] as? [[String: Any]])
            #expect(
                modes.compactMap { $0["mode"] as? String } == [
                    "RMS level", "log-mel kNN", "zero-shot", "enrolled", "1-shot", "40-shot", "enrolled + 1-shot",
                    "enrolled + 40-shot",
                ]
            )
            for mode in modes {
                let area = try #require((mode["auc"] as? [String: Any])?["value"] as? Double)
                #expect((0...1).contains(area))
                #expect(mode["machine_count"] as? Int == 2)
                #expect((mode["machines"] as? [[String: Any]])?.count == 2)
            }
            let enrolled = try #require(modes.first { $0["mode"] as? String == "enrolled" })
            #expect((enrolled["auc"] as? [String: Any])?["value"] as? Double == 1, "whistle and clicks are easy")
            let many = try #require(modes.first { $0["mode"] as? String == "40-shot" })
            #expect(try #require(many["fewest_examples"] as? Int) < 40)
            let left = try #require(comparison["left_out"] as? [[String: Any]])
            #expect(left.compactMap { $0["machine"] as? String } == ["fan-3"])

            let html = try String(contentsOf: page, encoding: .utf8)
            #expect(html.hasPrefix("<!doctype html>"))
            #expect(!html.contains("http://") && !html.contains("https://"), "nothing is fetched")
            #expect(html.contains("data:audio/flac;base64,"))
            #expect(html.utf8.count < 5_000_000)
        }
    }

    @Test func theTableFitsAHundredColumnsAndRepeats() async throws {
        try await withSet { folder in
            let words = ["evaluate", folder.appendingPathComponent("set.csv").path] + Self.model + Self.quick
            let first = try await Program.run(words)
            let second = try await Program.run(words)
            #expect(first.output.contains("RMS level"))
            #expect(first.output.contains("left out: fan-3: 1 normal recording"))
            #expect(first.output.contains("had only"), "40 examples are not to be had")
            for line in first.output.split(separator: "\n") { #expect(line.count <= 100, "\(line)") }
            func withoutTimes(_ text: String) -> [Substring] {
                text.split(separator: "\n").filter { !$0.contains(" ms to ") }
            }
            #expect(withoutTimes(first.output) == withoutTimes(second.output), "the seed decides")
        }
    }

    @Test func labelsAloneWorkWithoutMachines() async throws {
        try await withSet { folder in
            let manifest = folder.appendingPathComponent("labels.csv")
            try Data("file,label\nfan-1-n0.wav,normal\nfan-1-r0.wav,rubbing\n".utf8).write(to: manifest)
            let result = try await Program.run(["evaluate", manifest.path] + Self.model)
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.output.contains("balanced accuracy"))
            #expect(!result.output.contains("AUC by machine"))
            #expect(result.errors.contains("column machine"))
            let json = try await Program.run(["evaluate", manifest.path, "--json"] + Self.model)
            let document = try json.object()
            #expect(document["comparison"] == nil)
            #expect((document["report"] as? [String: Any])?["count"] as? Int == 2)
        }
    }

    @Test func anInterruptLeavesNothingHalfWritten() async throws {
        try await withSet { folder in
            let page = folder.appendingPathComponent("report.html")
            let words = [
                "evaluate", folder.appendingPathComponent("set.csv").path, "--html", page.path, "--repeats", "1000000",
            ]
            let program = try Program(words + Self.model)
            _ = try await program.waitForLog("bad.wav")
            program.send(signal: SIGINT)
            let result = try await program.end()
            #expect(result.status == 130)
            #expect(result.output.isEmpty)
            #expect(result.errors.contains("nothing was written"))
            #expect(!FileManager.default.fileExists(atPath: page.path))
        }
    }

    @Test func anUnusableOptionIsAUsageError() async throws {
        try await withSet { folder in
            let manifest = folder.appendingPathComponent("set.csv").path
            for words in [
                ["--shots", "0"], ["--shots", "one"], ["--repeats", "0"], ["--split", "both"], ["--window", "90"],
            ] {
                let result = try await Program.run(["evaluate", manifest] + Self.model + words)
                #expect(result.status == 64, "\(words)")
            }
        }
    }
}
