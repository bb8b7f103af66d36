// Finds a checkpoint's folder from what a person wrote: a path, a name of the catalogue, or nothing.
import Foundation

/// A model that could not be found, with every place that was looked at.
public struct ModelNotFound: Error, CustomStringConvertible, Sendable {
    /// What was asked for; nil for the embedded model.
    public let request: String?
    /// Folders looked at, in order.
    public let places: [String]

    public var description: String {
        let list = places.map { "\n    \($0)" }.joined()
        guard let request else {
            return "the embedded model was not found. Looked in:\(list)\n"
                + "  Give its folder with --model or in AUSCULTA_MODEL, or run from the folder that holds Models/."
        }
        return "model '\(request)': no folder with a config.json. Looked in:\(list)\n"
            + "  Give the folder of a checkpoint, or fetch one of the catalogue: ausculta model fetch NAME"
    }
}

/// Where checkpoints are looked for.
public enum ModelLocator {
    /// Folder of the model that ships with Ausculta, below an installation's or a clone's root.
    static let embeddedFolder = "Models/embedded"

    /// The folder of a checkpoint.
    ///
    /// - Parameters:
    ///   - request: a folder, or a name in the model cache; nil for `AUSCULTA_MODEL` or else the embedded model.
    ///   - cache: the cache folder.
    ///   - environment: where `AUSCULTA_MODEL` is read.
    ///   - program: path of the running program; the embedded model is looked for in the folders above it.
    /// - Throws: `ModelNotFound`.
    public static func locate(
        _ request: String?,
        cache: URL,
        environment: [String: String] = ProcessInfo.processInfo.environment,
        program: URL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    ) throws(ModelNotFound) -> URL {
        let request = request ?? environment["AUSCULTA_MODEL"].flatMap { $0.isEmpty ? nil : $0 }
        var places: [URL] = []
        if let request {
            let path = URL(fileURLWithPath: (request as NSString).expandingTildeInPath)
            places.append(path)
            if !request.contains("/") { places.append(cache.appendingPathComponent(request)) }
        } else {
            places.append(URL(fileURLWithPath: embeddedFolder))
            var folder = program.deletingLastPathComponent()
            for _ in 0..<5 where folder.path != "/" {
                places.append(folder.appendingPathComponent(embeddedFolder))
                folder = folder.deletingLastPathComponent()
            }
            places += ["/usr/local", "/usr"].map { URL(fileURLWithPath: "\($0)/share/ausculta/\(embeddedFolder)") }
        }
        let found = places.first {
            FileManager.default.fileExists(atPath: $0.appendingPathComponent("config.json").path)
        }
        guard let found else {
            throw ModelNotFound(request: request, places: places.map(\.path))
        }
        return found.standardizedFileURL
    }
}
