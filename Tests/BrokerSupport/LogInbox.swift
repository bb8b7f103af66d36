// What a part of the service says in its log, as something a test can wait for.
import Logging

/// Collects log messages from "info" on.
public struct LogInbox: Sendable {
    /// Messages without level and label, as they come.
    public let lines = Inbox<String>()

    public init() {}

    /// A logger that writes here.
    public var logger: Logger { Logger(label: "ausculta.test") { _ in Handler(lines: lines) } }

    /// Waits until `count` messages hold a text.
    public func wait(for text: String, count: Int = 1) async throws {
        try await lines.wait(for: "\(count) messages with '\(text)'") { lines in
            lines.count { $0.contains(text) } >= count
        }
    }

    private struct Handler: LogHandler {
        let lines: Inbox<String>
        var logLevel = Logger.Level.info
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) { lines.put(event.message.description) }
    }
}
