// `ausculta classify --sort-into` as a process: interrupted by Ctrl-C, gone on with, and its exit statuses.
import AudioFeatures
import BrokerSupport
import Foundation
import Testing

@Suite struct SortingTests {
    private static func with(_ body: (URL) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("ausculta-sort-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder.appendingPathComponent("in"),
            withIntermediateDirectories: true
        )
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder)
    }

    private static func write(_ folder: URL, _ name: String, seconds: Double) throws {
        let samples = TestSound.clicks.samples(seconds: seconds, sampleRateHz: 16_000)
        let wav = try AudioEncoder.encode(AudioBuffer(samples: samples, sampleRateHz: 16_000), as: .wav)
        try wav.write(to: folder.appendingPathComponent("in/\(name)"))
    }

    /// Threshold 0: every file is determined. 1: none is.
    private static func words(_ folder: URL, threshold: String = "0") -> [String] {
        [
            "classify", folder.appendingPathComponent("in").path, "--labels", "pump dry,motor/hot,其他", "--sort-into",
            folder.appendingPathComponent("out").path, "--threshold", threshold, "--hop", "0.1", "--model",
            Repository.tinyModel.path,
        ]
    }

    /// Every line of the journal but the first, by file name: where the file lies.
    private static func journal(_ folder: URL) -> [String: String] {
        let text = (try? String(contentsOf: folder.appendingPathComponent("out/tags.csv"), encoding: .utf8)) ?? ""
        var places: [String: String] = [:]
        for line in text.components(separatedBy: "\r\n").dropFirst() {
            let fields = line.components(separatedBy: ",")
            if fields.count > 5 { places[(fields[0] as NSString).lastPathComponent] = fields[4] }
        }
        return places
    }

    @Test func interruptedItLosesNothingAndGoesOn() async throws {
        try await Self.with { folder in
            for name in ["a.wav", "b.wav", "c.wav"] { try Self.write(folder, name, seconds: 3) }
            // Some 18,000 windows: this one is still being judged when the signal comes.
            try Self.write(folder, "z.wav", seconds: 1_800)
            let program = try Program(Self.words(folder))
            try await eventually("three files are sorted") { Self.journal(folder).count >= 3 }
            program.send(signal: SIGINT)
            let interrupted = try await program.end()
            #expect(interrupted.status == 130, "\(interrupted.errors)")
            #expect(interrupted.errors.contains("nothing is lost"), "\(interrupted.errors)")
            let before = Self.journal(folder)
            #expect(before.count == 3)
            // The long one made short, so that the rest does not take minutes.
            try Self.write(folder, "z.wav", seconds: 3)
            let whole = try await Program.run(Self.words(folder))
            #expect(whole.status == 0, "\(whole.errors)")
            #expect(whole.errors.contains("3 of 4 files were sorted before"))
            let after = Self.journal(folder)
            #expect(after.count == 4)
            #expect(after.merging(before) { $1 } == after, "what was sorted stays where it was")
            for (name, place) in after {
                let file = folder.appendingPathComponent("out/\(place)")
                #expect(
                    try Data(contentsOf: file) == Data(contentsOf: folder.appendingPathComponent("in/\(name)")),
                    "\(place)"
                )
            }
            let again = try await Program.run(Self.words(folder) + ["--json"])
            #expect(again.status == 0, "\(again.errors)")
            #expect(try again.object()["before"] as? Int == 4)
            let other = try await Program.run(Self.words(folder, threshold: "0.5"))
            #expect(other.status == 1)
            #expect(other.errors.contains("--threshold"))
        }
    }

    @Test func whatCannotBeReadIsListedAndTheRestSorted() async throws {
        try await Self.with { folder in
            try Self.write(folder, "a.wav", seconds: 3)
            let bad = folder.appendingPathComponent("in/bad.wav")
            try Data("no sound".utf8).write(to: bad)
            let first = try await Program.run(Self.words(folder, threshold: "1"))
            #expect(first.status == 1)
            #expect(first.output.contains("bad.wav") && first.errors.contains("bad.wav"))
            #expect(Self.journal(folder)["a.wav"] == "review/a.wav")
            #expect(Self.journal(folder)["bad.wav"] == "")
            // Mended, it is taken up by the next run.
            try FileManager.default.removeItem(at: bad)
            try Self.write(folder, "bad.wav", seconds: 3)
            let second = try await Program.run(Self.words(folder, threshold: "1") + ["--move"])
            #expect(second.status == 0, "\(second.errors)")
            #expect(Self.journal(folder)["bad.wav"] == "review/bad.wav")
            #expect(!FileManager.default.fileExists(atPath: bad.path), "moved")
            #expect(try await Program.run(["classify", folder.path, "--labels", "a,b", "--move"]).status == 64)
        }
    }
}
