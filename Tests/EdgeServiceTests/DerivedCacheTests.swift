// What a restart remembers: hashes of unchanged files, embeddings of known phrases; and nothing it should not trust.
import CLAP
import Foundation
import Testing

@testable import EdgeService

@Suite struct DerivedCacheTests {
    /// A folder of this test's own, gone when `body` returns.
    private func withFolder<Value>(_ body: (URL) async throws -> Value) async throws -> Value {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("derived-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try await body(folder)
    }

    private static let model = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/clap/tiny-fused")

    private static let prompts = [["a pump that runs well", "a healthy pump"], ["a bearing lacking oil"], ["轴承缺油"]]

    private func files(below folder: URL) -> [URL] {
        let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        return names.map { folder.appendingPathComponent($0) }.filter { !$0.hasDirectoryPath }
            .filter { (try? $0.resourceValues(forKeys: [.isRegularFileKey]))?.isRegularFile == true }
    }

    @Test func whatIsWrittenIsReadBack() async throws {
        try await withFolder { folder in
            let cache = DerivedCache(folder: folder.appendingPathComponent("not/there/yet"))
            for content in [Data(), Data("two\nlines\n".utf8), Data((0...255).map { UInt8($0) })] {
                #expect(cache.write("a/name", content))
                #expect(cache.read("a/name") == content)
            }
            #expect(cache.read("a/other") == nil)
        }
    }

    /// Every byte counts: a file with any one of them changed, or cut short anywhere, is as good as absent.
    @Test func aDamagedFileIsAbsent() async throws {
        try await withFolder { folder in
            let cache = DerivedCache(folder: folder)
            cache.write("name", Data("content".utf8))
            let file = folder.appendingPathComponent("name")
            let whole = try Data(contentsOf: file)
            for position in whole.indices {
                var damaged = whole
                damaged[position] ^= 0x20
                try damaged.write(to: file)
                #expect(cache.read("name") == nil, "byte \(position)")
                try whole.prefix(position).write(to: file)
                #expect(cache.read("name") == nil, "cut at \(position)")
            }
            try whole.write(to: file)
            #expect(cache.read("name") == Data("content".utf8))
            try FileManager.default.copyItem(at: file, to: folder.appendingPathComponent("stranger"))
            #expect(cache.read("stranger") == nil)
        }
    }

    @Test func aPlaceThatCannotBeWrittenIsNoError() async throws {
        try await withFolder { folder in
            let file = folder.appendingPathComponent("file")
            try Data().write(to: file)
            let cache = DerivedCache(folder: file.appendingPathComponent("below"))
            #expect(!cache.write("name", Data("content".utf8)))
            #expect(cache.read("name") == nil)
            let model = try await SoundModel.load(directory: Self.model, cache: file.appendingPathComponent("below"))
            #expect(try model.makeHead(prompts: Self.prompts).labelEmbeddings.count == 3)
        }
    }

    @Test func aCrowdedFolderLosesItsOldest() async throws {
        try await withFolder { folder in
            let cache = DerivedCache(folder: folder)
            for number in 0..<9 {
                cache.write("crowd/\(number)", Data())
                let date = Date(timeIntervalSince1970: 1_000 + Double((number + 4) % 9))
                let path = folder.appendingPathComponent("crowd/\(number)").path
                try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: path)
            }
            cache.trim("crowd", limit: 9)
            #expect(files(below: folder).count == 9)
            cache.trim("crowd", limit: 8)
            #expect(Set(files(below: folder).map(\.lastPathComponent)) == ["0", "1", "2", "3", "4", "7", "8"])
        }
    }

