// What is in a checkpoint's folder, what is missing, and whether it is still what was fetched.

import Foundation

/// Looks at a folder in the Hugging Face layout. Knows files, not tensors.
public enum ModelDirectory {
    /// One file found.
    public struct FileInfo: Sendable, Hashable, Codable {
        public let path: String
        public let bytes: Int
        /// From the manifest; nil where there is none or it does not list the file.
        public let sha256: String?
    }

    /// The folder without any hash being computed.
    public struct Info: Sendable, Hashable, Codable {
        public let folder: String
        public let manifest: ModelManifest?
        public let files: [FileInfo]
        /// Names of files the program cannot do without.
        public let missing: [String]
        /// What to do about the missing files; nil where nothing is missing.
        public let remedy: String?

        public var isComplete: Bool { missing.isEmpty }
        public var totalBytes: Int { files.reduce(0) { $0 + $1.bytes } }
    }

    /// How one file compares with what it should be.
    public enum FileStatus: String, Sendable, Codable {
        /// Size and hash are those of the manifest.
        case verified
        /// Present, but no manifest vouches for it.
        case unlisted
        case missing
        case wrongSize = "wrong_size"
        case wrongHash = "wrong_hash"
    }

    public struct FileCheck: Sendable, Hashable, Codable {
        public let path: String
        public let status: FileStatus
        public let bytes: Int?
        public let sha256: String?
        public let expectedSHA256: String?

        enum CodingKeys: String, CodingKey {
            case path, status, bytes, sha256
            case expectedSHA256 = "expected_sha256"
        }
    }

    public struct Verification: Sendable, Hashable, Codable {
        public let folder: String
        public let files: [FileCheck]
        /// One line per thing that is wrong, with its remedy; empty means sound.
        public let problems: [String]
        /// What could not be judged, such as a folder without a manifest.
        public let notes: [String]

        public var isSound: Bool { problems.isEmpty }
    }

    /// Lists the folder. Throws `.cannotRead` where it is no folder, `.unreadableManifest`.
    public static func info(_ folder: URL) throws(ModelStoreError) -> Info {
        let names = try listing(folder)
        let manifest = try ModelManifest.read(from: folder)
        let files = names.map { name in
            let path = folder.appendingPathComponent(name).path
            return FileInfo(path: name, bytes: size(of: path) ?? 0, sha256: manifest?.file(name)?.sha256)
        }
        let missing = missingFiles(names: Set(names), manifest: manifest)
        return Info(
            folder: folder.path,
            manifest: manifest,
            files: files,
            missing: missing,
            remedy: missing.isEmpty ? nil : remedy(folder, manifest)
        )
    }

    /// Computes the hash of every file and compares it with the manifest.
    public static func verify(_ folder: URL) async throws -> Verification {
        let info = try info(folder)
        var checks: [FileCheck] = []
        var problems: [String] = []
        var notes: [String] = []
        for expected in info.manifest?.files ?? [] {
            let check = try await check(expected, in: folder)
            checks.append(check)
            if let problem = problem(of: check, folder: folder) { problems.append(problem) }
        }
        for file in info.files where info.manifest?.file(file.path) == nil && file.path != ModelManifest.fileName {
            let hash = try await FileHash.sha256(of: folder.appendingPathComponent(file.path))
            checks.append(
                FileCheck(path: file.path, status: .unlisted, bytes: file.bytes, sha256: hash, expectedSHA256: nil)
            )
        }
        if info.manifest == nil {
            notes.append(
                "\(folder.path) has no \(ModelManifest.fileName), so nothing vouches for its files; compare the hashes "
                    + "with those of the publisher"
            )
        }
        let listed = Set((info.manifest?.files ?? []).map(\.path))
        for name in info.missing where !listed.contains(name) {
            problems.append("\(folder.path)/\(name) is missing; \(info.remedy ?? "")")
        }
        return Verification(
            folder: folder.path,
            files: checks.sorted { $0.path < $1.path },
            problems: problems,
            notes: notes
        )
    }

    /// Writes a manifest of what is in the folder now, for checkpoints that were made or copied here.
    @discardableResult
    public static func writeManifest(
        of folder: URL,
        name: String,
        repository: String,
        revision: String
    ) async throws -> ModelManifest {
        var manifest = ModelManifest(name: name, repository: repository, revision: revision)
        for path in try listing(folder) where path != ModelManifest.fileName {
            let file = folder.appendingPathComponent(path)
            let hash = try await FileHash.sha256(of: file)
            manifest.record(
                ModelManifest.File(
                    path: path,
                    bytes: size(of: file.path) ?? 0,
                    sha256: hash,
                    hashSource: .computed
                )
            )
        }
        try manifest.write(to: folder)
        return manifest
    }

    // MARK: - Parts

    private static func check(_ expected: ModelManifest.File, in folder: URL) async throws -> FileCheck {
        let file = folder.appendingPathComponent(expected.path)
        func result(_ status: FileStatus, _ bytes: Int?, _ hash: String?) -> FileCheck {
            FileCheck(
                path: expected.path,
                status: status,
                bytes: bytes,
                sha256: hash,
                expectedSHA256: expected.sha256
            )
        }
        guard let bytes = size(of: file.path) else { return result(.missing, nil, nil) }
        if bytes != expected.bytes { return result(.wrongSize, bytes, nil) }
        let hash = try await FileHash.sha256(of: file)
        return result(hash == expected.sha256.lowercased() ? .verified : .wrongHash, bytes, hash)
    }

    private static func problem(of check: FileCheck, folder: URL) -> String? {
        let path = folder.appendingPathComponent(check.path).path
        switch check.status {
        case .verified, .unlisted:
            return nil
        case .missing:
            return "\(path) is missing; fetch the model again or copy the file there"
        case .wrongSize:
            return "\(path) has another size (\(check.bytes ?? 0) bytes) than was fetched; remove it and fetch again"
        case .wrongHash:
            return "\(path) has SHA-256 \(check.sha256 ?? "unknown"), expected \(check.expectedSHA256 ?? "unknown"); "
                + "it is damaged or was changed: remove it and fetch again"
        }
    }

    /// The tokenizer comes as one file or as two.
    private static func missingFiles(names: Set<String>, manifest: ModelManifest?) -> [String] {
        var missing = ["config.json", "model.safetensors"].filter { !names.contains($0) }
        if !names.contains("tokenizer.json") {
            missing += ["vocab.json", "merges.txt"].filter { !names.contains($0) }
        }
        let listed = (manifest?.files ?? []).map(\.path).filter { !names.contains($0) && !missing.contains($0) }
        return missing + listed
    }

    private static func remedy(_ folder: URL, _ manifest: ModelManifest?) -> String {
        let known = manifest.flatMap { KnownModel.named($0.name) } ?? KnownModel.named(folder.lastPathComponent)
        if let known { return "run 'ausculta model fetch \(known.name)', or copy the file into \(folder.path)" }
        return "copy it from where the checkpoint came from into \(folder.path)"
    }

    private static func listing(_ folder: URL) throws(ModelStoreError) -> [String] {
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: folder.path) } catch {
            throw .cannotRead(path: folder.path, reason: "it is no folder, or this user may not read it")
        }
        return names.filter { name in
            var isFolder: ObjCBool = false
            let path = folder.appendingPathComponent(name).path
            let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
            return exists && !isFolder.boolValue && !name.hasPrefix(".") && !name.hasSuffix(".part")
        }.sorted()
    }

    /// Bytes of a file, following links; nil where it does not exist.
    static func size(of path: String) -> Int? {
        var information = stat()
        return stat(path, &information) == 0 ? Int(information.st_size) : nil
    }
}
