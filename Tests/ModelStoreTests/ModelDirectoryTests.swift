// Folders of checkpoints: complete, incomplete, damaged; and where the cache is.

import Foundation
import ModelStore
import Testing

@Suite("Models: folders and catalogue")
struct ModelDirectoryTests {
    /// A folder with the given files, removed at the end of the body.
    private func withFolder<Result>(
        _ files: [String: String],
        _ body: (URL) async throws -> Result
    ) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("ausculta-model-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, text) in files { try Data(text.utf8).write(to: folder.appendingPathComponent(name)) }
        return try await body(folder)
    }

    private static let complete = [
        "config.json": "{}", "model.safetensors": "weights", "tokenizer.json": "{}", "preprocessor_config.json": "{}",
    ]

    @Test("a complete folder is complete; the tokenizer may come as two files")
    func complete() async throws {
        try await withFolder(Self.complete) { folder in
            let info = try ModelDirectory.info(folder)
            #expect(info.isComplete && info.remedy == nil)
            #expect(info.files.map(\.path) == Self.complete.keys.sorted())
            #expect(info.totalBytes == 13)
        }
        let files = ["config.json": "{}", "model.safetensors": "w", "vocab.json": "{}", "merges.txt": ""]
        let info = try await withFolder(files) { folder in try ModelDirectory.info(folder) }
        #expect(info.isComplete)
    }

    @Test(
        "a missing file is named with a remedy",
        arguments: [
            ("config.json", ["config.json"]), ("model.safetensors", ["model.safetensors"]),
            ("tokenizer.json", ["vocab.json", "merges.txt"]),
        ]
    )
    func missing(file: String, expected: [String]) async throws {
        try await withFolder(Self.complete.filter { $0.key != file }) { folder in
            let info = try ModelDirectory.info(folder)
            #expect(info.missing == expected)
            #expect(info.remedy?.contains(folder.path) == true)
            let verification = try await ModelDirectory.verify(folder)
            #expect(!verification.isSound)
            #expect(verification.problems.contains { $0.contains(expected[0]) })
        }
    }

    @Test("without a manifest the hashes are shown and the lack is noted")
    func noManifest() async throws {
        try await withFolder(Self.complete) { folder in
            let verification = try await ModelDirectory.verify(folder)
            #expect(verification.isSound)
            #expect(verification.notes.count == 1)
            #expect(verification.files.allSatisfy { $0.status == .unlisted && $0.sha256 != nil })
        }
    }

    @Test("every kind of later damage is found")
    func damage() async throws {
        try await withFolder(Self.complete) { folder in
            let manifest = try await ModelDirectory.writeManifest(
                of: folder,
                name: "made-here",
                repository: "local",
                revision: "1"
            )
            #expect(manifest.files.count == 4)
            #expect(try await ModelDirectory.verify(folder).isSound)
            try Data("Weights".utf8).write(to: folder.appendingPathComponent("model.safetensors"))
            try Data("{ }".utf8).write(to: folder.appendingPathComponent("config.json"))
            try FileManager.default.removeItem(at: folder.appendingPathComponent("tokenizer.json"))
            let verification = try await ModelDirectory.verify(folder)
            let statuses = Dictionary(uniqueKeysWithValues: verification.files.map { ($0.path, $0.status) })
            #expect(statuses["model.safetensors"] == .wrongHash)
            #expect(statuses["config.json"] == .wrongSize)
            #expect(statuses["tokenizer.json"] == .missing)
            #expect(statuses["preprocessor_config.json"] == .verified)
            #expect(verification.problems.count >= 3)
        }
    }

    @Test("a broken manifest and an absent folder are clear errors")
    func unreadable() async throws {
        try await withFolder(Self.complete.merging(["manifest.json": "{"]) { first, _ in first }) { folder in
            let error = #expect(throws: ModelStoreError.self) { try ModelDirectory.info(folder) }
            #expect(error?.description.contains("manifest.json") == true)
        }
        let error = #expect(throws: ModelStoreError.self) {
            try ModelDirectory.info(URL(fileURLWithPath: "/nowhere/at-all"))
        }
        #expect(error?.description.contains("/nowhere/at-all") == true)
    }

    @Test(
        "SHA-256 of the standard's examples (FIPS 180-4)",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ]
    )
    func hashes(text: String, expected: String) async throws {
        // A name that a shell or an option parser would trip over.
        let hash = try await withFolder(["-n a\\b.txt": text]) { folder in
            try await FileHash.sha256(of: folder.appendingPathComponent("-n a\\b.txt"))
        }
        #expect(hash == expected)
    }

    @Test(
        "the cache folder follows the environment",
        arguments: [
            (["AUSCULTA_MODELS": "/m", "XDG_CACHE_HOME": "/x", "HOME": "/h"], "/m"),
            (["XDG_CACHE_HOME": "/x", "HOME": "/h"], "/x/ausculta/models"),
            (["XDG_CACHE_HOME": "relative", "HOME": "/h"], "/h/.cache/ausculta/models"),
            (["AUSCULTA_MODELS": "", "HOME": "/h"], "/h/.cache/ausculta/models"),
        ]
    )
    func cacheFolder(environment: [String: String], expected: String) {
        #expect(ModelCache.defaultFolder(environment: environment).path == expected)
    }

    @Test("the recommended model is pinned, and all have what the program needs")
    func catalogue() throws {
        let fused = try #require(KnownModel.named("clap-htsat-fused"))
        #expect(fused.revision == "0ebdccc578498c90ecb34353b57d2f197cae6e0a")
        #expect(fused.isPinned)
        #expect(KnownModel.named("laion/clap-htsat-fused") == fused)
        #expect(KnownModel.named("nothing") == nil)
        for model in KnownModel.all {
            let paths = Set(model.files.map(\.path))
            #expect(paths.isSuperset(of: ["config.json", "model.safetensors", "tokenizer.json", "vocab.json"]))
        }
        let fetcher = try ModelFetcher(environment: [:])
        let weights = try #require(fused.files.last)
        #expect(
            try fetcher.url(of: weights, in: fused).absoluteString
                == "https://huggingface.co/laion/clap-htsat-fused/resolve/\(fused.revision)/model.safetensors"
        )
    }
}