    @Test func anUnchangedFileIsHashedOnceAndAChangedOneAgain() async throws {
        try await withFolder { folder in
            let file = folder.appendingPathComponent("weights")
            try Data("abc".utf8).write(to: file)
            let cache = DerivedCache(folder: folder.appendingPathComponent("cache"))
            let later = FileFingerprints(cache: cache) { Date().addingTimeInterval(60) }
            // FIPS 180-4's own example.
            let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
            #expect(try await later.sha256(of: file) == digest)
            let remembered = files(below: cache.folder)
            #expect(remembered.count == 1)

            // A remembered hash is believed, which shows that the file is not read again.
            let identity = try #require(FileIdentity(of: file))
            let forged = String(repeating: "0", count: 64)
            struct Entry: Encodable { var identity: FileIdentity, sha256: String }
            cache.write(
                "fingerprints/\(DerivedCache.digest(identity.path))",
                try JSONEncoder().encode(Entry(identity: identity, sha256: forged))
            )
            #expect(try await later.sha256(of: file) == forged)

            // The same length and the same modification time do not hide a change.
            let date = try #require(
                try file.resourceValues(forKeys: [.contentModificationDateKey]).contentModificationDate
            )
            try Data("abd".utf8).write(to: file)
            try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: file.path)
            #expect(try await later.sha256(of: file) == DerivedCache.digest("abd"))
        }
    }

    @Test func aFileThatJustChangedIsNotRememberedYet() async throws {
        try await withFolder { folder in
            let file = folder.appendingPathComponent("weights")
            try Data("abc".utf8).write(to: file)
            let written = try #require(FileIdentity(of: file)).modifiedNS
            let cache = DerivedCache(folder: folder.appendingPathComponent("cache"))
            let soon = FileFingerprints(cache: cache) { Date(timeIntervalSince1970: Double(written) / 1e9 + 1) }
            #expect(try await soon.sha256(of: file) == DerivedCache.digest("abc"))
            #expect(files(below: cache.folder).isEmpty)
        }
    }

    @Test func aMissingFileIsAnErrorThatNamesIt() async throws {
        try await withFolder { folder in
            let fingerprints = FileFingerprints(cache: DerivedCache(folder: folder))
            let error = await #expect(throws: (any Error).self) {
                try await fingerprints.sha256(of: folder.appendingPathComponent("absent.safetensors"))
            }
            let text = try #require(error.map { "\($0)" })
            #expect(text.contains("absent.safetensors"))
        }
    }

    /// A second start with the same labels: the same head bit for bit, and no phrase goes through the text tower.
    @Test func aRestartWithKnownLabelsLeavesTheTextTowerAlone() async throws {
        try await withFolder { folder in
            let first = try await SoundModel.load(directory: Self.model, cache: folder)
            let head = try first.makeHead(prompts: Self.prompts)
            #expect(first.encodedPhraseCount == 4)
            let second = try await SoundModel.load(directory: Self.model, cache: folder)
            #expect(try second.makeHead(prompts: Self.prompts) == head)
            #expect(second.encodedPhraseCount == 0)
            // Only the new one is encoded.
            let more = try second.makeHead(prompts: Self.prompts + [["a loose belt"]])
            #expect(second.encodedPhraseCount == 1)
            #expect(Array(more.labelEmbeddings.prefix(3)) == head.labelEmbeddings)
            let plain = try SoundModel(directory: Self.model)
            #expect(try plain.makeHead(prompts: Self.prompts) == head)
            #expect(plain.signature == second.signature)
        }
    }

    /// Results in bfloat16 carry another signature, in integers that of float32; labels, which are float32 always, are shared.
    @Test(arguments: [(ModelPrecision.bfloat16, "+bf16"), (.int16, "")])
    func sixteenBitsShareLabels(_ precision: ModelPrecision, _ suffix: String) async throws {
        guard precision.isSupported else { return }
        try await withFolder { folder in
            let exact = try await SoundModel.load(directory: Self.model, cache: folder, precision: .float32)
            let head = try exact.makeHead(prompts: Self.prompts)
            let rough = try await SoundModel.load(directory: Self.model, cache: folder, precision: precision)
            #expect(rough.signature == exact.signature + suffix)
            #expect(try rough.makeHead(prompts: Self.prompts) == head)
            #expect(rough.encodedPhraseCount == 0)
        }
    }

    @Test func aDamagedEmbeddingIsComputedAgain() async throws {
        try await withFolder { folder in
            let head = try await SoundModel.load(directory: Self.model, cache: folder).makeHead(prompts: Self.prompts)
            for file in files(below: folder.appendingPathComponent("labels")) {
                try Data("rubbish".utf8).write(to: file)
            }
            let model = try await SoundModel.load(directory: Self.model, cache: folder)
            #expect(try model.makeHead(prompts: Self.prompts) == head)
            #expect(model.encodedPhraseCount == 4)
        }
    }

    /// Other weights or another tokenizer must not inherit embeddings.
    @Test(arguments: ["model.safetensors", "vocab.json"])
    func anEmbeddingBelongsToTheFilesItCameFrom(file: String) async throws {
        try await withFolder { folder in
            let cache = DerivedCache(folder: folder)
            let digests = ["model.safetensors": "1", "vocab.json": "2"]
            let memory = LabelMemory(cache: cache, fileDigests: digests, dimension: 2)
            memory.remember([(phrase: "a pump", values: [0.6, 0.8])])
            #expect(memory["a pump"] == [0.6, 0.8])
            #expect(memory["a fan"] == nil)
            let other = LabelMemory(
                cache: cache,
                fileDigests: digests.merging([file: "3"]) { $1 },
                dimension: 2
            )
            #expect(other["a pump"] == nil)
        }
    }

    @Test func anEmbeddingThatCannotBeOneIsNotTaken() async throws {
        try await withFolder { folder in
            let memory = LabelMemory(cache: DerivedCache(folder: folder), fileDigests: [:], dimension: 2)
            memory.remember([(phrase: "long", values: [3, 4]), (phrase: "nan", values: [.nan, 0])])
            #expect(memory["long"] == nil)
            #expect(memory["nan"] == nil)
        }
    }
}
