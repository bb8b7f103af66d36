// Where fetched checkpoints live on this machine.

import Foundation

/// The cache folder and what is in it.
public struct ModelCache: Sendable, Hashable {
    public let root: URL

    public init(root: URL) {
        self.root = root
    }

    /// The root of the cache this environment asks for.
    public static func defaultFolder(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> URL {
        ModelCache(environment: environment).root
    }

    /// `AUSCULTA_MODELS`, else `$XDG_CACHE_HOME/ausculta/models`, else `~/.cache/ausculta/models`.
    public init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        if let folder = value("AUSCULTA_MODELS") {
            root = URL(fileURLWithPath: (folder as NSString).expandingTildeInPath, isDirectory: true)
        } else if let folder = value("XDG_CACHE_HOME"), folder.hasPrefix("/") {
            // The specification has relative paths ignored: https://specifications.freedesktop.org/basedir-spec/
            root = URL(fileURLWithPath: folder, isDirectory: true).appendingPathComponent("ausculta/models")
        } else {
            let home = value("HOME") ?? NSHomeDirectory()
            root = URL(fileURLWithPath: home, isDirectory: true).appendingPathComponent(".cache/ausculta/models")
        }
    }

    /// The folder of a model, whether it is there or not.
    public func folder(of model: KnownModel) -> URL {
        root.appendingPathComponent(model.name, isDirectory: true)
    }

    /// Names of all folders in the cache that hold a config.json, sorted.
    public func installedNames() -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []
        return names.filter { name in
            let file = root.appendingPathComponent(name).appendingPathComponent("config.json")
            return FileManager.default.fileExists(atPath: file.path)
        }.sorted()
    }
}
