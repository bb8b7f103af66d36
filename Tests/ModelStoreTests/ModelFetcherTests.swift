// Fetching from a real HTTP server: whole, cut, cancelled, damaged, redirected, through a mirror and a proxy.

import BrokerSupport
import Foundation
import ModelStore
import Testing

@Suite("Models: fetching")
struct ModelFetcherTests {
    @Test("all files arrive, the manifest vouches for them, and a second fetch asks for nothing")
    func fullFetch() async throws {
        let server = try await ModelServer()
        let reports = Inbox<FetchProgress>()
        let fetcher = try server.fetcher()
        let folder = try await fetcher.fetch(server.model) { reports.put($0) }
        #expect(folder == server.folder)
        #expect(server.fetched("model.safetensors") == server.weights)
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(left == [".fetch.lock", "config.json", "manifest.json", "model.safetensors", "tokenizer.json"])

        let manifest = try #require(try ModelManifest.read(from: folder))
        #expect(manifest.files.map(\.path) == ["config.json", "model.safetensors", "tokenizer.json"])
        #expect(manifest.files.allSatisfy { $0.hashSource == .computed })
        let verification = try await ModelDirectory.verify(folder)
        #expect(verification.isSound)
        #expect(verification.files.allSatisfy { $0.status == .verified })

        let last = try #require(reports.values.last)
        #expect(last.file == "model.safetensors")
        #expect(last.fileNumber == 3 && last.fileCount == 3)
        #expect(last.bytesDone == 3_000_000 && last.bytesTotal == 3_000_000)
        #expect(last.fraction == 1)

        _ = try await fetcher.fetch(server.model)
        // A file the server is asked for afterwards comes last: nothing came before it a second time.
        try FileManager.default.removeItem(at: folder.appendingPathComponent("model.safetensors"))
        _ = try await fetcher.fetch(server.model)
        #expect(try await server.weightRequests(count: 2).count == 2)
        #expect(server.server.output.count == 4)
    }

    @Test("a cut connection is continued where it broke, within one fetch")
    func resumeWithinFetch() async throws {
        let server = try await ModelServer()
        try server.setRules("{\"cut\": 1000000}")
        _ = try await server.fetcher().fetch(server.model)
        #expect(server.fetched("model.safetensors") == server.weights)
        let requests = try await server.weightRequests(count: 2)
        #expect(requests.map(\.range) == [nil, "bytes=1000000-"])
        #expect(requests[1].ifRange != nil)
    }

    @Test("a later fetch continues the part file of an earlier one")
    func resumeLater() async throws {
        let server = try await ModelServer()
        // Every connection is cut after another 700 kB, and one attempt is all there is.
        try server.setRules("{\"cutalways\": 700000}")
        var fetcher = try server.fetcher()
        fetcher.maximumAttempts = 1
        let error = await #expect(throws: ModelStoreError.self) { try await fetcher.fetch(server.model) }
        guard case .offline? = error else {
            Issue.record("expected .offline, got \(String(describing: error))")
            return
        }
        #expect(server.fetched("model.safetensors.part")?.count == 700_000)
        #expect(server.fetched("model.safetensors") == nil)
        try server.setRules("{}")
        _ = try await fetcher.fetch(server.model)
        #expect(server.fetched("model.safetensors") == server.weights)
        let ranges = try await server.weightRequests(count: 2).map(\.range)
        #expect(ranges == [nil, "bytes=700000-"])
        #expect(server.fetched("model.safetensors.part") == nil)
    }

    @Test("another file on the server in between starts over, and never mixes the two", arguments: ["new", "none"])
    func changedFile(how: String) async throws {
        let server = try await ModelServer()
        try server.setRules("{\"cutalways\": 700000, \"etag\": \"old\"}")
        var fetcher = try server.fetcher()
        fetcher.maximumAttempts = 1
        await #expect(throws: ModelStoreError.self) { try await fetcher.fetch(server.model) }
        fetcher.maximumAttempts = 3
        // Either the file has a new tag, or the server has forgotten how to serve ranges.
        try server.setRules(how == "new" ? "{\"etag\": \"new\"}" : "{\"norange\": 1}")
        _ = try await fetcher.fetch(server.model)
        #expect(server.fetched("model.safetensors") == server.weights)
        let ranges = try await server.weightRequests(count: 3).map(\.range)
        #expect(ranges == [nil, "bytes=700000-", nil])
    }

    @Test("a cancelled fetch keeps its part file")
    func cancelled() async throws {
        let server = try await ModelServer(weightBytes: 30_000_000)
        let fetcher = try server.fetcher()
        let reports = Inbox<FetchProgress>()
        let gate = DispatchSemaphore(value: 0)
        let task = Task {
            try await fetcher.fetch(server.model) { progress in
                reports.put(progress)
                // Holds the transfer in its middle until the test has cancelled it.
                if progress.file == "model.safetensors" { gate.wait() }
            }
        }
        try await reports.wait(for: "bytes of the weights") { $0.last?.file == "model.safetensors" }
        task.cancel()
        for _ in 0..<1_000 { gate.signal() }
        await #expect(throws: CancellationError.self) { try await task.value }
        let part = try #require(server.fetched("model.safetensors.part"))
        #expect(!part.isEmpty && part.count < 30_000_000)
        #expect(part == server.weights.prefix(part.count))
        _ = try await fetcher.fetch(server.model)
        #expect(server.fetched("model.safetensors") == server.weights)
        let ranges = try await server.weightRequests(count: 2).map(\.range)
        #expect(ranges == [nil, "bytes=\(part.count)-"])
    }

