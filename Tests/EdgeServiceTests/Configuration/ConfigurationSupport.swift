// A small good configuration, and ways to load texts and to find the example file.
import EdgeService
import Foundation
import MachineHealth
import Testing

enum ConfigurationSupport {
    static let minimal = """
        site: plant1
        node: edge-1
        labels:
          pump:
            - {id: normal, name: Normal running, kind: normal, prompts: ["a pump running normally"]}
            - {id: cavitation, name: {en: Cavitation, zh: 气蚀}, kind: fault, prompts: ["a pump cavitating"]}
        machines:
          - {id: pump-1, profile: pump}
        """

    static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static let exampleFile = repository.appendingPathComponent("Deploy/examples/ausculta.yaml")

    static func problems(_ yaml: String, file: String = "/etc/ausculta/test.yaml") -> [ConfigurationProblem] {
        do {
            _ = try ServiceConfiguration.parse(yaml, file: file)
            return []
        } catch {
            return error.problems
        }
    }

    /// `minimal` with one line replaced.
    static func minimal(replacing old: String, with new: String) -> String {
        #expect(minimal.contains(old), "the test replaces a text that is not there: \(old)")
        return minimal.replacingOccurrences(of: old, with: new)
    }

    /// A folder of the test's own, removed afterwards.
    static func withFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("ausculta-configuration-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder)
    }
}
