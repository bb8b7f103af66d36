// A folder of its own per test, and stores in it.
import Foundation
import Testing

@testable import TrendLog

/// A folder that goes when the test is over.
final class TemporaryFolder: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("ausculta-trendlog-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// A store's place in it.
    var store: URL { url.appendingPathComponent("trend.sqlite") }
}

/// Fixtures of this room, from the source tree.
enum Fixtures {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Fixtures/trendlog")

    /// Compares a text with a golden file; with AUSCULTA_UPDATE_GOLDEN=1 in the environment it writes the file instead.
    static func expectGolden(
        _ text: String,
        _ name: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let file = folder.appendingPathComponent(name)
        if ProcessInfo.processInfo.environment["AUSCULTA_UPDATE_GOLDEN"] == "1" {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        let golden = try String(contentsOf: file, encoding: .utf8)
        #expect(text == golden, "differs from \(file.lastPathComponent)", sourceLocation: sourceLocation)
    }
}

/// The error a call throws, as a trend log error.
func trendLogError(_ body: () async throws -> Void) async -> TrendLogError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? TrendLogError
    }
}
