// Trend log and model: what lies on the disk becomes findings.
import Foundation
import MachineHealth
import Testing
import TrendLog

@testable import EdgeService

@Suite struct StoreCheckTests {
    private static let model = ConfigurationSupport.repository.appendingPathComponent("Tests/Fixtures/clap/tiny-fused")

    private func folder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "ausculta-doctor-\(UUID().uuidString)"
        )
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    // MARK: - Trend log

    @Test func aLogThatIsNotThereYetIsFine() async {
        let facts = await TrendLogFacts.read("/nowhere/ausculta.db", checkSeconds: 60)
        #expect(facts == .absent(path: "/nowhere/ausculta.db"))
        #expect(TrendLogCheck(facts: facts).findings.map(\.status) == [.ok])
    }

    @Test func aSoundLogOpensBesideItsService() async throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("ausculta.db")
        let store = try TrendLogStore(url: file)
        guard case .opened(let log) = await TrendLogFacts.read(file.path, checkSeconds: 60) else {
            Issue.record("it does not open")
            return
        }
        #expect(log.isServed && log.problems == [] && log.enrolledMachines.isEmpty)
        #expect(log.schema == "4-alarms")
        let found = TrendLogCheck(facts: .opened(log)).findings
        #expect(found.map(\.status) == [.ok, .ok])
        #expect(found[0].found.contains("a service writes to it"))
        try store.close()
    }

    @Test func aLogThatIsNoDatabaseIsAProblem() async throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("ausculta.db")
        try Data("this is no database, it is a letter to the doctor".utf8).write(to: file)
        let found = TrendLogCheck(facts: await TrendLogFacts.read(file.path, checkSeconds: 60)).findings
        #expect(found.map(\.status) == [.problem])
        #expect(found[0].found.contains("not a sound SQLite database"))
    }

    /// Damage inside a page: the file opens, and only the check of its pages finds it.
    @Test func damagedPagesAreFound() async throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("ausculta.db")
        let store = try TrendLogStore(url: file)
        try store.close()
        // What is still in the write-ahead log would be read in place of the damaged pages.
        let checkpoint = Process()
        checkpoint.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        checkpoint.arguments = ["sqlite3", file.path, "PRAGMA wal_checkpoint(TRUNCATE)"]
        checkpoint.standardOutput = FileHandle.nullDevice
        try checkpoint.run()
        checkpoint.waitUntilExit()
        #expect(checkpoint.terminationStatus == 0)
        for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file.path + suffix) }
        var bytes = try Data(contentsOf: file)
        let pageBytes = Int(bytes[16]) << 8 | Int(bytes[17])
        // The second half of the pages belongs to indexes and tables that opening does not touch; their headers are
        // overwritten.
        for start in stride(from: bytes.count / pageBytes / 2 * pageBytes, to: bytes.count, by: pageBytes) {
            bytes.replaceSubrange(start..<(start + 64), with: [UInt8](repeating: 0x5A, count: 64))
        }
        try bytes.write(to: file)
        let found = TrendLogCheck(facts: await TrendLogFacts.read(file.path, checkSeconds: 60)).findings
        #expect(found.contains { $0.status == .problem }, "\(found)")
    }

    @Test func aCheckThatTookTooLongIsARemark() {
        let log = OpenTrendLog(path: "f", schema: "3-detection", problems: nil, isServed: false, enrolledMachines: [])
        #expect(TrendLogCheck(facts: .opened(log)).findings.map(\.status) == [.ok, .remark])
    }

    // MARK: - Model

    private func configuration(model: URL, cache: URL) throws -> ServiceConfiguration {
        let yaml = ConfigurationSupport.minimal + "\nmodel: {path: \"\(model.path)\", cache: \"\(cache.path)\"}\n"
        return try ServiceConfiguration.parse(yaml, file: "/etc/ausculta/test.yaml")
    }

    @Test func aModelThatLoadsTellsWhichLabelsItKnows() async throws {
        let cache = try folder()
        defer { try? FileManager.default.removeItem(at: cache) }
        let configuration = try configuration(model: Self.model, cache: cache)
        let (before, model) = await ModelVisit(configuration: configuration).make()
        #expect(model != nil && before.loadProblem == nil && before.fileProblems.isEmpty)
        #expect(before.phraseCount == 2 && before.knownPhraseCount == 0)
        #expect(ModelCheck(facts: before).findings.map(\.status) == [.ok, .ok])
        // The doctor writes nothing.
        #expect(!FileManager.default.fileExists(atPath: configuration.derivedCacheFolder.path))

        let served = try await SoundModel.load(directory: Self.model, cache: configuration.derivedCacheFolder)
        _ = try served.makeHead(prompts: [["a pump running normally"], ["a pump cavitating"]])
        let after = await ModelVisit(configuration: configuration).make().facts
        #expect(after.knownPhraseCount == 2)
        #expect(ModelCheck(facts: after).findings.last?.found == "loads; every prompt is encoded already")
    }

    @Test func aModelWithoutWeightsIsAProblem() async throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let broken = folder.appendingPathComponent("model")
        try FileManager.default.copyItem(at: Self.model, to: broken)
        try FileManager.default.removeItem(at: broken.appendingPathComponent("model.safetensors"))
        let configuration = try configuration(model: broken, cache: folder)
        let (facts, model) = await ModelVisit(configuration: configuration).make()
        #expect(model == nil)
        let found = ModelCheck(facts: facts).findings
        #expect(found.allSatisfy { $0.status == .problem } && found.count == 2)
        #expect(found[0].found.contains("model.safetensors"))
    }

    @Test func aModelThatIsNowhereIsAProblem() {
        let found = ModelCheck(facts: ModelFacts(searchProblem: "model 'x': no folder.\n  Looked in:\n    /a")).findings
        #expect(found.map(\.status) == [.problem])
        #expect(found[0].found == "model 'x': no folder. Looked in: /a")
    }

    @Test func speedIsMeasured() throws {
        let model = try SoundModel(directory: Self.model)
        #expect(try QuickBench.windowsPerSecond(model, threads: 2, lengthSeconds: 2) > 0)
    }
}
