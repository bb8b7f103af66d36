// Fetches a known checkpoint: resumable, verified, and helpful where there is no network.

import Foundation
import Logging

/// How far a fetch is.
public struct FetchProgress: Sendable, Hashable {
    public let file: String
    /// 1 for the first file.
    public let fileNumber: Int
    public let fileCount: Int
    public let bytesDone: Int
    /// Nil until the server tells.
    public let bytesTotal: Int?
    /// Mean of this run, without bytes of an earlier one.
    public let bytesPerSecond: Double

    /// 0 to 1, nil while the size is unknown.
    public var fraction: Double? {
        bytesTotal.map { $0 == 0 ? 1 : Double(bytesDone) / Double($0) }
    }
}

/// Downloads models from a Hugging Face style server into the cache.
public struct ModelFetcher: Sendable {
    public static let defaultBaseURL = "https://huggingface.co"

    public let cache: ModelCache
    public let baseURL: String
    /// Attempts in a row that bring no byte before a fetch gives up.
    public var maximumAttempts = 5
    /// Pause after the first failed attempt; it doubles from there, up to 30 s.
    public var firstPauseSeconds = 1.0
    /// Added to this process's environment for the transfer, such as `https_proxy` from a configuration file.
    public var extraEnvironment: [String: String] = [:]
    private let logger: Logger

    /// - Parameter baseURL: else `AUSCULTA_MODEL_BASE_URL`, else `HF_ENDPOINT`, else `https://huggingface.co`. Proxies
    ///   are taken from `https_proxy`, `http_proxy`, `all_proxy` and `no_proxy`.
    public init(
        cache: ModelCache = ModelCache(),
        baseURL: String? = nil,
        environment: [String: String] = ProcessInfo.processInfo.environment,
        logger: Logger = Logger(label: "ausculta.models")
    ) throws(ModelStoreError) {
        let candidates = [baseURL, environment["AUSCULTA_MODEL_BASE_URL"], environment["HF_ENDPOINT"]]
        let chosen = candidates.compactMap { $0 }.first { !$0.isEmpty } ?? Self.defaultBaseURL
        guard let url = URL(string: chosen), let scheme = url.scheme?.lowercased(), url.host != nil,
            scheme == "http" || scheme == "https"
        else { throw .invalidBaseURL(chosen) }
        var trimmed = chosen
        while trimmed.hasSuffix("/") { trimmed.removeLast() }
        self.baseURL = trimmed
        self.cache = cache
        self.logger = logger
    }

    /// Fetches the model of that name; see `fetch(_:onProgress:)`.
    public func fetch(
        named name: String,
        onProgress: @escaping @Sendable (FetchProgress) -> Void = { _ in }
    ) async throws -> URL {
        guard let model = KnownModel.named(name) else {
            throw ModelStoreError.unknownModel(name: name, known: KnownModel.all.map(\.name))
        }
        return try await fetch(model, onProgress: onProgress)
    }