    @Test("a wrong hash is refused, and the download removed")
    func wrongHash() async throws {
        let claimed = String(repeating: "ab", count: 32)
        let server = try await ModelServer(sha256: claimed)
        let error = await #expect(throws: ModelStoreError.self) { try await server.fetcher().fetch(server.model) }
        guard case .wrongHash(let path, claimed, _)? = error else {
            Issue.record("expected .wrongHash, got \(String(describing: error))")
            return
        }
        #expect(path.hasSuffix("tiny/model.safetensors"))
        #expect(server.fetched("model.safetensors") == nil)
        #expect(server.fetched("model.safetensors.part") == nil)
    }

    @Test("a wrong size is refused where no hash is known")
    func wrongSize() async throws {
        let server = try await ModelServer(bytes: 2_999_999)
        await #expect(
            throws: ModelStoreError.wrongSize(
                path: server.folder.appendingPathComponent("model.safetensors").path,
                expected: 2_999_999,
                found: 3_000_000
            )
        ) {
            try await server.fetcher().fetch(server.model)
        }
    }

    @Test("the server's own hash is used, also from before a redirect", arguments: [true, false])
    func linkedHash(isRight: Bool) async throws {
        let server = try await ModelServer()
        let file = server.served.appendingPathComponent("lab/tiny/resolve/abc/model.safetensors")
        let right = try await FileHash.sha256(of: file)
        let told = isRight ? right.uppercased() : String(repeating: "0", count: 64)
        try server.setRules("{\"linked\": \"\(told)\"}")
        if isRight {
            _ = try await server.fetcher().fetch(server.model)
            let entry = try ModelManifest.read(from: server.folder)?.file("model.safetensors")
            #expect(entry?.hashSource == .server)
            #expect(entry?.sha256 == right)
        } else {
            await #expect(throws: ModelStoreError.self) { try await server.fetcher().fetch(server.model) }
            #expect(server.fetched("model.safetensors") == nil)
        }
    }

    @Test("a busy server is asked again, a refusing one is not", arguments: [(503, 3), (404, 1), (403, 1)])
    func statuses(status: Int, attempts: Int) async throws {
        let server = try await ModelServer()
        try server.setRules("{\"status\": \(status)}")
        var fetcher = try server.fetcher()
        fetcher.maximumAttempts = 3
        let error = await #expect(throws: ModelStoreError.self) { try await fetcher.fetch(server.model) }
        #expect(error?.description.contains(String(status)) == true)
        #expect(try await server.weightRequests(count: attempts).count == attempts)
    }

    @Test("offline, the text names every file, its address and the folder")
    func offline() async throws {
        let server = try await ModelServer()
        let port = try freePort()
        let fetcher = try server.fetcher(baseURL: "http://127.0.0.1:\(port)/mirror/")
        let error = await #expect(throws: ModelStoreError.self) { try await fetcher.fetch(server.model) }
        let text = error?.description ?? ""
        #expect(text.contains(server.folder.path))
        for file in server.model.files {
            #expect(text.contains("http://127.0.0.1:\(port)/mirror/lab/tiny/resolve/abc/\(file.path)"))
        }
        #expect(text.contains("https_proxy"))
        #expect(text.contains("AUSCULTA_MODEL_BASE_URL"))
    }

    @Test("a mirror is taken from the environment", arguments: ["AUSCULTA_MODEL_BASE_URL", "HF_ENDPOINT"])
    func mirror(variable: String) async throws {
        let server = try await ModelServer(weightBytes: 1_000)
        let fetcher = try server.fetcher(environment: [variable: server.baseURL + "/"])
        #expect(fetcher.baseURL == server.baseURL)
        _ = try await fetcher.fetch(server.model)
        #expect(server.fetched("model.safetensors") == server.weights)
    }

    @Test("the proxy of the environment is used")
    func proxy() async throws {
        let server = try await ModelServer(weightBytes: 1_000)
        var fetcher = try server.fetcher(baseURL: "http://models.invalid")
        fetcher.extraEnvironment = ["http_proxy": server.baseURL, "no_proxy": ""]
        _ = try await fetcher.fetch(server.model)
        #expect(server.fetched("model.safetensors") == server.weights)
        let request = try #require(try await server.weightRequests(count: 1).first)
        #expect(request.target == "http://models.invalid/lab/tiny/resolve/abc/model.safetensors")
        #expect(request.host == "models.invalid")
    }

    @Test("two fetches into one folder: the second is told")
    func locked() async throws {
        let server = try await ModelServer(weightBytes: 1_000)
        let gate = DispatchSemaphore(value: 0)
        let reports = Inbox<FetchProgress>()
        let first = Task {
            try await server.fetcher().fetch(server.model) { progress in
                reports.put(progress)
                gate.wait()
            }
        }
        try await reports.wait(count: 1)
        await #expect(throws: ModelStoreError.fetchInProgress(folder: server.folder.path)) {
            try await server.fetcher().fetch(server.model)
        }
        for _ in 0..<1_000 { gate.signal() }
        _ = try await first.value
    }

    @Test("a folder that cannot be written is named")
    func unwritable() async throws {
        let server = try await ModelServer(weightBytes: 1_000)
        // A file where the cache folder should be: refused for root as well.
        try Data().write(to: server.cache.root)
        let error = await #expect(throws: ModelStoreError.self) { try await server.fetcher().fetch(server.model) }
        #expect(error?.description.contains(server.folder.path) == true)
    }

    @Test("base URLs that are none are refused", arguments: ["huggingface.co", "ftp://x", "file:///x", "http://"])
    func badBaseURL(text: String) {
        #expect(throws: ModelStoreError.invalidBaseURL(text)) { try ModelFetcher(baseURL: text, environment: [:]) }
    }

    /// Nobody listens there: the port was free a moment ago.
    private func freePort() throws -> Int { try PrivateBroker().broker.port }
}
