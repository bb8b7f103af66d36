// The folder of kept clips: where each file lies, writing without halves, and what lies there without a row.
import AudioFeatures
import Foundation

/// Why sound or a picture could not be kept, or read again.
public struct EvidenceError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file or folder.
    public let path: String
    /// What was found.
    public let found: String
    /// What to do about it.
    public let remedy: String

    public var description: String { "evidence \(path): \(found); \(remedy)" }
}

/// `clips/<machine>/<date>/<uuid>.flac`, with the spectrogram's PNG beside it.
public struct ClipFolder: Sendable {
    /// The folder.
    public let root: URL
    /// The store whose clips these are.
    let storeName: String

    private static let marker = ".store"

    /// The folder beside a trend log's file.
    public init(storeFile: URL) {
        root = storeFile.deletingLastPathComponent().appendingPathComponent("clips", isDirectory: true)
        storeName = storeFile.lastPathComponent
    }

    /// The place of a clip, relative to the folder: the date is that of its first sample, in UTC.
    static func relativePath(machine: String, start: Date, id: UUID) -> String {
        let day = start.formatted(.iso8601.year().month().day())
        return "\(safeName(machine))/\(day)/\(id.uuidString.lowercased()).flac"
    }

    /// The URL of a file named by a row; nil for a name that would lead out of the folder.
    public func url(_ relativePath: String) -> URL? {
        let parts = relativePath.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.allSatisfy({ Self.safeName(String($0)) == $0 }) else { return nil }
        return parts.reduce(root) { $0.appendingPathComponent(String($1)) }
    }

    /// The cached spectrogram of a clip.
    public func pictureURL(_ relativePath: String) -> URL? {
        url(relativePath).map { $0.deletingPathExtension().appendingPathExtension("png") }
    }

    /// Writes a clip: under a passing name first, so that a file of the right name is always a whole one.
    ///
    /// - Returns: the file's size.
    func write(_ stretch: SoundStretch, to relativePath: String) throws -> Int64 {
        guard let target = url(relativePath) else {
            throw EvidenceError(path: relativePath, found: "no name of a clip", remedy: "report this as a defect")
        }
        let folder = target.deletingLastPathComponent()
        let passing = folder.appendingPathComponent(".\(target.lastPathComponent).tmp")
        do {
            try prepare()
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let writer = try AudioFileWriter(path: passing.path, format: .flac, sampleRateHz: stretch.sampleRateHz)
            // In pieces: libsndfile's encoder wants whole numbers of its own, and memory is not doubled at once.
            for start in Swift.stride(from: 0, to: stretch.samples.count, by: 65_536) {
                let piece = stretch.samples[start..<min(start + 65_536, stretch.samples.count)]
                let samples = piece.map { Float($0) * 0x1p-15 }
                try writer.write(AudioBuffer(samples: samples, sampleRateHz: stretch.sampleRateHz))
            }
            try writer.close()
            try Self.rename(passing, to: target)
            let size = try FileManager.default.attributesOfItem(atPath: target.path)[.size] as? Int64
            return size ?? 0
        } catch let error as EvidenceError {
            try? FileManager.default.removeItem(at: passing)
            throw error
        } catch {
            try? FileManager.default.removeItem(at: passing)
            throw EvidenceError(
                path: target.path,
                found: "the clip cannot be written (\(error))",
                remedy: "free space or make the folder writable; listening goes on without this clip"
            )
        }
    }

    /// Writes any file whole or not at all.
    func write(_ data: Data, to target: URL) throws {
        let passing = target.deletingLastPathComponent().appendingPathComponent(".\(UUID().uuidString).tmp")
        do {
            try data.write(to: passing)
            try Self.rename(passing, to: target)
        } catch {
            try? FileManager.default.removeItem(at: passing)
            throw error
        }
    }

    /// Deletes a clip's file and its picture.
    func delete(_ relativePath: String) {
        for file in [url(relativePath), pictureURL(relativePath)] {
            if let file { try? FileManager.default.removeItem(at: file) }
        }
    }

    /// Whether a clip's file is there.
    func holds(_ relativePath: String) -> Bool {
        url(relativePath).map { FileManager.default.fileExists(atPath: $0.path) } ?? false
    }

    /// Deletes what no row names: clips, pictures, halves, empty folders. Only files this room could have written.
    ///
    /// - Parameter known: the rows' files.
    /// - Returns: how many files went; nil where the folder belongs to another store and was left alone.
    func deleteOrphans(known: Set<String>) -> Int? {
        let manager = FileManager.default
        guard manager.fileExists(atPath: root.path) else { return 0 }
        guard owner() == storeName else { return owner() == nil ? 0 : nil }
        var deleted = 0
        for machine in Self.names(in: root) {
            let machineFolder = root.appendingPathComponent(machine)
            for day in Self.names(in: machineFolder) {
                let folder = machineFolder.appendingPathComponent(day)
                for name in Self.names(in: folder) where isOrphan(name, in: "\(machine)/\(day)", known: known) {
                    if (try? manager.removeItem(at: folder.appendingPathComponent(name))) != nil { deleted += 1 }
                }
                rmdir(folder.path)
            }
            rmdir(machineFolder.path)
        }
        return deleted
    }

    private func isOrphan(_ name: String, in folder: String, known: Set<String>) -> Bool {
        if name.hasPrefix("."), name.hasSuffix(".tmp") { return true }
        let stem = (name as NSString).deletingPathExtension
        guard UUID(uuidString: stem) != nil, ["flac", "png"].contains((name as NSString).pathExtension) else {
            return false
        }
        return !known.contains("\(folder)/\(stem).flac")
    }

    /// Two stores in one folder share `clips`; the marker keeps one from tidying away what is the other's.
    private func prepare() throws {
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
        guard owner() == nil else { return }
        try Data(storeName.utf8).write(to: root.appendingPathComponent(Self.marker))
    }

    private func owner() -> String? {
        (try? Data(contentsOf: root.appendingPathComponent(Self.marker))).map { String(decoding: $0, as: UTF8.self) }
    }

    private static func names(in folder: URL) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    }

    private static func rename(_ source: URL, to target: URL) throws {
        guard Foundation.rename(source.path, target.path) == 0 else {
            throw EvidenceError(
                path: target.path,
                found: "it cannot be given its name (\(String(cString: strerror(errno))))",
                remedy: "check the file system"
            )
        }
    }

    /// Ids are safe as they are configured; a row could say anything.
    private static func safeName(_ text: String) -> String {
        let name = String(text.map { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) ? $0 : "_" })
        return name.isEmpty || name.hasPrefix(".") ? "_" + name : name
    }
}