    /// Brings all files of the model into the cache and returns their folder.
    ///
    /// Files that are there and match the manifest are not fetched again. A cut or cancelled download stays as
    /// `FILE.part` and is continued next time; one whose hash is wrong is removed.
    ///
    /// - Parameter onProgress: called at most ten times a second per file and at its end, on a foreign thread.
    /// - Throws: `ModelStoreError`, `CancellationError`.
    public func fetch(
        _ model: KnownModel,
        onProgress: @escaping @Sendable (FetchProgress) -> Void = { _ in }
    ) async throws -> URL {
        let folder = cache.folder(of: model)
        do { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) } catch {
            throw ModelStoreError.cannotWrite(path: folder.path, reason: "\(error)")
        }
        let lock = try FolderLock(folder)
        defer { lock.release() }
        // A damaged manifest only costs a new download.
        var manifest =
            (try? ModelManifest.read(from: folder)).flatMap { $0 }
            ?? ModelManifest(name: model.name, repository: model.repository, revision: model.revision)
        if manifest.revision != model.revision || manifest.repository != model.repository {
            manifest = ModelManifest(name: model.name, repository: model.repository, revision: model.revision)
        }
        for (index, file) in model.files.enumerated() {
            if let entry = manifest.file(file.path), try await isSound(file, entry, in: folder) { continue }
            let meter = ProgressMeter(
                file: file.path,
                fileNumber: index + 1,
                fileCount: model.files.count,
                report: onProgress
            )
            manifest.record(try await fetch(file, of: model, into: folder, meter: meter))
            try manifest.write(to: folder)
        }
        return folder
    }

    /// Address of one file.
    public func url(of file: KnownFile, in model: KnownModel) throws(ModelStoreError) -> URL {
        let path = "\(model.repository)/resolve/\(model.revision)/\(file.path)"
        let escaped = path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? path
        guard let url = URL(string: "\(baseURL)/\(escaped)") else { throw .invalidBaseURL(baseURL) }
        return url
    }

    /// What to do on a machine without the network: which files, from where, to which folder.
    public func offlineInstructions(for model: KnownModel) -> String {
        var lines = [
            "Without a connection, fetch these files on another machine and copy them into",
            "    \(cache.folder(of: model).path)",
        ]
        for file in model.files {
            let size = file.bytes.map { " (\($0) bytes)" } ?? ""
            lines.append("    \(file.path)\(size)")
            lines.append("        \(baseURL)/\(model.repository)/resolve/\(model.revision)/\(file.path)")
        }
        lines.append("Behind a proxy set https_proxy; for a mirror set AUSCULTA_MODEL_BASE_URL, or HF_ENDPOINT.")
        lines.append("Then check them with: ausculta model verify \(cache.folder(of: model).path)")
        return lines.joined(separator: "\n")
    }

    // MARK: - One file

    private func isSound(_ file: KnownFile, _ entry: ModelManifest.File, in folder: URL) async throws -> Bool {
        let path = folder.appendingPathComponent(file.path)
        guard ModelDirectory.size(of: path.path) == entry.bytes else { return false }
        return try await FileHash.sha256(of: path) == (file.sha256 ?? entry.sha256).lowercased()
    }

    private func fetch(
        _ file: KnownFile,
        of model: KnownModel,
        into folder: URL,
        meter: ProgressMeter
    ) async throws -> ModelManifest.File {
        let target = folder.appendingPathComponent(file.path)
        let partFile = folder.appendingPathComponent(file.path + ".part")
        let present = ModelDirectory.size(of: partFile.path) ?? 0
        if let bytes = file.bytes { try DiskSpace.require(bytes - present, in: folder) }
        let space = DiskSpace.Once()
        let download = FileDownload(
            url: try url(of: file, in: model),
            partFile: partFile,
            environment: extraEnvironment
        ) { done, total in
            if let total { try space.require(total - done, in: folder) }
            meter.update(bytesDone: done, bytesTotal: total ?? file.bytes)
        }
        let headers = try await transfer(download, model)
        let bytes = ModelDirectory.size(of: partFile.path) ?? 0
        let hash = try await FileHash.sha256(of: partFile)
        // The catalogue's word counts more than the server's.
        let vouched = (file.sha256 ?? headers.linkedSHA256)?.lowercased()
        if let vouched, vouched != hash {
            download.discard()
            throw ModelStoreError.wrongHash(path: target.path, expected: vouched, found: hash)
        }
        if vouched == nil, let expected = file.bytes, expected != bytes {
            download.discard()
            throw ModelStoreError.wrongSize(path: target.path, expected: expected, found: bytes)
        }
        guard rename(partFile.path, target.path) == 0 else {
            throw ModelStoreError.cannotWrite(path: target.path, reason: String(cString: strerror(errno)))
        }
        download.forgetNotes()
        meter.finish(bytes: bytes)
        let source: ModelManifest.HashSource =
            file.sha256 != nil ? .catalogue : headers.linkedSHA256 != nil ? .server : .computed
        return ModelManifest.File(path: file.path, bytes: bytes, sha256: hash, hashSource: source)
    }

    /// Tries until the file is whole, with growing pauses; progress starts the count over.
    private func transfer(_ download: FileDownload, _ model: KnownModel) async throws -> ResponseHeaders {
        var failures = 0
        while true {
            let reason: String
            var isUnreachable = false
            switch try await download.attempt() {
            case .complete(let headers):
                return headers
            case .refused(let status):
                throw ModelStoreError.refused(url: download.url.absoluteString, status: status)
            case .cannotResume:
                download.discard()
                failures += 1
                reason = "the server cannot continue the download"
            case .interrupted(let text, let madeProgress):
                failures = madeProgress ? 1 : failures + 1
                reason = text
            case .unreachable(let text):
                failures += 1
                isUnreachable = true
                reason = text
            }
            // No name, no route: waiting long seldom helps, and a person is watching.
            if failures >= (isUnreachable ? min(2, maximumAttempts) : maximumAttempts) {
                let instructions = offlineInstructions(for: model)
                throw ModelStoreError.offline(
                    url: download.url.absoluteString,
                    reason: reason,
                    instructions: instructions
                )
            }
            logger.notice("model fetch interrupted, trying again", metadata: ["reason": "\(reason)"])
            let pauseSeconds = min(firstPauseSeconds * Double(1 << min(failures - 1, 10)), 30)
            try await Task.sleep(for: .seconds(pauseSeconds))
        }
    }
}
