// Options shared by the commands that read the trend log: where it is, and how to print.
import ArgumentParser
import Foundation
import TrendLog

/// Where the trend log is.
struct StoreOptions: ParsableArguments {
    @Option(name: .long, help: "The service's configuration file; its store.path is read.", completion: .file())
    var config: String?

    @Option(name: .long, help: "The trend log's file.", completion: .file())
    var store: String?

    func validate() throws {
        guard (config == nil) != (store == nil) else {
            throw ValidationError("Give either --config FILE or --store FILE.")
        }
    }

    /// The trend log's file.
    func url() throws -> URL {
        if let store { return URL(fileURLWithPath: store) }
        return try storeURL(fromConfig: URL(fileURLWithPath: config ?? ""))
    }

    /// The trend log, opened for reading only.
    func reader() throws -> TrendLogReader { try TrendLogReader(url: url()) }
}

/// How reports are printed.
struct ReportOptions: ParsableArguments {
    @Option(name: .long, help: "Language of label names: en, zh or both.")
    var language: ReportStyle.Language = .both

    @Flag(name: .long, help: "Print and read times in UTC instead of the local time zone.")
    var utc = false

    @Option(name: .long, help: "Columns to print; the terminal's width where not given.")
    var width: Int?

    /// Time zone of times printed and typed.
    var timeZone: TimeZone { utc ? .gmt : .current }

    /// The style, at the present time.
    func style() -> ReportStyle {
        ReportStyle(language: language, timeZone: timeZone, width: width ?? Self.terminalWidth, now: Date())
    }

    /// Into a file or a pipe lines may be long: nothing should be cut off that somebody searches for.
    private static var terminalWidth: Int {
        var size = winsize()
        if ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
        return ProcessInfo.processInfo.environment["COLUMNS"].flatMap(Int.init) ?? 160
    }
}

extension ReportStyle.Language: ExpressibleByArgument {}
extension TrendExporter.Format: ExpressibleByArgument {}
