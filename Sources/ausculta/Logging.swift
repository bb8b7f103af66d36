// Log lines on standard error, with a level that can change while the program runs.
import Logging
import Synchronization

/// The least severe level written, shared by every copy of a logger.
final class LogLevel: Sendable {
    private let level: Mutex<Logger.Level>

    init(_ level: Logger.Level) {
        self.level = Mutex(level)
    }

    var value: Logger.Level { level.withLock { $0 } }

    func set(_ new: Logger.Level) {
        level.withLock { $0 = new }
    }
}

/// A logger on standard error whose level follows `level`.
func makeLogger(_ level: LogLevel) -> Logger {
    Logger(label: "ausculta") { SharedLevelHandler(base: StreamLogHandler.standardError(label: $0), level: level) }
}

/// A logger on standard error with a fixed level.
func makeLogger(level: Logger.Level) -> Logger {
    makeLogger(LogLevel(level))
}

private struct SharedLevelHandler: LogHandler {
    var base: StreamLogHandler
    let level: LogLevel

    var logLevel: Logger.Level {
        get { level.value }
        set { level.set(newValue) }
    }

    var metadata: Logger.Metadata {
        get { base.metadata }
        set { base.metadata = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { base[metadataKey: key] }
        set { base[metadataKey: key] = newValue }
    }

    func log(event: LogEvent) {
        base.log(event: event)
    }
}
