// A small model behind a real HTTP server with Range support, in folders of its own.

import BrokerSupport
import Foundation
import ModelStore

/// Server folder, cache folder and model of one test; removed with the last reference.
final class ModelServer: Sendable {
    let server: HelperServer
    let root: URL
    let model: KnownModel
    let weights: Data

    var served: URL { root.appendingPathComponent("served") }
    var cache: ModelCache { ModelCache(root: root.appendingPathComponent("cache")) }
    var folder: URL { cache.folder(of: model) }
    var baseURL: String { "http://127.0.0.1:\(server.port)" }

    /// - Parameters:
    ///   - sha256: what the catalogue claims about the weights; nil claims nothing.
    ///   - bytes: the size the catalogue claims.
    init(weightBytes: Int = 3_000_000, sha256: String? = nil, bytes: Int? = nil) async throws {
        root = FileManager.default.temporaryDirectory
            .appendingPathComponent("ausculta-models-test-\(UUID().uuidString.prefix(8))")
        model = KnownModel(
            name: "tiny",
            repository: "lab/tiny",
            revision: "abc",
            license: "Apache-2.0",
            summary: "for tests",
            files: [
                KnownFile("config.json"), KnownFile("tokenizer.json"),
                KnownFile("model.safetensors", bytes: bytes, sha256: sha256),
            ]
        )
        weights = Self.makeWeights(bytes: weightBytes)
        let files = root.appendingPathComponent("served/lab/tiny/resolve/abc")
        try FileManager.default.createDirectory(at: files, withIntermediateDirectories: true)
        try Data("{}".utf8).write(to: files.appendingPathComponent("config.json"))
        try Data("{\"model\": 1}".utf8).write(to: files.appendingPathComponent("tokenizer.json"))
        try weights.write(to: files.appendingPathComponent("model.safetensors"))
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Support/range_server.py")
        server = try await HelperServer(
            script: script,
            arguments: [root.appendingPathComponent("served").path]
        )
    }

    /// No two blocks are alike, so that bytes in the wrong place show.
    private static func makeWeights(bytes: Int) -> Data {
        let block = Data((0..<4_096).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 13) })
        var weights = Data(capacity: bytes + block.count)
        while weights.count < bytes {
            weights.append(Data(String(weights.count).utf8))
            weights.append(block)
        }
        return Data(weights.prefix(bytes))
    }

    deinit { try? FileManager.default.removeItem(at: root) }

    /// How the server treats the weights from now on; see range_server.py.
    func setRules(_ rules: String) throws {
        let text = "{\"/lab/tiny/resolve/abc/model.safetensors\": \(rules)}"
        try Data(text.utf8).write(to: served.appendingPathComponent(".rules.json"), options: .atomic)
    }

    func fetcher(baseURL: String? = nil, environment: [String: String] = [:]) throws -> ModelFetcher {
        var fetcher = try ModelFetcher(
            cache: cache,
            baseURL: baseURL ?? (environment.isEmpty ? self.baseURL : nil),
            environment: environment
        )
        fetcher.firstPauseSeconds = 0.001
        return fetcher
    }

    func fetched(_ file: String) -> Data? {
        try? Data(contentsOf: folder.appendingPathComponent(file))
    }

    /// Requests for the weights so far, as the server logged them.
    struct Request: Decodable {
        let target: String
        let path: String
        let host: String
        let range: String?
        let ifRange: String?

        enum CodingKeys: String, CodingKey {
            case target, path, host, range
            case ifRange = "if_range"
        }
    }

    func weightRequests(count: Int) async throws -> [Request] {
        let name = "model.safetensors"
        let lines = try await server.output(where: "\(count) requests for the weights") { lines in
            lines.filter { $0.contains(name) }.count >= count
        }
        return try lines.filter { $0.contains(name) }
            .map { try JSONDecoder().decode(Request.self, from: Data($0.utf8)) }
    }
}
