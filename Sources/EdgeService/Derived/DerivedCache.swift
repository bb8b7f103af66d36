// Small files that spare a restart its longest computations; each may vanish or rot at any time without harm.
import Foundation
import Kernels

/// A folder of small checked files. What is missing, damaged or cannot be written is simply computed again.
///
/// A file holds its format, its own name, the SHA-256 of its content and the content. It is written under another name and
/// moved into place, so that a reader sees all of it or nothing.
struct DerivedCache: Sendable {
    /// Where the files lie; made when the first one is written.
    let folder: URL

    private static let format = "ausculta-derived 1"

    /// The content of a file; nil where it is absent, damaged, or belongs to another name.
    func read(_ name: String) -> Data? {
        guard let data = try? Data(contentsOf: url(name)) else { return nil }
        let lines = data.split(separator: UInt8(ascii: "\n"), maxSplits: 3, omittingEmptySubsequences: false)
        guard lines.count == 4, lines[0].elementsEqual(Self.format.utf8), lines[1].elementsEqual(name.utf8) else {
            return nil
        }
        let content = Data(lines[3])
        return lines[2].elementsEqual(Self.digest(content).utf8) ? content : nil
    }

    /// Writes a file; false where that is not possible, as on a read-only disk.
    @discardableResult
    func write(_ name: String, _ content: Data) -> Bool {
        let header = "\(Self.format)\n\(name)\n\(Self.digest(content))\n"
        let file = url(name)
        do {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try (Data(header.utf8) + content).write(to: file, options: .atomic)
            return true
        } catch {
            return false
        }
    }

    /// Keeps a folder of the cache from growing without end: above `limit` files the oldest quarter goes.
    func trim(_ folderName: String, limit: Int) {
        let place = folder.appendingPathComponent(folderName)
        let files = try? FileManager.default.contentsOfDirectory(
            at: place,
            includingPropertiesForKeys: [.contentModificationDateKey]
        )
        guard let files, files.count > limit else { return }
        let aged = files.map { file in
            (file, (try? file.resourceValues(forKeys: [.contentModificationDateKey]))?.contentModificationDate)
        }
        for (file, _) in aged.sorted(by: { ($0.1 ?? .distantPast) < ($1.1 ?? .distantPast) }).prefix(files.count / 4) {
            try? FileManager.default.removeItem(at: file)
        }
    }

    /// SHA-256 in hexadecimal.
    static func digest(_ data: Data) -> String { data.withUnsafeBytes { SHA256.hexadecimal(of: $0) } }

    /// SHA-256 of a text, in hexadecimal.
    static func digest(_ text: String) -> String { digest(Data(text.utf8)) }

    private func url(_ name: String) -> URL { folder.appendingPathComponent(name) }
}
