// manifest.json beside a checkpoint: what was fetched from where, and the hash of every file.

import Foundation

/// Sizes and SHA-256 of a checkpoint's files, so that it can be verified later without the network.
public struct ModelManifest: Sendable, Hashable, Codable {
    /// Who vouches for a hash.
    public enum HashSource: String, Sendable, Codable {
        /// Written in Ausculta's catalogue.
        case catalogue
        /// Told by the server before the download.
        case server
        /// Computed from what arrived: shows later damage, proves no origin.
        case computed
    }

    public struct File: Sendable, Hashable, Codable {
        public var path: String
        public var bytes: Int
        public var sha256: String
        public var hashSource: HashSource

        public init(path: String, bytes: Int, sha256: String, hashSource: HashSource) {
            self.path = path
            self.bytes = bytes
            self.sha256 = sha256
            self.hashSource = hashSource
        }

        enum CodingKeys: String, CodingKey {
            case path, bytes, sha256
            case hashSource = "hash_source"
        }
    }

    public var name: String
    public var repository: String
    public var revision: String
    public var files: [File]

    public static let fileName = "manifest.json"

    public init(name: String, repository: String, revision: String, files: [File] = []) {
        self.name = name
        self.repository = repository
        self.revision = revision
        self.files = files
    }

    public func file(_ path: String) -> File? { files.first { $0.path == path } }

    /// Adds the file, or replaces the entry of the same path.
    public mutating func record(_ file: File) {
        files.removeAll { $0.path == file.path }
        files.append(file)
        files.sort { $0.path < $1.path }
    }

    /// The manifest of a folder, nil where it has none.
    public static func read(from folder: URL) throws(ModelStoreError) -> ModelManifest? {
        let file = folder.appendingPathComponent(fileName)
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        do {
            return try JSONDecoder().decode(ModelManifest.self, from: Data(contentsOf: file))
        } catch {
            throw .unreadableManifest(path: file.path, reason: "\(error)")
        }
    }

    /// Writes the manifest so that a power cut leaves either the old or the new one.
    public func write(to folder: URL) throws(ModelStoreError) {
        let file = folder.appendingPathComponent(Self.fileName)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            try (encoder.encode(self) + Data("\n".utf8)).write(to: file, options: .atomic)
        } catch {
            throw .cannotWrite(path: file.path, reason: "\(error)")
        }
    }
}
